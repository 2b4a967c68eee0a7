package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/report"
)

// writers are the formats that `diff` can write apart from the terminal's.
var writers = map[string]func(io.Writer, report.Run) error{
	"json": report.JSON, "sarif": report.SARIF, "markdown": report.Markdown, "annotations": report.Annotations,
	"text": func(w io.Writer, r report.Run) error { return report.Text(w, r, report.Options{}) },
}

// copies are the files that a result is written to as well, each in a format of
// its own. It is the value of a flag that may be given several times.
type copies []struct{ format, file string }

func (c *copies) String() string { return "" }
func (c *copies) Type() string   { return "format=file" }

func (c *copies) Set(s string) error {
	format, file, _ := strings.Cut(s, "=")
	if _, ok := writers[format]; !ok || file == "" {
		names := make([]string, 0, len(writers))
		for name := range writers {
			names = append(names, name)
		}
		slices.Sort(names)
		return fmt.Errorf("must be FORMAT=FILE, with a format of %s", strings.Join(names, ", "))
	}
	*c = append(*c, struct{ format, file string }{format, file})
	return nil
}

// write writes every copy; a file that is there is replaced.
func (c copies) write(r report.Run) error {
	for _, to := range c {
		var out bytes.Buffer
		if err := writers[to.format](&out, r); err != nil {
			return err
		}
		if err := os.WriteFile(to.file, out.Bytes(), 0o644); err != nil {
			return fmt.Errorf("write the result as %s: %w", to.format, err)
		}
	}
	return nil
}
