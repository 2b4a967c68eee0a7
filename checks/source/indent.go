package source

// The weights by which git chooses among the places where a run of changed
// lines can stand (its indent heuristic, on by default since 2.14; the numbers
// were fitted to hunks that people had placed by hand). A lower score is a
// better place to cut the text.
const (
	weightStartOfFile  = 1
	weightEndOfFile    = 21
	weightBlank        = -30 // per blank line around the cut
	weightBlankAfter   = 6   // per blank line behind it
	weightIndent       = -4  // the line behind is indented deeper
	weightIndentBlank  = 10  // the same, with a blank line between
	weightOutdent      = 24  // it is less deep, and the next is deeper again
	weightOutdentBlank = 17
	weightDedent       = 23 // it is less deep
	weightDedentBlank  = 17
	weightDepth        = 60 // for the cut that is the deeper of two
)

// Bounds of the heuristic, as git has them.
const (
	maxIndent  = 200 // columns
	maxBlanks  = 20
	maxChoices = 100 // ends that are tried
)

// cutScore rates a place to cut a text.
type cutScore struct{ depth, penalty int }

func (a cutScore) plus(b cutScore) cutScore {
	return cutScore{a.depth + b.depth, a.penalty + b.penalty}
}

// better reports whether a is at least as good a place as b.
func (a cutScore) better(b cutScore) bool {
	deeper := 0
	if a.depth > b.depth {
		deeper = 1
	} else if a.depth < b.depth {
		deeper = -1
	}
	return weightDepth*deeper+a.penalty-b.penalty <= 0
}

// bestSplit returns the end, from first to last, at which a run of size lines
// cuts the text best; of equal ones the last.
func bestSplit(lines []string, size, first, last int) int {
	best, score := last, cutScore{}
	for end := max(first, last-size-1, last-maxChoices); end <= last; end++ {
		s := scoreCut(lines, end).plus(scoreCut(lines, end-size))
		if end == max(first, last-size-1, last-maxChoices) || s.better(score) {
			best, score = end, s
		}
	}
	return best
}

// scoreCut rates the cut before lines[at].
func scoreCut(lines []string, at int) cutScore {
	here := -1
	if at < len(lines) {
		here = indentOf(lines[at])
	}
	before, blanksBefore := nearest(lines, at-1, -1)
	after, blanksAfter := nearest(lines, at+1, 1)
	var s cutScore
	if before == -1 && blanksBefore == 0 {
		s.penalty += weightStartOfFile
	}
	if at >= len(lines) {
		s.penalty += weightEndOfFile
	}
	behind := 0
	if here == -1 {
		behind = 1 + blanksAfter
	}
	blanks := blanksBefore + behind
	s.penalty += weightBlank*blanks + weightBlankAfter*behind
	depth := here
	if depth == -1 {
		depth = after
	}
	s.depth = depth
	s.penalty += stepWeight(before, depth, after, blanks > 0)
	return s
}

// stepWeight rates the step of indentation at a cut: from the line before it to
// the line behind it, with the line after that. -1 stands for no such line.
func stepWeight(before, depth, after int, blank bool) int {
	pick := func(plain, withBlank int) int {
		if blank {
			return withBlank
		}
		return plain
	}
	switch {
	case depth == -1 || before == -1 || depth == before:
		return 0
	case depth > before:
		return pick(weightIndent, weightIndentBlank)
	case after != -1 && after > depth:
		return pick(weightOutdent, weightOutdentBlank)
	}
	return pick(weightDedent, weightDedentBlank)
}

// nearest returns the indentation of the nearest line that isn't blank, from an
// index in a direction, and how many blank ones lie before it. -1 when there is
// none.
func nearest(lines []string, from, direction int) (indent, blanks int) {
	for i := from; i >= 0 && i < len(lines); i += direction {
		if indent := indentOf(lines[i]); indent != -1 {
			return indent, blanks
		}
		blanks++
		if blanks == maxBlanks {
			return 0, blanks
		}
	}
	return -1, blanks
}

// indentOf returns the columns of blank at a line's start, -1 for a blank line.
func indentOf(line string) int {
	indent := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			indent++
		case '\t':
			indent += 8 - indent%8
		case '\n', '\v', '\f', '\r':
		default:
			return indent
		}
		if indent >= maxIndent {
			return maxIndent
		}
	}
	return -1
}
