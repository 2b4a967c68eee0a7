package main

import (
	"io"
	"os"
	"strconv"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"

	"github.com/authdiff/authdiff/checks/report"
)

// say is how much the user wants to be told.
type say struct{ quiet, verbose, noCache bool }

// terminal reports whether somebody watches what is written.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// colours says whether to write colours: to a terminal that understands them,
// unless the user set NO_COLOR (https://no-color.org: any value but an empty
// one).
func colours(w io.Writer, getenv func(string) string) bool {
	return terminal(w) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}

// textOptions are the choices of a text form on standard output.
func textOptions(sh shell) report.Options {
	return report.Options{Color: colours(sh.out, sh.getenv), Width: width(sh), Verbose: sh.say.verbose}
}

// width is the terminal's, in characters: what COLUMNS says, else what the
// terminal does; 0 when neither is known.
func width(sh shell) int {
	if n, err := strconv.Atoi(sh.getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if f, ok := sh.out.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil {
			return n
		}
	}
	return 0
}
