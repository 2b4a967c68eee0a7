package review

import "fmt"

// noteRoom is what leftOut takes at most, in bytes.
const noteRoom = 120

// fit joins one rendering of each item, given from the fullest to the shortest,
// so that the whole takes at most limit bytes, the note of leftOut included.
// Every item is shown at least as full as the rest allows, those at the front
// first. It returns how many didn't fit at all; those are the last ones.
func fit(items [][]string, limit int) (text string, left int) {
	limit -= noteRoom
	floor := commonFloor(items, limit)
	reserved := 0
	for _, item := range items {
		reserved += len(item[min(floor, len(item)-1)])
	}
	var out []byte
	for i, item := range items {
		least := item[min(floor, len(item)-1)]
		reserved -= len(least)
		chosen := -1
		for j := 0; j < len(item) && chosen < 0; j++ {
			if room := limit - len(out); j < floor && len(item[j])+reserved <= room || j >= floor && len(item[j]) <= room {
				chosen = j
			}
		}
		if chosen < 0 {
			return string(out), len(items) - i
		}
		out = append(out, item[chosen]...)
	}
	return string(out), 0
}

// commonFloor is the fullest rendering in which all items fit together, or the
// shortest when they fit in none.
func commonFloor(items [][]string, limit int) int {
	longest := 0
	for _, item := range items {
		longest = max(longest, len(item))
	}
	for floor := range longest {
		sum := 0
		for _, item := range items {
			sum += len(item[min(floor, len(item)-1)])
		}
		if sum <= limit {
			return floor
		}
	}
	return max(0, longest-1)
}

// leftOut is the note that ends a cut list; empty when nothing is missing.
func leftOut(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("\n**%d more left out for want of room:** `authdiff diff` lists them all.\n", n)
}
