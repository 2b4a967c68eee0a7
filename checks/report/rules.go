package report

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/authdiff/authdiff/checks/rules"
	"github.com/authdiff/authdiff/checks/settings"
)

// RulesMarkdown writes the documentation of rules. An error is the writer's.
func RulesMarkdown(w io.Writer, list []rules.Rule) error {
	var b strings.Builder
	b.WriteString("# Rules\n\nPrinted by `authdiff rules --format markdown`.\n\n" + rules.Accepting + "\n\n| rule | severity | reports |\n| --- | --- | --- |\n")
	for _, r := range list {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, settings.Rules[r.ID], r.What)
	}
	for _, r := range list {
		fmt.Fprintf(&b, "\n## %s\n\n%s %s\n", r.ID, r.What, r.Why)
		fmt.Fprintf(&b, "\nGood, in `%s`:\n\n%s\nBad:\n\n%s", r.File, exampleOf(r, r.Good), exampleOf(r, r.Bad))
		if r.Accept != "" {
			fmt.Fprintf(&b, "\nHow to accept it: %s\n", r.Accept)
		}
	}
	return writeText(w, b.String())
}

// RulesText writes the rules for a person at a terminal: a list of several, and
// of one everything. An error is the writer's.
func RulesText(w io.Writer, list []rules.Rule, o Options) error {
	p := &textPrinter{color: o.Color}
	if len(list) > 1 {
		for _, r := range list {
			p.line(p.paint(bold, fmt.Sprintf("%-28s", r.ID)) + p.paint(dim, string(settings.Rules[r.ID])))
			for _, row := range wrap(r.What, textWidth-2) {
				p.line("  " + row)
			}
		}
		return writeText(w, p.b.String())
	}
	for _, r := range list {
		p.line(p.paint(bold, r.ID) + " " + p.paint(dim, string(settings.Rules[r.ID])))
		for _, text := range []string{r.What, r.Why, r.Accept, rules.Accepting} {
			for i, row := range wrap(text, textWidth) {
				if i == 0 {
					p.line("")
				}
				p.line(row)
			}
		}
		p.example("good, in "+r.File, r.Good)
		p.example("bad", r.Bad)
	}
	return writeText(w, p.b.String())
}

func (p *textPrinter) example(label, text string) {
	p.line("")
	p.line(p.paint(dim, label))
	for _, row := range lines(text) {
		p.line("    " + row)
	}
}

func writeText(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// exampleOf fences an example in the language of its file.
func exampleOf(r rules.Rule, text string) string {
	return Fence(strings.TrimPrefix(path.Ext(r.File), "."), text)
}

// ruleHelp is what SARIF says of a rule; nil for one without documentation.
func ruleHelp(id string) *sarifHelp {
	r, ok := rules.Find(id)
	if !ok {
		return nil
	}
	text := r.What + " " + r.Why
	markdown := text + "\n\nGood:\n\n" + exampleOf(r, r.Good) + "\nBad:\n\n" + exampleOf(r, r.Bad)
	for _, more := range []string{r.Accept, rules.Accepting} {
		if more != "" {
			text += " " + more
			markdown += "\n\n" + more
		}
	}
	return &sarifHelp{Text: text, Markdown: markdown}
}
