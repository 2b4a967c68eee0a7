package protect

import (
	"regexp"
	"strings"
)

// Rights says with whose rights a database answers, where it has rules of its
// own for each row: Supabase asks a row's policies about the caller, unless the
// client has the service role's key, which passes by all of them.
// https://supabase.com/docs/guides/api/api-keys
type Rights uint8

// The rights.
const (
	NoRights        Rights = iota // it isn't such a database
	CallersRights                 // the policies of a row decide
	OperatorsRights               // no policy is asked
)

// serviceKey are the names of a key that passes by the policies.
var serviceKey = regexp.MustCompile(`(?i)service_?role|service_?key|sb_?secret|supabase_?(secret|admin)|secret_?key`)

// rights are those of the client that a query was built on, with the place where
// it was made.
func (ev *eval) rights(y *Extern) (Rights, Site) {
	if !strings.HasPrefix(y.Pkg, "@supabase/") {
		return NoRights, Site{}
	}
	first := y
	for x := y; x != nil; x = x.Prev {
		if x.Step != "" {
			first = x
		}
	}
	for _, a := range first.Args {
		if ev.holdsServiceKey(a, 0) {
			return OperatorsRights, first.Site
		}
	}
	return CallersRights, first.Site
}

// holdsServiceKey reports whether a value is such a key, or an object with one.
func (ev *eval) holdsServiceKey(v Value, depth int) bool {
	switch v := ev.st.see(v).(type) {
	case *Opaque:
		return serviceKey.MatchString(v.Root.Label + v.Path)
	case *Object:
		c := ev.st.content(v)
		for _, n := range c.names {
			if depth < maxTermDepth && ev.holdsServiceKey(c.fields[n], depth+1) {
				return true
			}
		}
	case *Choice:
		for _, x := range v.Vals {
			if depth < maxTermDepth && ev.holdsServiceKey(x, depth+1) {
				return true
			}
		}
	}
	return false
}
