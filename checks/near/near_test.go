package near

import "testing"

func TestWord(t *testing.T) {
	t.Parallel()
	words := []string{"severity", "public", "ignore", "fail_on"}
	for word, want := range map[string]string{
		"severty": "severity", "publik": "public", "fail-on": "fail_on", "ignores": "ignore", "nothing at all": "", "": "",
	} {
		if got := Word(word, words); got != want {
			t.Errorf("Word(%q) = %q, want %q", word, got, want)
		}
	}
}
