package protect

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
)

var (
	// whoIsIt are the addresses at which services say who somebody is, as better-auth's
	// /get-session and OpenID Connect's /userinfo.
	whoIsIt = newVocabulary(`(?i)session|whoami|user-?info|introspect|/me\b|/(current|auth)[-_/]?user\b|auth/(me|verify|validate)\b|verify-?token`)
	// everythingSent are all headers or cookies of a request
	everythingSent = regexp.MustCompile(`(?i)(headers?|cookies?)(\(\))?(~new|\[\])*$`)
)

// remoteSession: another service was given what the caller presented, and asked who
// that is. It answers, or refuses. Nil for any other call.
func (ev *eval) remoteSession(q *QueryValue) Value {
	e := q.E
	address, _, _ := strings.Cut(e.Site.Text(), ",")
	if e.Kind != catalog.Service || !whoIsIt.MatchString(address) || !ev.forwards(ev.argument("1.headers", e.args)) {
		return nil
	}
	ev.effects = slices.DeleteFunc(ev.effects, func(o *Effect) bool { return o == e })
	f := ev.callerFact(Verified, "session check by "+calleeWords(q.X, e.Site), e.Site)
	f.Confidence = Medium
	answer := func(ok bool, who Value) Value {
		read := &Native{Name: "json", Call: func(*eval, []Value, Site) Value { return &Promise{Of: who} }}
		return newObject("ok", boolean(ok), "data", who, "json", read, "text", read)
	}
	return &Choice{
		P:    &Point{alts: []*assumption{{facts: []*Fact{f}}, {}}},
		Vals: []Value{answer(true, ev.fresh(FromIdentity, e.Op+"()")), answer(false, null)},
	}
}

// forwards reports whether headers hold a credential that the caller presented, or
// all that they sent.
func (ev *eval) forwards(headers Value) bool {
	found := false
	ev.st.each(headers, func(s *State, v Value) {
		sent := func(o *Opaque) bool {
			return credentialPath(o) || o.Root.Origin == FromRequest && everythingSent.MatchString(o.Path)
		}
		found = found || (&Effect{st: s}).holds(v, sent, 0)
	})
	return found
}
