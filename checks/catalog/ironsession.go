package catalog

import "slices"

// The session object is always there; what it holds was sealed by the server,
// and is empty for who has no session.
const (
	ironSealed = "{save: path, destroy: path, updateConfig: path, ...identity}"
	ironEmpty  = "{save: path, destroy: path, updateConfig: path, ...undefined}"
)

var ironSession = []Outcome{proves(ironSealed, Session), gives(ironEmpty)}

var _ = register(Library{
	Name:        "iron-session",
	Source:      "https://github.com/vvo/iron-session",
	Packages:    []string{"iron-session", "iron-session/edge", "iron-session/next"},
	Distinctive: []string{"getIronSession"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: ironSession}, "getIronSession()", "getServerActionIronSession()"),
		awaited(Meaning{Outcomes: []Outcome{proves("identity", Session), gives("{}")}}, "unsealData()"),
		each(Meaning{Calls: &Callback{
			Arg: "0", With: []string{"request{session: outcome}", "pass"}, Later: true, Outcomes: ironSession,
		}}, "withIronSessionApiRoute()"),
		each(Meaning{Calls: &Callback{
			Arg: "0", With: []string{"{req: request{session: outcome}, query: request, params: request}"}, Later: true, Outcomes: ironSession,
		}}, "withIronSessionSsr()"),
		awaited(Meaning{Quiet: true}, "sealData()", "getIronSession().save()"),
		quiet("getIronSession().destroy()", "getIronSession().updateConfig()"),
	),
})
