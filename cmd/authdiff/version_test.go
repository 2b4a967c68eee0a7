package main

import (
	"encoding/json"
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	got := invoke(t.Context(), "version", "--format", "json")
	var b build
	if err := json.Unmarshal([]byte(got.out), &b); err != nil || got.status != statusClean {
		t.Fatalf("status %d, standard output %q: %v", got.status, got.out, err)
	}
	if b.Version == "" || b.Commit == "" || !strings.HasPrefix(b.Go, "go1.") {
		t.Errorf("version = %+v, want every field filled", b)
	}
	if got := invoke(t.Context(), "version"); !strings.HasPrefix(got.out, "authdiff "+b.Version+"\n") {
		t.Errorf("version = %q, want it to begin with the version", got.out)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	info := &debug.BuildInfo{
		GoVersion: "go1.26.0",
		Main:      debug.Module{Version: "v1.2.3"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "0123abcd"},
			{Key: "vcs.modified", Value: "true"},
		},
		Deps: []*debug.Module{{Path: grammarModule, Version: "v0.0.1"}},
	}
	want := build{Version: "v1.2.3", Commit: "0123abcd (modified)", Go: "go1.26.0", Grammar: "v0.0.1"}
	if got := describe(info); got != want {
		t.Errorf("describe = %+v, want %+v", got, want)
	}
	if got := describe(&debug.BuildInfo{}); got.Commit != "unknown" || got.Grammar != "unknown" || got.Version != "(devel)" {
		t.Errorf("describe of nothing = %+v, want it to say what is unknown", got)
	}
}
