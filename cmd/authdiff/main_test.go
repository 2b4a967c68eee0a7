package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// outcome is how one command line ended.
type outcome struct {
	status   int
	out, err string
}

// invoke runs a command line as main does, with an empty environment.
func invoke(ctx context.Context, args ...string) outcome {
	return invokeIn(ctx, nil, args...)
}

// invokeIn runs a command line as main does, in the given environment.
func invokeIn(ctx context.Context, env map[string]string, args ...string) outcome {
	var out, errs bytes.Buffer
	status := run(ctx, args, shell{
		in: strings.NewReader(""), out: &out, err: &errs,
		getenv: func(name string) string { return env[name] },
	})
	return outcome{status: status, out: out.String(), err: errs.String()}
}

// wantFailure holds an outcome to what scripts rely on: status 2, nothing on
// standard output, one line on standard error.
func wantFailure(t *testing.T, got outcome, message string) {
	t.Helper()
	if got.status != statusFailed {
		t.Errorf("status = %d, want %d", got.status, statusFailed)
	}
	if got.out != "" {
		t.Errorf("standard output = %q, want none", got.out)
	}
	if !strings.HasPrefix(got.err, "authdiff: ") || strings.Count(got.err, "\n") != 1 || !strings.HasSuffix(got.err, "\n") {
		t.Errorf("standard error = %q, want one line", got.err)
	}
	if !strings.Contains(got.err, message) {
		t.Errorf("standard error = %q, want it to contain %q", got.err, message)
	}
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		args    []string
		message string
	}{
		{"unknown command", []string{"dif"}, `unknown command "dif"`},
		{"unknown flag", []string{"diff", "--bse", "main"}, "unknown flag: --bse; see `authdiff diff --help`"},
		{"no base", []string{"diff"}, `"base" not set; see`},
		{"a stray word", []string{"diff", "--base", "main", "head"}, `"head"`},
		{"unknown format", []string{"diff", "--base", "main", "--format", "xml"}, "must be one of text, json, sarif, markdown"},
		{"unknown severity", []string{"diff", "--base", "main", "--fail-on", "fatal"}, "must be one of error, warning, notice, never"},
		{"a page on no address", []string{"demo", "--addr"}, "flag needs an argument"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wantFailure(t, invoke(t.Context(), test.args...), test.message)
		})
	}
}

func TestErrorsReachNoTerminal(t *testing.T) {
	t.Parallel()
	got := invoke(t.Context(), "diff", "--base", "\x1b[31m\u202e\nred")
	wantFailure(t, got, "red")
	if strings.ContainsAny(got.err, "\x1b\u202e") {
		t.Errorf("standard error = %q, want no control character", got.err)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"--help"}, {"diff", "--help"}, {"serve", "--help"}, {"demo", "--help"}, {"version", "--help"}, {"completion", "bash"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			got := invoke(t.Context(), args...)
			if got.status != statusClean || got.err != "" || !strings.Contains(got.out, "authdiff") {
				t.Errorf("status %d, standard error %q, standard output %.80q", got.status, got.err, got.out)
			}
		})
	}
}

func TestCompletionOffersTheWords(t *testing.T) {
	t.Parallel()
	got := invoke(t.Context(), "__complete", "diff", "--format", "")
	for _, word := range []string{"text", "json", "sarif", "markdown"} {
		if !strings.Contains(got.out, word+"\n") {
			t.Errorf("completion of --format lacks %s:\n%s", word, got.out)
		}
	}
}

func TestExitStatus(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		err    error
		status int
		lines  string
	}{
		{"no error", nil, statusClean, ""},
		{"found", fmt.Errorf("diff: %w", errFound), statusFound, ""},
		{"one", errors.New("no such\nrepository\x07"), statusFailed, "authdiff: no such repository\uFFFD\n"},
		{"several", errors.Join(errors.New("PORT: bad"), errors.New("HOST: bad")), statusFailed, "authdiff: PORT: bad\nauthdiff: HOST: bad\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var w bytes.Buffer
			if got := exitStatus(&w, test.err); got != test.status || w.String() != test.lines {
				t.Errorf("exitStatus = %d with %q, want %d with %q", got, w.String(), test.status, test.lines)
			}
		})
	}
}
