package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/verify"
)

// VerifyDocument is the object that VerifyJSON writes. Fields may be added to it.
type VerifyDocument struct {
	Version int                             `json:"version"`
	Rev     string                          `json:"rev"`
	Guards  int                             `json:"guards"`
	Seen    int                             `json:"seen"`
	Layers  map[protect.Layer]*verify.Count `json:"layers"`
	// Redundant are guards whose protection another one gives too, Uncut those
	// that could not be taken out of their code alone; neither counts among Guards.
	Redundant int             `json:"redundant"`
	Uncut     int             `json:"uncut"`
	Unseen    []VerifyMissing `json:"unseen"`
	// Unknown are places that look like guards and aren't understood; their layer is
	// empty where it could be any. They don't count among Guards either.
	Unknown []VerifyMissing `json:"unknown"`
}

// VerifyMissing is a guard whose deletion isn't seen, or a place that isn't
// understood, as it stands there.
type VerifyMissing struct {
	Endpoint endpoint.Ref  `json:"endpoint"`
	Layer    protect.Layer `json:"layer"`
	Guard    string        `json:"guard"`
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Reason   string        `json:"reason"`
	Settings string        `json:"settings"`
}

// VerifyJSON writes how well the guards of a revision, empty for the working
// tree, are seen. An error is the writer's.
func VerifyJSON(w io.Writer, rev string, r *verify.Report) error {
	sum := r.Total()
	d := VerifyDocument{Version: 1, Rev: rev, Guards: sum.Guards, Seen: sum.Seen, Layers: r.Layers,
		Redundant: r.Redundant, Uncut: r.Uncut, Unseen: []VerifyMissing{}, Unknown: []VerifyMissing{}}
	for _, u := range r.Unseen {
		d.Unseen = append(d.Unseen, VerifyMissing(u))
	}
	for _, u := range r.Unknown {
		d.Unknown = append(d.Unknown, VerifyMissing(u))
	}
	return writeJSON(w, d)
}

// VerifyText writes the same for a person at a terminal. An error is the
// writer's.
func VerifyText(w io.Writer, r *verify.Report, o Options) error {
	p := &textPrinter{color: o.Color}
	p.line(p.paint(dim, fmt.Sprintf("%-16s%8s%8s%9s%9s", "layer", "guards", "seen", "share", "unknown")))
	for _, l := range protect.Layers {
		p.line(shareRow(string(l), *r.Layers[l], unknownOf(r, l)))
	}
	if n := unknownOf(r, ""); n > 0 {
		p.line(shareRow("any", verify.Count{}, n))
	}
	p.line(p.paint(bold, shareRow("all", r.Total(), len(r.Unknown))))
	if r.Redundant > 0 {
		p.line(p.paint(dim, Plural(r.Redundant, "guard")+" more protect what another one protects too"))
	}
	if r.Uncut > 0 {
		p.line(p.paint(dim, Plural(r.Uncut, "guard")+" more can't be taken out of their code alone"))
	}
	for _, u := range r.Unseen {
		p.missing("not seen: ", VerifyMissing(u))
	}
	p.unknown(r.Unknown, o.Verbose)
	if _, err := io.WriteString(w, p.b.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// maxUnknown bounds the places that aren't understood which are shown where the
// reader didn't ask for more.
const maxUnknown = 10

func (p *textPrinter) unknown(list []verify.Missing, all bool) {
	for i, u := range list {
		if i == maxUnknown && !all {
			p.line("")
			p.line(p.paint(dim, fmt.Sprintf("and %s more that are not understood: --verbose lists them", Plural(len(list)-i, "place"))))
			return
		}
		p.missing("not understood: ", VerifyMissing(u))
	}
}

func (p *textPrinter) missing(lead string, u VerifyMissing) {
	layer := ""
	if u.Layer != "" {
		layer = " (" + string(u.Layer) + ")"
	}
	p.line("")
	p.line(p.paint(yellow, lead) + p.paint(bold, Visible(u.Guard+layer)))
	p.labelled("at", Position(u.File, u.Line))
	p.labelled("endpoint", endpointText(u.Endpoint, 0))
	p.labelled("why", u.Reason)
	for i, row := range lines(u.Settings) {
		label := ""
		if i == 0 {
			label = "settings"
		}
		p.line("  " + p.paint(dim, fmt.Sprintf("%-*s", textIndent-2, label)) + Visible(row))
	}
}

func unknownOf(r *verify.Report, l protect.Layer) int {
	n := 0
	for _, u := range r.Unknown {
		if u.Layer == l {
			n++
		}
	}
	return n
}

func shareRow(name string, c verify.Count, unknown int) string {
	share := "-"
	if c.Guards > 0 {
		share = fmt.Sprintf("%.1f %%", 100*float64(c.Seen)/float64(c.Guards))
	}
	return strings.TrimRight(fmt.Sprintf("%-16s%8d%8d%9s%9d", name, c.Guards, c.Seen, share, unknown), " ")
}
