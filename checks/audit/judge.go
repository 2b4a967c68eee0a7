package audit

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
)

// judge gives an endpoint's verdict, and why.
func (a *auditor) judge(e endpoint.Endpoint, p *protect.Protection, out *Endpoint, passage []*protect.Fact) (Verdict, string) {
	if protect.Broken(e) {
		return Unknown, "its code has a syntax error"
	}
	if entry := a.settings.PublicEntry(e.Name, e.File); entry != nil {
		return Public, "declared in the settings: " + entry.Text
	}
	if p.Lost != "" {
		return Unknown, p.Lost
	}
	callers := out.Protection[protect.Authentication]
	opened := slices.IndexFunc(out.Effects, func(x Effect) bool { return x.Open && x.Kind != "unknown" })
	unread := slices.IndexFunc(out.Effects, func(x Effect) bool { return x.Open })
	switch {
	case opened < 0 && len(callers) > 0:
		return guarded(callers)
	case opened >= 0:
		if why := purpose(e); why != "" {
			return Public, why
		}
		return Open, fmt.Sprintf("anybody gets to %s (%s:%d)", out.Effects[opened].What, out.Effects[opened].File, out.Effects[opened].Line)
	case unread >= 0:
		if why := purpose(e); why != "" {
			return Public, why
		}
		x := out.Effects[unread]
		return Unknown, fmt.Sprintf("%s can't be read, and may ask who is calling (%s:%d)", x.What, x.File, x.Line)
	case len(p.Cuts) > 0 && len(p.Effects) == 0 && p.Exit == nil:
		return Unknown, p.Cuts[0].Why
	case slices.ContainsFunc(p.Effects, func(x *protect.Effect) bool { return protect.Holds(x.Facts, protect.Authentication) }):
		return Guarded, "each thing that it does, by another check"
	}
	return a.idle(e, p)
}

// guarded tells a webhook or job, which a service calls that can sign, from what
// asks for a caller.
func guarded(callers []Guard) (Verdict, string) {
	signed := func(g Guard) bool { return strings.HasPrefix(g.What, "signature check") }
	if slices.ContainsFunc(callers, signed) && !slices.ContainsFunc(callers, func(g Guard) bool { return !signed(g) }) {
		return Public, "called by a service: " + callers[0].What
	}
	if !slices.ContainsFunc(callers, func(g Guard) bool { return g.Confidence != protect.Low }) {
		return Guarded, callers[0].What + ", by its name only"
	}
	return Guarded, callers[0].What
}

// idle judges an endpoint without an effect that is known.
func (a *auditor) idle(e endpoint.Endpoint, p *protect.Protection) (Verdict, string) {
	if why := purpose(e); why != "" {
		return Public, why
	}
	switch {
	case p.Exit == nil && len(p.Effects) > 0:
		return Public, "what it reads isn't answered"
	case p.Exit == nil && len(p.Denials) > 0:
		return Public, "it does nothing, and refuses"
	case p.Exit == nil:
		return Public, "it does nothing that is known, and answers without data"
	}
	return Public, "it does nothing that is known: its answer is made of the request and constants"
}

// purposes tell from its name what an endpoint is for that has to be public.
var purposes = []struct {
	name *regexp.Regexp
	why  string
}{
	{regexp.MustCompile(`(?i)(^|/)(sign-?in|log-?in|sign-?up|sign-?out|log-?out|register|forgot-?password|reset-?password|` +
		`verify-?(email|token|otp|code)|magic-?link|otp|callback|sso|saml)(/|$)|/auth/(\[\.\.\.|callback|verify|saml|oauth|login|signin|session)`),
		"sign-in, by its name"},
	{regexp.MustCompile(`(?i)(^|/)(health|healthz|healthcheck|health-check|ping|ready|readyz|live|livez|status|version|uptime)(/|$)`),
		"health, by its name"},
	{regexp.MustCompile(`(?i)(^|/)(\.well-known|robots(\.txt)?|sitemap[^/]*|manifest(\.json|\.webmanifest)?|feed(\.xml)?|rss(\.xml)?|og|opengraph-image|llms\.txt|favicon\.ico)(/|$)`),
		"made for everybody's reading, by its name"},
}

// actionPurpose is the same for the names of functions.
var actionPurpose = regexp.MustCompile(`^(sign(In|Up|Out)|log(in|In|out|Out)|register|authenticate|(forgot|reset|requestReset)Password|(send|verify)(Otp|OTP|MagicLink|Code|Email)\w*)([A-Z]\w*)?(Action)?$`)

func purpose(e endpoint.Endpoint) string {
	switch e.Kind {
	case endpoint.Action:
		if actionPurpose.MatchString(e.Name) {
			return "sign-in, by its name"
		}
		return ""
	case endpoint.TRPC:
		if actionPurpose.MatchString(e.Name[strings.LastIndexByte(e.Name, '.')+1:]) {
			return "sign-in, by its name"
		}
		return ""
	}
	_, url, _ := strings.Cut(e.Name, " ")
	for _, p := range purposes {
		if p.name.MatchString(path.Clean(url)) {
			return p.why
		}
	}
	return ""
}
