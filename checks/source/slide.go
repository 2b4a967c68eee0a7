package source

// maxSlides bounds how often runs of changed lines are moved by a line in one
// file. Code needs some hundreds; a hostile file of equal lines would take the
// square of its length.
const maxSlides = 1 << 20

// slide settles where changed lines stand when that is open: a run of changed
// lines whose first line equals the line behind it may as well begin one line
// later. Like git, it joins runs that can touch, ends a run where the other
// side changes too when it can, and else takes the place that split the text
// best by its indentation.
func slide(lines []string, changed, other []bool) {
	s := slider{lines: lines, changed: changed, other: other, left: maxSlides}
	for s.across = s.gapEnd(0); s.next(); {
		s.settle()
	}
}

// slider is one pass over the runs of one file. A run is lines[start:end].
// across is where the other file stands: behind its changed lines (maybe none)
// that are opposite to the run.
type slider struct {
	lines      []string
	changed    []bool
	other      []bool
	start, end int
	across     int
	left       int // moves that may still be made
}

// next goes to the next run; false when there is none.
func (s *slider) next() bool {
	for i := s.end; i < len(s.lines); i++ {
		if s.changed[i] {
			s.start, s.end = i, i
			for s.end < len(s.lines) && s.changed[s.end] {
				s.end++
			}
			return true
		}
		s.across = s.gapEnd(s.across + 1)
	}
	return false
}

// gapEnd returns the first unchanged line of the other file from i on.
func (s *slider) gapEnd(i int) int {
	for i < len(s.other) && s.other[i] {
		i++
	}
	return i
}

// opposed reports whether the other file has changed lines opposite to the run.
func (s *slider) opposed() bool { return s.across > 0 && s.other[s.across-1] }

// up moves the run up by a line, when its text allows.
func (s *slider) up() bool {
	if s.left == 0 || s.start == 0 || s.lines[s.start-1] != s.lines[s.end-1] {
		return false
	}
	s.left--
	s.start, s.end = s.start-1, s.end-1
	s.changed[s.start], s.changed[s.end] = true, false
	for s.start > 0 && s.changed[s.start-1] {
		s.start--
	}
	for s.opposed() {
		s.across--
	}
	s.across--
	return true
}

// down moves the run down by a line, when its text allows.
func (s *slider) down() bool {
	if s.left == 0 || s.end == len(s.lines) || s.lines[s.start] != s.lines[s.end] {
		return false
	}
	s.left--
	s.changed[s.start], s.changed[s.end] = false, true
	s.start, s.end = s.start+1, s.end+1
	for s.end < len(s.lines) && s.changed[s.end] {
		s.end++
	}
	s.across = s.gapEnd(s.across + 1)
	return true
}

// settle moves the run to where it should stand.
func (s *slider) settle() {
	first, opposed := s.reach()
	switch {
	case s.end == first:
	case opposed >= 0:
		for s.end > opposed && s.up() {
		}
	default:
		best := bestSplit(s.lines, s.end-s.start, first, s.end)
		for s.end > best && s.up() {
		}
	}
}

// reach moves the run as far down as it goes, and returns the smallest end
// that it can have, and the largest one that has changes opposite to it, -1 for
// none.
func (s *slider) reach() (first, opposed int) {
	for size := 0; size != s.end-s.start; {
		size = s.end - s.start
		for s.up() {
		}
		first, opposed = s.end, -1
		if s.opposed() {
			opposed = s.end
		}
		for s.down() {
			if s.opposed() {
				opposed = s.end
			}
		}
	}
	return first, opposed
}
