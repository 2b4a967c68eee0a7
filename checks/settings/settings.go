// Package settings reads .github/authdiff.yml, in which a repository says what
// the analysis can't know: its own guards and effects in the catalogue's
// vocabulary, which endpoints are public on purpose, how much a rule matters,
// and how the App behaves.
//
// The file is hostile input like any other of the repository: it is bounded,
// holds globs but no regular expressions, and may not use YAML's aliases. It is
// always read from the base of a comparison, so that a change can't excuse
// itself.
//
//	s, err := settings.Load(ctx, baseTree)
package settings

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/source"
)

// Path is where the file stands in a repository.
const Path = module.SettingsFile

// Schema is the file's JSON Schema (draft 2020-12), for editors.
//
//go:embed schema.json
var Schema []byte

// Level is a severity as the file spells it, or Off or Never.
type Level string

// The levels.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Notice  Level = "notice"
	Off     Level = "off"   // in Severity: the rule isn't reported
	Never   Level = "never" // in FailOn: no finding fails
)

// Settings is what a file says, with the defaults for what it doesn't. It is
// not changed once it is made, and safe for concurrent use.
type Settings struct {
	FailOn   Level            // the least severity that fails: a severity, or Never
	Severity map[string]Entry // by rule; its Text is a severity, or Off
	Ignore   []Pattern        // files whose endpoints aren't compared
	Public   []Pattern        // endpoints that nobody has to sign in for
	Guards   []Guard
	Effects  []Effect

	// What follows is for the App.

	MaxComments int      // on one pull request
	OnFailure   Failure  // what the check says when the analysis failed
	Exceptions  Accepted // who may accept a finding

	Lines map[string]int // of the keys at the top
	// Problems are the entries that can't be read. With one, the rest is the
	// defaults.
	Problems []Problem
}

// Entry is a word of the file, and the line on which it stands.
type Entry struct {
	Text string
	Line int
}

// Failure is what the check concludes when the analysis could not be done.
type Failure string

// The conclusions.
const (
	Fail    Failure = "fail"    // the check fails: the default
	Neutral Failure = "neutral" // GitHub counts it as passed
)

// Accepted says who may accept a finding as an exception.
type Accepted struct {
	By     Role // what the repository must let them do at least
	Author bool // whether the pull request's author may, too
}

// Role is a permission of GitHub on a repository.
type Role string

// The roles, each with more rights than the one before; Nobody takes no
// exception at all.
const (
	Write    Role = "write"
	Maintain Role = "maintain"
	Admin    Role = "admin"
	Nobody   Role = "nobody"
)

// Default is what holds where there is no file.
func Default() *Settings {
	return &Settings{
		FailOn: Error, Severity: map[string]Entry{}, MaxComments: 20, OnFailure: Fail,
		Exceptions: Accepted{By: Write}, Lines: map[string]int{},
	}
}

// Problem is an entry of the file that can't be read. Line and Column count
// from 1.
type Problem struct {
	Line, Column int
	Message      string // what is wrong and what to do, without a full stop
}

// String is the problem with its place.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", Path, p.Line, p.Column, p.Message)
}

// Load reads the settings of a tree; see Parse. A tree without the file has the
// defaults. The error is the tree's.
func Load(ctx context.Context, tree source.Tree) (*Settings, error) {
	entries, err := tree.Entries(ctx)
	if err != nil {
		return nil, err
	}
	entry, ok := source.Find(entries, Path)
	if !ok {
		return Default(), nil
	}
	files, err := tree.Read(ctx, []source.Entry{entry})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", Path, err)
	}
	if len(files) == 1 && files[0].Skip == "" {
		return Parse(files[0].Text), nil
	}
	return unreadable(Problem{1, 1, "the file can't be read as text"}), nil
}

// Of gives the settings of a repository that was opened; see Parse.
func Of(repo *module.Repo) *Settings {
	text, ok := repo.Settings()
	if !ok {
		return unreadable(Problem{1, 1, "the file can't be read as text"})
	}
	return Parse(text)
}

// unreadable is what a file with problems says: nothing, so that it relaxes
// nothing.
func unreadable(problems ...Problem) *Settings {
	s := Default()
	s.Problems = problems
	return s
}

// LevelOf is the severity that a finding of a rule has; given is the one that
// the rule gives it. Off means that it isn't reported.
func (s *Settings) LevelOf(rule string, given Level) Level {
	if e, ok := s.Severity[rule]; ok {
		return Level(e.Text)
	}
	return given
}

// Ignores reports whether a file's endpoints aren't compared.
func (s *Settings) Ignores(file string) bool {
	for i := range s.Ignore {
		if s.Ignore[i].MatchFile(file) {
			return true
		}
	}
	return false
}

// PublicEntry is the entry by which an endpoint is public on purpose; nil when
// there is none. Name and file are those of the endpoint's reference.
func (s *Settings) PublicEntry(name, file string) *Pattern {
	for i := range s.Public {
		if s.Public[i].Match(name, file) {
			return &s.Public[i]
		}
	}
	return nil
}
