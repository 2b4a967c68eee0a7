package review

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/authdiff/authdiff/checks/settings"
)

// An exception lets a finding stand: somebody who may write to the repository,
// and isn't the pull request's author, says that it is meant to be so. It is
// bound to the finding's fingerprint, so it outlives pushes and ends with the
// finding. What is known of it lives on the pull request alone, and is read
// anew each time: a reply to the App's comment, or, for the check run's button,
// a review of the App that says who pressed it.
//
// Somebody with write access can edit what others wrote. So a reply counts only
// as it was written: either it was never edited, or the App's comment records,
// signed, that it was seen before. Revoking is recorded too, so that deleting
// that reply doesn't bring the exception back.

// Role is what somebody may do in a repository; each includes those before it.
type Role int

// The roles, as GitHub names them.
const (
	NoRole Role = iota
	Read
	Triage
	Write
	Maintain
	Admin
)

// ParseRole knows GitHub's names of roles; any other is NoRole.
func ParseRole(name string) Role {
	return Role(1 + slices.Index([]string{"read", "triage", "write", "maintain", "admin"}, name))
}

// String is GitHub's name of the role.
func (r Role) String() string {
	if r < Read || r > Admin {
		return "none"
	}
	return []string{"read", "triage", "write", "maintain", "admin"}[r-Read]
}

// Reply is somebody's answer to a comment of the App's.
type Reply struct {
	ID, To int64 // To is the App's comment
	Login  string
	Body   string
	At     time.Time
	Edited bool // since it was written
}

// Press is somebody's use of a button of the check run.
type Press struct{ Button, Login string }

// The identifiers of the check run's buttons.
const (
	ButtonAccept = "accept"
	ButtonRevoke = "revoke"
)

// ours reports whether the button is one for exceptions.
func (p Press) ours() bool { return p.Button == ButtonAccept || p.Button == ButtonRevoke }

// exception is one that holds.
type exception struct {
	by, reason string
	source     string // what a marker says of it
	reply      bool   // and not the button
}

// declined is one that doesn't, and why.
type declined struct{ by, why string }

var (
	command = regexp.MustCompile(`(?i)^ {0,3}/authdiff[ \t]+(accept|revoke)(?:[ \t]+(.*))?$`)
	fence   = regexp.MustCompile("^ {0,3}(```|~~~)")
)

// commandOf is the first line of a reply that asks the App for something, in its
// parts; nil when there is none. What is quoted or stands in a block of code is
// an example.
func commandOf(body string) []string {
	inCode := false
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, " \t\r\n")
		if fence.MatchString(line) {
			inCode = !inCode
		}
		if words := command.FindStringSubmatch(line); words != nil && !inCode {
			return words
		}
	}
	return nil
}

// maxAsking bounds for how many people a role is looked up: anybody can reply on
// a public repository. Those who came last count.
const maxAsking = 30

// Asking lists whose role has to be known: those who replied with a command or
// pressed a button, each once.
func Asking(in Input) []string {
	var logins []string
	if in.Press.ours() {
		logins = append(logins, in.Press.Login)
	}
	for _, a := range slices.Backward(in.asked()) {
		if !slices.Contains(logins, a.by) && len(logins) < maxAsking {
			logins = append(logins, a.by)
		}
	}
	return logins
}

// asked is one act on exceptions, by reply or button.
type asked struct {
	at           time.Time
	id           int64 // of the reply or review
	accept       bool
	by, reason   string
	fingerprints []string
	source       string
	reply        bool
	edited       bool
}

// asked lists the acts on exceptions, oldest first.
func (in Input) asked() []asked {
	var list []asked
	about := map[int64]marked{}
	for _, comment := range in.Existing {
		about[comment.ID] = in.Signer.read(comment.Body)
	}
	for _, r := range in.Replies {
		of, ours := about[r.To]
		words := commandOf(r.Body)
		if !ours || words == nil || len(of.fingerprints) == 0 {
			continue
		}
		a := asked{
			at: r.At, id: r.ID, accept: strings.EqualFold(words[1], "accept"), by: r.Login, reason: strings.TrimSpace(words[2]),
			fingerprints: of.fingerprints, source: sourceOf(r), reply: true,
		}
		a.edited = r.Edited && !slices.ContainsFunc(of.fingerprints, func(f string) bool { return of.accepted[f] == a.source })
		list = append(list, a)
	}
	for _, said := range in.Reviews {
		list = append(list, in.recorded(said)...)
	}
	slices.SortStableFunc(list, func(a, b asked) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	return list
}

// recorded are the acts that a review of ours keeps: one by each person.
func (in Input) recorded(said Said) []asked {
	m := in.Signer.read(said.Body)
	var list []asked
	for accept, by := range map[bool]map[string]string{true: m.accepted, false: m.revoked} {
		for _, fingerprint := range sortedKeys(by) {
			login := strings.TrimPrefix(by[fingerprint], buttonSource)
			list = append(list, asked{
				at: said.At, id: said.ID, accept: accept, by: login, reason: "with the check's button",
				fingerprints: []string{fingerprint}, source: by[fingerprint],
			})
		}
	}
	return list
}

// buttonSource begins the source of what was asked for by a button; the login
// follows.
const buttonSource = "button."

// sourceOf names a reply as it was written.
func sourceOf(r Reply) string {
	sum := sha256.Sum256([]byte(strings.ReplaceAll(r.Body, "\r\n", "\n")))
	return "reply." + strconv.FormatInt(r.ID, 10) + "." + hex.EncodeToString(sum[:8])
}

// exceptions are the verdicts on what was asked.
type exceptions struct {
	holds    map[string]exception // by fingerprint
	revoked  map[string]string    // by fingerprint: when a reply last took one back
	declined []declined
	record   []marker // what the button that was just pressed changes
}

func (in Input) exceptions() exceptions {
	e := exceptions{holds: map[string]exception{}, revoked: map[string]string{}}
	barred := map[string]int64{} // by fingerprint: until then nothing counts
	for _, comment := range in.Existing {
		for fingerprint, at := range in.Signer.read(comment.Body).revoked {
			e.revoked[fingerprint] = at
			barred[fingerprint] = secondsOf(at)
		}
	}
	for _, a := range in.asked() {
		if why := in.refuses(a); why != "" {
			e.declined = append(e.declined, declined{a.by, why})
			continue
		}
		for _, fingerprint := range a.fingerprints {
			_, held := e.holds[fingerprint]
			switch {
			case a.accept && a.at.Unix() > barred[fingerprint]:
				e.holds[fingerprint] = exception{by: a.by, reason: a.reason, source: a.source, reply: a.reply}
			case !a.accept && held:
				delete(e.holds, fingerprint)
				if a.reply {
					e.revoked[fingerprint] = revokedAt + strconv.FormatInt(a.at.Unix(), 10)
				}
			}
		}
	}
	in.press(&e)
	return e
}

// revokedAt begins the record of a revocation; its time in seconds follows.
const revokedAt = "at."

func secondsOf(record string) int64 {
	seconds, err := strconv.ParseInt(strings.TrimPrefix(record, revokedAt), 10, 64)
	if err != nil {
		return 0
	}
	return seconds
}

// press adds what the button does that was just pressed: accept takes every
// finding that fails the check, revoke every exception.
func (in Input) press(e *exceptions) {
	if !in.Press.ours() {
		return
	}
	a := asked{accept: in.Press.Button == ButtonAccept, by: in.Press.Login, reason: "with the check's button", source: buttonSource + in.Press.Login}
	if why := in.refuses(a); why != "" {
		e.declined = append(e.declined, declined{a.by, why})
		return
	}
	for _, f := range in.Result.Findings {
		_, holds := e.holds[f.Fingerprint]
		switch {
		case a.accept && !holds && in.fails(f):
			e.holds[f.Fingerprint] = exception{by: a.by, reason: a.reason, source: a.source}
			e.record = append(e.record, marker{kindAccepted, f.Fingerprint, a.source})
		case !a.accept && holds:
			delete(e.holds, f.Fingerprint)
			e.record = append(e.record, marker{kindRevoked, f.Fingerprint, a.source})
		}
	}
}

// refuses says why an act doesn't count; empty when it does. Taking an exception
// back needs write access and nothing else: it only makes the check stricter.
func (in Input) refuses(a asked) string {
	may := in.Settings.Exceptions
	role, need := in.Roles[a.by], max(ParseRole(string(may.By)), Write)
	switch {
	case !markerDetail.MatchString(a.source):
		return "the name can't be recorded"
	case !a.accept && role < Write:
		return "revoking needs write access to the repository"
	case !a.accept:
		return ""
	case strings.HasSuffix(a.by, "[bot]"):
		return "only people can accept a finding"
	case may.By == settings.Nobody:
		return "the repository's settings take no exceptions"
	case strings.EqualFold(a.by, in.Author) && !may.Author:
		return "the author of a pull request can't accept its findings"
	case role < need:
		return fmt.Sprintf("accepting needs the role %s in the repository", need)
	case a.edited:
		return "the reply was edited before it was read: write a new one"
	case a.reason == "":
		return "a reason is missing: /authdiff accept REASON"
	}
	return ""
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
