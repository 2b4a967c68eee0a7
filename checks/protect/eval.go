package protect

import (
	"sort"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// The bounds of one evaluation. What exceeds them is cut off, and the cut is recorded.
// An endpoint's is held to less, see budgets.
const (
	maxSteps = 150_000 // expressions and statements, and what joins look at
	// what modules do when they load is every endpoint's, and has a budget of its
	// own: maxSteps for each name, and for all of a tree
	maxTopSteps  = 50_000_000
	maxAllSteps  = 200_000_000 // of all endpoints of a tree; the largest application seen needs a fourth
	maxDepth     = 40          // calls on the stack
	maxRecursion = 2           // activations of one function on the stack
	maxRecursed  = 4           // how often a function is cut so before it calls itself no more
	maxUnroll    = 12          // elements of a known list that a loop runs over
	maxNesting   = 400         // nesting of expressions and statements
)

// World holds what evaluations of one tree share. It is not safe for concurrent
// use: one goroutine evaluates one tree.
type World struct {
	repo     *module.Repo
	done     <-chan struct{} // ends every evaluation; nil for never
	ticks    int             // steps of all evaluations, to look at done now and then
	ended    bool            // done was found closed
	topSteps int             // what was spent on the top levels of modules
	allSteps int             // what was spent on endpoints
	units    map[string]*unit
	globals  map[string]*cell // what is kept on the global object, by path
	served   map[Site]*served // by the place of the mount, or of the builder's context

	patterns patterns
	declared declared // what settings say of functions
}

// NewWorld makes a World of a tree.
func NewWorld(repo *module.Repo) *World {
	return &World{repo: repo, units: map[string]*unit{}, served: map[Site]*served{}, globals: map[string]*cell{}}
}

// Until makes evaluations end early once done is closed, as a context's is; what
// they give then is of no use. It returns the World.
func (w *World) Until(done <-chan struct{}) *World {
	w.done = done
	return w
}

// ticksPerLook is how many steps pass between two looks at done: some
// milliseconds.
const ticksPerLook = 1024

// stopped counts a step, and reports whether the evaluations are to end.
func (w *World) stopped() bool {
	if w.ticks++; w.ticks%ticksPerLook == 0 {
		select {
		case <-w.done:
			w.ended = true
		default:
		}
	}
	return w.ended
}

// newEval starts an evaluation in a module's top scope.
func (w *World) newEval(u *unit) *eval {
	return &eval{
		world: w, st: &State{}, request: &Root{Origin: FromRequest, Label: "request"}, answer: &cell{},
		scope: u.scope, frame: &frame{unit: u}, ran: map[use]bool{whole(u): true},
		asked: &asked{facts: map[string]*Fact{}, shows: map[*assumption]bool{}}, recursed: map[*syntax.Func]int{},
		limit: maxSteps, costs: map[*syntax.Func]cost{},
	}
}

func (w *World) unit(m *module.Module) *unit {
	u, ok := w.units[m.Path]
	if !ok {
		u = newUnit(m)
		w.units[m.Path] = u
	}
	return u
}

// eval evaluates one endpoint.
type eval struct {
	world    *World
	scope    *scope
	st       *State
	frame    *frame
	request  *Root
	answer   *cell // what pages/api's res was told to answer
	effects  []*Effect
	steps    int
	limit    int // of steps
	nesting  int
	top      int // how many module top levels are being evaluated
	cuts     []Cut
	ties     map[[2]trustKey]*tie // what was compared
	ran      map[use]bool         // what was asked of the program
	check    *syntax.If           // the statement whose test is being evaluated
	asked    *asked
	recursed map[*syntax.Func]int
	without  map[*syntax.Func]bool // functions that are left out
	costs    map[*syntax.Func]cost
	flipped  bool     // the condition under evaluation is negated
	tests    []Test   // that were asked so far
	checks   []*Check // that ran so far
	// unawaited are checks whose answer nobody waits for.
	unawaited []*Check
	exits     []exit // of the endpoint: every way that ends by throwing
	// incoming is the request when a middleware is evaluated.
	incoming *Object
	// arrivals collects where the mount with these options hands the request
	// over, when that is asked.
	arrivals *[]arrival
	mount    Site
	// connect runs what is run for a WebSocket's connection; nil for any other
	// endpoint.
	connect func(args []Value, site Site)
}

// Cut is a place where the evaluation gave up, and why.
type Cut struct {
	Site Site
	Why  string
}

// frame is one activation of a function, or of a module's top level.
type frame struct {
	up      *frame
	unit    *unit
	fn      *syntax.Func
	this    Value
	class   *Class // whose method it is, for super
	site    Site   // where it was called
	depth   int
	returns []exit
	tries   []*tryFrame
	loops   []*loop
	labels  []string          // of the statement about to run
	gave    map[string]string // variable → name of the function that gave it
}

// exit is one way out of a function.
type exit struct {
	st   *State
	val  Value
	site Site
}

type tryFrame struct{ throws []*State }

// loop collects the states that leave a loop, switch or labelled block early.
type loop struct {
	labels    []string
	isSwitch  bool
	plain     bool // a labelled block: only a labelled break leaves it
	breaks    []*State
	continues []*State
}

func (ev *eval) site(n syntax.Node) Site {
	return Site{File: ev.frame.unit.mod.File, Span: n.Pos()}
}

func (ev *eval) cut(at Site, why string) {
	for _, c := range ev.cuts {
		if c.Why == why && c.Site == at {
			return
		}
	}
	if len(ev.cuts) < 20 {
		ev.cuts = append(ev.cuts, Cut{at, why})
	}
}

// stack gives the sites of the calls that lead here, outermost first.
func (ev *eval) stack() []Site {
	var out []Site
	for f := ev.frame; f != nil && f.up != nil; f = f.up {
		if f.site.File != nil {
			out = append(out, f.site)
		}
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// at is the evidence of something that happens here: the calls that lead here,
// then the place itself.
func (ev *eval) at(site Site, why string) []Site {
	site.Why = why
	return append(ev.stack(), site)
}

// spend counts a step; false when the budget is used up.
func (ev *eval) spend(n syntax.Node) bool {
	ev.steps++
	if ev.world.stopped() {
		ev.steps = maxSteps
		return false
	}
	if ev.steps <= ev.limit {
		return true
	}
	ev.cut(Site{File: ev.frame.unit.mod.File, Span: n.Pos()}, "the endpoint's code is too large to evaluate")
	return false
}

// charge counts the work of putting states together: what they don't share.
func (ev *eval) charge(states []*State) {
	states, _ = alive(states, nil)
	if len(states) > 1 {
		for _, s := range states[1:] {
			ev.steps += work(states[0], s) / 4
		}
	}
}

// throws records that the present state may leave by an exception.
func (ev *eval) throws(site Site) {
	if ev.st.dead {
		return
	}
	for f := ev.frame; f != nil; f = f.up {
		if n := len(f.tries); n > 0 {
			t := f.tries[n-1]
			if len(t.throws) < maxAlternatives {
				t.throws = append(t.throws, ev.st.fork())
			}
			return
		}
	}
	ev.exits = append(ev.exits, exit{st: ev.st.fork(), site: site})
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
