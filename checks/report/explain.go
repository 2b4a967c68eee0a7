package report

import (
	"fmt"
	"io"
	"reflect"

	"github.com/authdiff/authdiff/checks/explain"
)

// explained is the object that ExplainJSON writes.
type explained struct {
	Version int    `json:"version"`
	Rev     string `json:"rev"`
	*explain.Explanation
}

// ExplainJSON writes an endpoint's evidence chain at a revision, empty for the
// working tree. An error is the writer's.
func ExplainJSON(w io.Writer, rev string, x *explain.Explanation) error {
	return writeJSON(w, explained{Version: 1, Rev: rev, Explanation: x})
}

// ExplainText writes an endpoint's evidence chain for a person at a terminal. An
// error is the writer's.
func ExplainText(w io.Writer, x *explain.Explanation, o Options) error {
	p := &textPrinter{color: o.Color}
	p.line(p.paint(bold, Visible(endpointText(x.Endpoint, x.Line))))
	if x.Public != "" {
		p.line(Visible("public by the settings: " + x.Public))
	}
	p.guards("\nbefore it runs, the middleware asks for", x.Middleware)
	for i := range x.Effects {
		p.effect(x.Effects, i)
	}
	if len(x.Effects) == 0 {
		p.line("\nno effect and no answer that carries data was found")
	}
	p.steps("\nrefuses at", x.Exits, maxExits)
	p.steps("\nnot known", x.Unknown, maxExits)
	if _, err := io.WriteString(w, p.b.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// What the text form shows of an explanation before it counts the rest.
const (
	maxExits   = 30
	maxEffects = 40
)

func (p *textPrinter) effect(all []explain.Effect, i int) {
	if i >= maxEffects {
		if i == maxEffects {
			p.line(fmt.Sprintf("\nand %d more effects", len(all)-i))
		}
		return
	}
	e := &all[i]
	p.line("\n" + p.paint(bold, Visible(e.Kind+": "+e.What)))
	if e.Scope != "" {
		p.line("  " + Visible(e.Scope))
	}
	for _, s := range e.Path {
		p.step("  ", s)
	}
	switch {
	case len(e.Guards) == 0:
		p.line("  " + p.paint(red, "nothing guards it"))
	case i > 0 && reflect.DeepEqual(e.Guards, all[i-1].Guards):
		p.line("  guarded as the one above")
	default:
		p.guards("  guarded by", e.Guards)
	}
}

func (p *textPrinter) guards(title string, guards []explain.Guard) {
	if len(guards) == 0 {
		return
	}
	p.line(title)
	for _, g := range guards {
		p.line(fmt.Sprintf("    %s: %s%s", p.paint(blue, string(g.Layer)), Visible(g.What), p.paint(dim, " (confidence "+string(g.Confidence)+")")))
		for _, s := range g.Path {
			if s.Role != explain.Entry {
				p.step("      ", s)
			}
		}
	}
}

func (p *textPrinter) steps(title string, steps []explain.Step, most int) {
	if len(steps) == 0 {
		return
	}
	p.line(title)
	for i, s := range steps {
		if i == most {
			p.line(fmt.Sprintf("    and %d more", len(steps)-i))
			return
		}
		p.step("    ", s)
	}
}

// step writes a place, what happens there, and its source.
func (p *textPrinter) step(indent string, s explain.Step) {
	where := Visible(Position(s.File, s.Line))
	p.line(fmt.Sprintf("%s%s %s  %s", indent, p.paint(dim, fmt.Sprintf("%-10s", s.Role)), where, Visible(s.What)))
	if s.Code != "" && s.Role != explain.Entry {
		p.line(fmt.Sprintf("%s%-10s   %s", indent, "", p.paint(dim, Clip(Visible(s.Code), maxLostWidth))))
	}
}
