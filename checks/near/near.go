// Package near guesses which word was meant.
package near

// maxWord bounds the words that are compared, in bytes.
const maxWord = 200

// Word is the word of a list that is most like a word that isn't in it; empty
// when none is like it. Of several that are as like, it is the first.
func Word(word string, words []string) string {
	best, least := "", len(word)/3+2
	if len(word) > maxWord {
		return ""
	}
	for _, w := range words {
		if len(w) > maxWord {
			continue
		}
		if d := distance(word, w); d < least {
			best, least = w, d
		}
	}
	return best
}

// distance counts the bytes to insert, delete or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			above := row[j+1]
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, above, row[j])
			}
			row[j+1], diagonal = cost, above
		}
	}
	return row[len(b)]
}
