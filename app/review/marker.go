package review

import (
	"fmt"
	"regexp"
	"strings"
)

// A comment tells which findings it is about in hidden lines at its very top:
// one marker for each finding, and a second one for each that was fixed. Only
// the top is read, and nothing of a repository ever stands there, so no quoted
// text can pose as a marker.
var marker = regexp.MustCompile(`^<!-- authdiff:(finding|fixed) ([0-9a-zA-Z_-]{1,64}) -->$`)

func findingMarker(fingerprint string) string {
	return fmt.Sprintf("<!-- authdiff:finding %s -->\n", fingerprint)
}

func fixedMarker(fingerprint string) string {
	return fmt.Sprintf("<!-- authdiff:fixed %s -->\n", fingerprint)
}

// marked is a body of ours, taken apart.
type marked struct {
	fingerprints []string
	fixed        map[string]bool
	text         string // what the reader sees
}

// readMarkers takes a body apart; one without markers has no fingerprints.
func readMarkers(body string) marked {
	m := marked{fixed: map[string]bool{}, text: strings.ReplaceAll(body, "\r\n", "\n")}
	for {
		line, rest, _ := strings.Cut(m.text, "\n")
		match := marker.FindStringSubmatch(line)
		if match == nil {
			return m
		}
		if match[1] == "fixed" {
			m.fixed[match[2]] = true
		} else {
			m.fingerprints = append(m.fingerprints, match[2])
		}
		m.text = rest
	}
}

// existing is what the pull request already shows.
type existing struct {
	comments []markedComment
	told     map[string]bool // by fingerprint
	open     int             // comments with a finding that isn't marked fixed
}

type markedComment struct {
	Comment
	marked
}

func readExisting(in Input) existing {
	e := existing{told: map[string]bool{}}
	for _, comment := range in.Existing {
		m := readMarkers(comment.Body)
		if len(m.fingerprints) == 0 {
			continue
		}
		e.comments = append(e.comments, markedComment{comment, m})
		if len(m.fixed) < len(m.fingerprints) {
			e.open++
		}
		for _, fingerprint := range m.fingerprints {
			e.told[fingerprint] = true
		}
	}
	for _, body := range in.Reviews {
		for _, fingerprint := range readMarkers(body).fingerprints {
			e.told[fingerprint] = true
		}
	}
	return e
}
