package review

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A body of ours tells what it is about in hidden lines at its very top, the
// markers. Only the top is read, and nothing of a repository ever stands there.
// Each is signed for its pull request, so that no text that is quoted, copied
// from elsewhere or written into one of our comments by somebody who may edit it
// can pose as one.
//
//	<!-- authdiff:finding FINGERPRINT SIGNATURE -->
//
// A comment has a finding marker for each of its findings, and one more for each
// that isn't open: fixed, with the commit, or accepted, with its source. Revoked
// keeps the newest revocation in the thread. In a review, accepted and revoked
// record who pressed a button, and rest that it couldn't name all findings.
type marker struct{ kind, value, detail string }

// The kinds of markers.
const (
	kindFinding  = "finding"  // a fingerprint
	kindFixed    = "fixed"    // a fingerprint, and the head in which it was gone
	kindAccepted = "accepted" // a fingerprint, and where it was accepted
	kindRevoked  = "revoked"  // a fingerprint, and where that was taken back
	kindRest     = "rest"     // how many findings a review had no room for
)

var markerLine = regexp.MustCompile(`^<!-- authdiff:(finding|fixed|accepted|revoked|rest) ([0-9A-Za-z_-]{1,64})(?: ([0-9A-Za-z_.-]{1,100}))? ([0-9a-f]{32}) -->$`)

// markerDetail is what may stand in a marker beside the fingerprint.
var markerDetail = regexp.MustCompile(`^[0-9A-Za-z_.-]{0,100}$`)

// Signer signs the markers of one pull request, and knows them again. It comes
// from NewSigner, with a secret at least.
type Signer struct {
	keys  [][]byte // the first one signs
	scope string
}

// NewSigner returns the signer of a pull request. The first secret signs; the
// others are earlier ones, whose markers still count, and empty ones are left
// out. The repository is named by its id, which outlives a renaming.
func NewSigner(secrets [][]byte, repository int64, number int) Signer {
	s := Signer{scope: fmt.Sprintf("%d#%d", repository, number)}
	for _, secret := range secrets {
		if len(secret) > 0 {
			mac := hmac.New(sha256.New, secret)
			mac.Write([]byte("authdiff marker v1"))
			s.keys = append(s.keys, mac.Sum(nil))
		}
	}
	return s
}

func (s Signer) signature(key []byte, m marker) string {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s\x00%s\x00%s\x00%s", s.scope, m.kind, m.value, m.detail)
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

func (s Signer) signed(m marker, signature string) bool {
	return slices.ContainsFunc(s.keys, func(key []byte) bool {
		return hmac.Equal([]byte(signature), []byte(s.signature(key, m)))
	})
}

// line is the marker as it stands in a body.
func (s Signer) line(m marker) string {
	detail := ""
	if m.detail != "" {
		detail = " " + m.detail
	}
	return fmt.Sprintf("<!-- authdiff:%s %s%s %s -->\n", m.kind, m.value, detail, s.signature(s.keys[0], m))
}

func (s Signer) lines(list []marker) string {
	var b strings.Builder
	for _, m := range list {
		b.WriteString(s.line(m))
	}
	return b.String()
}

// marked is a body of ours, taken apart.
type marked struct {
	fingerprints []string
	fixed        map[string]string // by fingerprint: the commit
	accepted     map[string]string // by fingerprint: the source
	revoked      map[string]string // by fingerprint: the source
	rest         bool              // it had no room for some
	text         string            // what the reader sees
}

// read takes a body apart; one without markers has no fingerprints.
func (s Signer) read(body string) marked {
	m := marked{
		fixed: map[string]string{}, accepted: map[string]string{}, revoked: map[string]string{},
		text: strings.ReplaceAll(body, "\r\n", "\n"),
	}
	for {
		line, rest, _ := strings.Cut(m.text, "\n")
		match := markerLine.FindStringSubmatch(line)
		if match == nil {
			return m
		}
		m.text = rest
		if found := (marker{match[1], match[2], match[3]}); s.signed(found, match[4]) {
			m.add(found)
		}
	}
}

func (m *marked) add(found marker) {
	switch found.kind {
	case kindFinding:
		m.fingerprints = append(m.fingerprints, found.value)
	case kindFixed:
		m.fixed[found.value] = found.detail
	case kindAccepted:
		m.accepted[found.value] = found.detail
	case kindRevoked:
		m.revoked[found.value] = found.detail
	case kindRest:
		m.rest = true
	}
}

// existing is what the pull request already shows.
type existing struct {
	comments []markedComment
	told     map[string]bool // by fingerprint
	rest     bool            // there were more than a review has room for
}

type markedComment struct {
	Comment
	marked
}

func readExisting(in Input) existing {
	e := existing{told: map[string]bool{}}
	for _, comment := range in.Existing {
		m := in.Signer.read(comment.Body)
		if len(m.fingerprints) == 0 {
			continue
		}
		e.comments = append(e.comments, markedComment{comment, m})
		for _, fingerprint := range m.fingerprints {
			e.told[fingerprint] = true
		}
	}
	for _, said := range in.Reviews {
		m := in.Signer.read(said.Body)
		for _, fingerprint := range m.fingerprints {
			e.told[fingerprint] = true
		}
		e.rest = e.rest || m.rest
	}
	return e
}
