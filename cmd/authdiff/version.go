package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// grammarModule holds the TypeScript grammar; its version is the grammar's.
const grammarModule = "github.com/smacker/go-tree-sitter"

// build is what `version` says of the binary.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit"`
	Go      string `json:"go"`
	Grammar string `json:"grammar"`
}

func newVersion(sh shell) *cobra.Command {
	format := choice{value: "text", allowed: []string{"text", "json"}}
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit, the Go version and the grammar's version",
		Long: `Prints the version, the commit that it was built from, the Go version, and the
version of the TypeScript grammar. What the build did not record is "unknown".`,
		Example: `  authdiff version
  authdiff version --format json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info, ok := debug.ReadBuildInfo()
			if !ok {
				info = &debug.BuildInfo{}
			}
			return printBuild(sh.out, describe(info), format.value)
		},
	}
	format.register(cmd, "format", "how to print it")
	return cmd
}

// describe reads what the Go tool recorded in the binary. What it did not
// record, as in a build from an unpacked archive, is "unknown".
func describe(info *debug.BuildInfo) build {
	b := build{
		Version: cmp.Or(info.Main.Version, "(devel)"),
		Commit:  "unknown",
		Go:      cmp.Or(info.GoVersion, runtime.Version()),
		Grammar: "unknown",
	}
	modified := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			modified = s.Value == "true"
		}
	}
	if modified {
		b.Commit += " (modified)"
	}
	for _, dep := range info.Deps {
		if dep.Path == grammarModule {
			b.Grammar = dep.Version
		}
	}
	return b
}

func printBuild(w io.Writer, b build, format string) error {
	if format == "json" {
		return json.NewEncoder(w).Encode(b)
	}
	_, err := fmt.Fprintf(w, "authdiff %s\ncommit   %s\ngo       %s\ngrammar  %s\n", b.Version, b.Commit, b.Go, b.Grammar)
	return err
}
