package protect

import (
	"strings"
)

var (
	secretName  = newVocabulary(`(?i)secret|key|token|password|passwd|signature|salt`)
	roleName    = newVocabulary(`(?i)role|permission|admin|owner|^(?:\w*(?:token|api|key|auth|access))?_?scopes?$|access|privilege|moderator|staff|superuser|member|allowed|authori[sz]ed|capabilit|entitle|grant|^can[A-Z_]|^is[A-Z_]|^has[A-Z_]`)
	flagName    = newVocabulary(`(?i)admin|owner|staff|moderator|superuser|allowed|authori[sz]ed|^can[A-Z_]|^is[A-Z_]|^has[A-Z_]`)
	contactName = newVocabulary(`(?i)email|name|^id$|image|phone|status`)
	// what is paid for
	paidName = newVocabulary(`(?i)plan$|planId|planName|tier$|subscription`)
	planName = newVocabulary(`(?i)plan|tier|trial|subscri|feature|quota|limit|usage|stripe|billing|premium|flag|credit|beta|onboard|verifiedAt|locale|theme|enabled`)
	// how a text looks says nothing of what its owner may do
	formName = newVocabulary(`^(?:length|size|protocol)$`)
	keyName  = newVocabulary(`(?i)token|key|hash|secret|passw|otp|signature|nonce|hmac`)
	// who is one of these may do what owners may
	privilegeName = newVocabulary(`(?i)admin|moderator|staff|super_?user`)
	rightName     = newVocabulary(`\pL`)
	idName        = newVocabulary(`(?:^i|I|_i)d$|ID$`)
	guardName     = newVocabulary(`(?i)auth|session|permission|permit|access|role|allow|admin|owner|member|login|guard|protect|^can[A-Z]|^is[A-Z]|^has[A-Z]|verify|forbid|restrict`)
)

// lastStep is the last name of a path: "role" of ".user.role".
func lastStep(path string) string {
	return strings.Trim(path[stepStart(path)+1:], "]")
}

// stepStart is where the last step of a path starts, with its separator; -1 when
// there is none. What a call was given, in parentheses, has no steps.
func stepStart(path string) int {
	depth := 0
	for i := len(path) - 1; i >= 0; i-- {
		switch path[i] {
		case ')':
			depth++
		case '(':
			depth--
		case '.', '~', '[':
			if depth <= 0 {
				return i
			}
		}
	}
	return strings.LastIndexAny(path, ".~[")
}

// isCallStep reports whether a value is what a call gave: its path ends in a
// call step.
func isCallStep(path string) bool {
	i := stepStart(path)
	return i >= 0 && path[i] == '~'
}

// Standing is how a value stands to the caller.
type Standing uint8

const (
	Stranger   Standing = iota // nothing ties it to the caller
	Chosen                     // the caller chose it
	Checked                    // the caller chose it, and it was shown to be theirs
	Belonging                  // taken from a record that was shown to be theirs
	Themselves                 // taken from the identity
)

func (s *State) standing(o *Opaque) Standing {
	switch o.Root.Origin {
	case FromIdentity:
		return Themselves
	case FromResource:
		if o.Root.own && s.selectedBy(o) {
			return Themselves
		}
		if o.Root.own || s.trust[trustKey{root: o.Root}] {
			return Belonging
		}
		fallthrough
	case FromRequest:
		if s.trust[trustKey{root: o.Root, path: o.Path}] {
			return Checked
		}
		return Chosen
	}
	return Stranger
}

// selectedBy reports whether a value is the field by which the caller's own record
// was selected: the id of their user, read anew.
func (s *State) selectedBy(o *Opaque) bool {
	name, ok := strings.CutPrefix(o.Path, ".")
	if !ok {
		return false
	}
	for _, t := range o.Root.By {
		if v, is := s.see(t.Value).(*Opaque); is && t.Field == name && t.Or == nil && v.Root.Origin == FromIdentity {
			return true
		}
	}
	return false
}

func (ev *eval) fact(layer Layer, kind FactKind, key, what string, at Site) *Fact {
	return &Fact{Layer: layer, Kind: kind, Key: key, Confidence: High, What: what, Evidence: ev.at(at, what)}
}

// roleFact is what a value's equality with a constant says about the caller's
// rights; nil when it says nothing.
func (ev *eval) roleFact(s *State, o *Opaque, value string) *Fact {
	if isCallStep(o.Path) {
		if value == "true" {
			return ev.predicateFact(s, o)
		}
		return nil
	}
	name := lastStep(o.Path)
	if o.Path == "" && o.Root.Origin == FromIdentity {
		name = "id" // a library's userId is the caller itself
	}
	if name == "" || formName.MatchString(name) || planName.MatchString(name) && !roleName.MatchString(name) {
		return nil
	}
	if (value == "true" || value == "false") && !flagName.MatchString(name) {
		return nil
	}
	switch s.standing(o) {
	case Themselves:
		if !roleName.MatchString(name) && (value == "" || strings.HasPrefix(value, "!") || contactName.MatchString(name) && name != "id" && !strings.Contains(value, "@")) {
			return nil
		}
	case Belonging:
		if !roleName.MatchString(name) && (name != "id" || value == "" || strings.HasPrefix(value, "!")) {
			return nil
		}
	default:
		return nil
	}
	return &Fact{
		Layer: Authorization, Kind: Role, Key: name, Set: []string{value}, Confidence: confidenceOf(o),
		What: "check of " + name, Evidence: ev.stack(),
	}
}

// absent says that an optional input or field isn't there.
func absent(o *Opaque) *Fact {
	if o.Root.Origin != FromRequest && o.Root.Origin != FromResource || o.Path == "" || isCallStep(o.Path) {
		return nil
	}
	name := lastStep(o.Path)
	return &Fact{Kind: Absent, Key: name, Confidence: High, What: "no " + name}
}

// settingName is the environment variable that a value comes from.
func settingName(o *Opaque) string {
	if o.Root.Label != "env" {
		return o.Root.Label
	}
	name := strings.TrimLeft(o.Path, ".")
	if i := strings.IndexAny(name, ".~["); i >= 0 {
		name = name[:i]
	}
	return name
}

// opposes reports whether two facts about one setting can't both be: a setting
// is two things, or is and isn't one.
func opposes(f, g *Fact) bool {
	if g.Kind != Environment || f.Key == g.Key {
		return false
	}
	name, is, not := settingOf(f.Key)
	other, was, wasNot := settingOf(g.Key)
	switch {
	case name != other || not && wasNot:
		return false
	case not || wasNot:
		return is == was || is == "set" && not || was == "set" && wasNot
	}
	return is != was && is != "set" && was != "set"
}

// settingOf takes the words of an Environment fact apart.
func settingOf(key string) (name, value string, not bool) {
	if name, value, ok := strings.Cut(key, " isn't "); ok {
		return name, value, true
	}
	name, value, _ = strings.Cut(key, " is ")
	return name, value, false
}

// environment is what a condition on a setting of the deployment says.
func environment(o *Opaque, p predicate) *Fact {
	op := map[predicateKind]string{isTruthy: " is set", isNotNull: " is set", isFalsy: " isn't set", isNull: " isn't set",
		isConst: " is " + p.c.Text, isNotConst: " isn't " + p.c.Text}[p.kind]
	name := strings.TrimPrefix(words(o), "env.")
	return &Fact{Kind: Environment, Key: name + op, Confidence: High, What: name + op}
}

func confidenceOf(o *Opaque) Confidence {
	if o.Root.Guess {
		return Low
	}
	return High
}

// predicateFact: a call over the caller whose truth was demanded.
func (ev *eval) predicateFact(s *State, o *Opaque) *Fact {
	if st := s.standing(o); st != Themselves && st != Belonging {
		return nil
	}
	step := lastStep(o.Path)
	name, _, _ := strings.Cut(step, "(")
	if planName.MatchString(name) || !guardName.MatchString(name) {
		return nil
	}
	return &Fact{Layer: Authorization, Kind: Predicate, Key: step, Confidence: Medium, What: "check " + step, Evidence: ev.stack()}
}

// learnEqual adds what the equality of two values shows.
func (ev *eval) learnEqual(s *State, a, b Value, site Site) {
	x, y := ev.telling(a, 0), ev.telling(b, 0)
	if x == nil || y == nil || formName.MatchString(lastStep(x.Path)) || formName.MatchString(lastStep(y.Path)) {
		return
	}
	if s.standing(x) < s.standing(y) {
		x, y = y, x
	}
	sx, sy := s.standing(x), s.standing(y)
	switch {
	case sx >= Checked && sy == Chosen:
		s.belongs(y)
		s.learn(ev.ownerFact(x, y, site))
	case sx == Themselves && sy == Belonging && privilegeName.MatchString(y.Path):
		s.learn(ev.fact(Authorization, Predicate, "among "+words(y), "check of "+words(x)+" among "+words(y), site))
	case sx == Themselves && sy == Belonging:
		s.learn(ev.ownerFact(x, y, site))
	case sx == Themselves && sy == Stranger && y.Root.Origin == FromUnknown:
		f := ev.ownerFact(x, y, site)
		f.Confidence = Low
		s.learn(f)
	case sx == Themselves && y.Root.Origin == FromSecret:
		key := lastStep(x.Path) + " is " + settingName(y)
		s.learn(ev.fact(Authorization, Predicate, key, "check of "+words(x)+" against "+words(y), site))
	case sx == Chosen && y.Root.Origin == FromSecret:
		s.learn(ev.callerFact(Operated, "check of a shared secret", site))
	case sx == Chosen && sy == Chosen:
		ev.learnCapability(s, x, y, site)
		ev.tied(s, x, y, site)
	}
}

// learnCapability: what the caller presents equals a key kept in a record, or what was
// worked out of one.
func (ev *eval) learnCapability(s *State, x, y *Opaque, site Site) {
	if x.Root.Origin != FromResource {
		x, y = y, x
	}
	key := madeOf(x.Path)
	if x.Root.Origin != FromResource || y.Root.Origin != FromRequest || !keyName.MatchString(key) {
		return
	}
	s.learn(ev.callerFact(Capable, "check of "+key, site))
}

// madeOf is the last step of a path that names a field: what was worked out of it, and
// which part of it that is, come behind.
func madeOf(path string) string {
	for i := stepStart(path); i >= 0; i = stepStart(path) {
		if step := lastStep(path); path[i] != '~' && step != "" && strings.Trim(step, "0123456789") != "" {
			return step
		}
		path = path[:i]
	}
	return path
}

func (ev *eval) callerFact(strength int, what string, site Site) *Fact {
	f := ev.fact(Authentication, Caller, "", what, site)
	f.Strength = strength
	return f
}

// belongs marks a value, and what selected it, as the caller's.
func (s *State) belongs(o *Opaque) {
	if o.Root.Origin == FromRequest {
		s.setTrust(trustKey{root: o.Root, path: o.Path})
		return
	}
	s.setTrust(trustKey{root: o.Root})
	for _, t := range o.Root.By {
		s.trustInput(t.Value)
	}
}

// trustInput marks the request inputs that a value may be as the caller's.
func (s *State) trustInput(v Value) {
	s.each(v, func(_ *State, v Value) {
		if o, ok := v.(*Opaque); ok && o.Root.Origin == FromRequest {
			s.setTrust(trustKey{root: o.Root, path: o.Path})
		}
	})
}

// chosen calls visit with every request input that a value may be, with every field of a
// record that the caller chose, and with what a package's function answered to an input.
// The record itself may be somebody else's of those who share what the field names.
func (ev *eval) chosen(v Value, visit func(trustKey)) {
	ev.st.each(v, func(s *State, v Value) {
		switch v := v.(type) {
		case *Opaque:
			if v.Root.Origin == FromRequest || v.Root.Origin == FromResource && v.Path != "" && s.standing(v) == Chosen {
				visit(trustKey{root: v.Root, path: v.Path})
			}
		case *Extern:
			if key, ok := answerKey(v); ok && ev.tellsInput(v) {
				visit(key)
			}
		}
	})
}

// tellsInput reports whether a value was made of what the caller sent.
func (ev *eval) tellsInput(v Value) bool {
	o := ev.telling(v, 0)
	return o != nil && o.Root.Origin == FromRequest
}

func (ev *eval) ownerFact(x, y *Opaque, site Site) *Fact {
	key := "input"
	if y.Root.Origin != FromRequest {
		key = y.Root.Model
	}
	return ev.fact(Ownership, Owner, key, "comparison of "+words(y)+" with "+words(x), site)
}

// words names a value for a reader.
func words(o *Opaque) string {
	p := strings.TrimPrefix(strings.ReplaceAll(o.Path, "~", "."), ".")
	switch {
	case o.Root.Label == "":
		return p
	case p == "":
		return o.Root.Label
	}
	return o.Root.Label + "." + p
}

// holdsRights reports whether a name may be that of a list of rights: of several, or
// of what roles and rights are called. An address that has a plus in it is neither.
func holdsRights(name string) bool {
	return strings.HasSuffix(name, "s") || strings.HasSuffix(name, "value") || name == "" || roleName.MatchString(name)
}

// learnMember splits on whether a list holds a value: the first result is for
// when it does.
func (ev *eval) learnMember(s *State, list, elem Value, site Site) {
	l, e := s.see(list), s.see(elem)
	if o, ok := l.(*Object); ok && o.List && (allConst(s, s.content(o)) || !isAtom(e)) {
		ev.learnOneOf(s, o, e)
		return
	}
	lo := ev.telling(l, 0)
	if lo == nil {
		return
	}
	if c, ok := e.(Const); ok {
		if s.standing(lo) >= Belonging && holdsRights(lastStep(lo.Path)) && rightName.MatchString(c.Text) {
			s.learn(&Fact{Layer: Authorization, Kind: Permission, Set: []string{c.Text}, Confidence: confidenceOf(lo),
				What: "check for permission " + c.Text, Evidence: ev.at(site, "")})
		}
		return
	}
	if eo, ok := e.(*Opaque); ok {
		ev.learnEqual(s, eo, lo, site)
	}
}

// allConst reports whether a list holds constants only.
func allConst(s *State, c *content) bool {
	for _, x := range c.elems {
		if _, ok := s.see(x).(Const); !ok {
			return false
		}
	}
	return c.rest == nil
}

func (ev *eval) learnOneOf(s *State, list *Object, e Value) {
	c := s.content(list)
	site := list.Site
	if c.rest != nil {
		ev.learnEqual(s, e, c.rest, site)
		return
	}
	var set []string
	for _, x := range c.elems {
		k, ok := s.see(x).(Const)
		if !ok {
			if xo, ok := s.see(x).(*Opaque); ok {
				if eo, ok := e.(*Opaque); ok && len(c.elems) == 1 {
					ev.learnEqual(s, eo, xo, site)
				}
			}
			return
		}
		set = append(set, k.Text)
	}
	if o, ok := e.(*Opaque); ok && len(set) > 0 {
		if f := ev.roleFact(s, o, set[0]); f != nil && f.Kind == Role {
			f.Set = unite(set, nil)
			if site.File != nil {
				f.Evidence = append(f.Evidence, site)
			}
			s.learn(f)
		}
	}
}
