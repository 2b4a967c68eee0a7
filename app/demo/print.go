package demo

import (
	"bytes"
	"fmt"
	"io"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/report"
)

// print tells the story. Everything in it is the sample's own text, but for
// what the analysis made of it; Visible keeps even that from being more than
// text.
func (t *story) print(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Pull request  %s #%d: %s\n", t.repository, t.pull.Number, t.pull.Title)
	fmt.Fprintf(&b, "              %s wants to merge %s into %s, %s changed\n",
		t.pull.Author, t.pull.HeadRef, t.pull.BaseRef, report.Plural(len(t.files), "file"))
	fmt.Fprintf(&b, "Webhook       pull_request opened, signed, accepted by %s\n", t.hook)
	fmt.Fprintf(&b, "Check run     %s: %s\n", t.check.Name, t.check.Conclusion)
	fmt.Fprintf(&b, "              %s\n", report.Visible(t.check.Title))

	fmt.Fprintf(&b, "\nFindings      %d\n", len(t.result.Findings))
	for _, f := range t.result.Findings {
		printFinding(&b, &f)
	}
	fmt.Fprintf(&b, "\nComments      %d, in %s\n", len(t.comments), report.Plural(len(t.reviews), "review"))
	for _, c := range t.comments {
		fmt.Fprintf(&b, "  %s\n", place(c))
	}
	_, err := w.Write(b.Bytes())
	return err
}

func printFinding(b *bytes.Buffer, f *compare.Finding) {
	fmt.Fprintf(b, "  %-8s%s %s: %s\n", f.Severity, f.Layer, f.Change, report.Visible(f.Endpoint.Name))
	fmt.Fprintf(b, "          %s (%s)\n", report.Visible(report.Position(f.Path, f.Line)), f.Side)
	fmt.Fprintf(b, "          %s\n", report.Visible(f.Message))
	for _, a := range f.Affected {
		fmt.Fprintf(b, "          also: %s (%s)\n", report.Visible(a.Name), report.Visible(a.File))
	}
}

// place says where a comment stands, in GitHub's terms.
func place(c sandbox.Comment) string {
	if c.File {
		return report.Visible(c.Path) + " (the file)"
	}
	return fmt.Sprintf("%s %s", report.Visible(report.Position(c.Path, c.Line)), c.Side)
}
