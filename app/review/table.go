package review

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/report"
)

// layers in the order in which a caller meets them.
var layers = []protect.Layer{protect.Authentication, protect.Authorization, protect.Ownership, protect.Validation}

// maxCell bounds a cell of the table, in characters.
const maxCell = 120

// tableRows are the endpoints whose protection changed, each with its layers:
// what the base has and what is left of it. An endpoint that lost protection by
// a change of shared code has rows of its own.
func (c composer) tableRows() [][]string {
	type row struct {
		endpoint endpoint.Ref
		finding  compare.Finding
	}
	var rows []row
	for _, f := range c.Result.Findings {
		rows = append(rows, row{f.Endpoint, f})
		for _, e := range f.Affected {
			if e != f.Endpoint {
				rows = append(rows, row{e, f})
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.endpoint.File, b.endpoint.File), cmp.Compare(a.endpoint.Name, b.endpoint.Name),
			cmp.Compare(slices.Index(layers, a.finding.Layer), slices.Index(layers, b.finding.Layer)))
	})
	var out [][]string
	for i, r := range rows {
		name := cell(r.endpoint.Name)
		if i > 0 && rows[i-1].endpoint == r.endpoint {
			name = ""
		}
		base, head := sides(r.finding)
		out = append(out, []string{fmt.Sprintf("| %s | %s | %s | %s |\n", name, cell(string(r.finding.Layer)), base, head)})
	}
	return out
}

// table is the rows with their heading, as far as there is room for them.
func (c composer) table(room int) string {
	const heading = "| Endpoint | Layer | Base | Head |\n| --- | --- | --- | --- |\n"
	rows := c.tableRows()
	if len(rows) == 0 || room < len(heading)+2*noteRoom {
		return ""
	}
	text, left := fit(rows, room-len(heading))
	if text == "" {
		return ""
	}
	return heading + text + leftOut(left) + "\n"
}

// sides tells what protects the layer in the base, and in the head.
func sides(f compare.Finding) (base, head string) {
	base = cell(f.Guard)
	switch f.Change {
	case compare.Removed:
		return base, "nothing"
	case compare.Weakened:
		return base, "less"
	case compare.Bypassed:
		return base, "the same, on some ways only"
	}
	return "no such endpoint", "nothing"
}

// cell is text from a repository as a table shows it.
func cell(text string) string {
	if text == "" {
		return "a check"
	}
	return report.Escape(report.Clip(text, maxCell))
}
