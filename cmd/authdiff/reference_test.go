package main

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestCommandsDocument holds the document to what the commands say. To write it
// anew: go test ./cmd/authdiff -run TestCommandsDocument -update
func TestCommandsDocument(t *testing.T) {
	t.Parallel()
	wantDocument(t, "../../deploy/docs/commands.md", invoke(t.Context(), "reference"))
}

// wantDocument holds a file of the documentation to what a command prints.
func wantDocument(t *testing.T, file string, got outcome) {
	t.Helper()
	if got.status != statusClean {
		t.Fatalf("status %d: %s", got.status, got.err)
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.out != string(want) {
		t.Errorf("%s isn't what the command prints: run this test with -update", file)
	}
}

// Every command explains itself, and shows how it is used.
func TestEveryCommandHasExamples(t *testing.T) {
	t.Parallel()
	root := newRoot(shell{})
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.Long == "" || !strings.Contains(sub.Example, "  authdiff "+sub.Name()) {
				t.Errorf("%s lacks an explanation or an example", sub.CommandPath())
			}
			walk(sub)
		}
	}
	walk(root)
}
