// Package review turns the result of a comparison into what GitHub shows: the
// check run, one review with a comment per new finding, and edits of comments
// whose finding was fixed or came back. It is pure: it decides, and someone else
// writes. Composing the same input twice gives the same plan, and composing
// after the plan was carried out gives one that writes no comment.
//
// Nothing is lost on the way: a finding that has no line on the diff becomes a
// file comment, and what has no file there stands in the review's body and in
// the check run, which lists every finding.
package review

import (
	"time"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
)

// Diff is the pull request's diff as GitHub shows it, by the path in the head
// (for a removed file, its path in the base).
type Diff struct{ Files map[string]FileDiff }

// FileDiff is one changed file. BasePath is empty when it is Path. Status is
// GitHub's word: added, removed, modified, renamed.
type FileDiff struct {
	Path, BasePath string
	Status         string
	Hunks          []source.Hunk
}

// Input is all that a plan depends on.
type Input struct {
	Result *compare.Result
	Diff   Diff
	// Existing holds the App's own comments on the pull request's lines and
	// files. Comments of others must not be in it.
	Existing []Comment
	// Reviews holds the App's earlier reviews, so that a finding that has no
	// place on the diff isn't told on each push.
	Reviews []Said
	// Replies are the answers of people to the App's comments, Press the button
	// that was pressed for this run, Roles what those who asked for something
	// may do (see Asking), and Author who opened the pull request.
	Replies []Reply
	Press   Press
	Roles   map[string]Role
	Author  string

	Signer           Signer // from NewSigner, with a secret
	HeadSHA, BaseSHA string // BaseSHA is the revision that was compared with the head
	RepoURL          string // "https://github.com/owner/name"; empty for no links
	// Settings are the repository's; nil means the defaults.
	Settings *settings.Settings
	// Err says, in one line, why there is no result. The check then fails.
	Err string
}

// Said is the body of a review of the App's.
type Said struct {
	ID   int64
	At   time.Time
	Body string
}

// Plan is what GitHub is to show.
type Plan struct {
	Check  Check
	Review *Review // nil when there is nothing new to tell
	// Record is the body of a review that keeps what a button was pressed for;
	// empty when there is nothing to keep.
	Record string
	Edits  []Edit
}

// Check is the output of the completed check run. Title is at most 255
// characters; Summary and Text, in Markdown, at most 65,535 bytes each.
type Check struct {
	Conclusion           string // Success or Failure
	Title, Summary, Text string
	Annotations          []Annotation
	Buttons              []Button
}

// Button is a button of the check run. GitHub allows three, a label and an
// identifier of 20 characters and a description of 40.
// https://docs.github.com/en/rest/checks/runs#update-a-check-run
type Button struct{ Label, Description, Identifier string }

// The conclusions. Neutral satisfies a required check, so it is only for an
// analysis that failed where the repository's settings ask for it; Cancelled is
// for a head that is none any more.
const (
	Success   = "success"
	Failure   = "failure"
	Neutral   = "neutral"
	Cancelled = "cancelled"
)

// Annotation is a remark on lines of the head commit: GitHub shows no other.
// Level is GitHub's word: failure, warning or notice. Message is plain text.
type Annotation struct {
	Path               string
	StartLine, EndLine int
	Level              string
	Title, Message     string
}

// Review is one review to post. Its Event always is COMMENT: the check run is
// the gate, and a request for changes would ask for a dismissal by hand.
type Review struct {
	Event, Body string
	Comments    []Comment
}

// Comment is a comment on a line (Side is Left or Right; StartLine is 0 for a
// single line) or, with File, on a whole file.
type Comment struct {
	ID              int64 // set for existing comments
	Path, Side      string
	Line, StartLine int
	File            bool
	Body            string
	// Else is the same comment at the places that remain, in order, for when
	// GitHub doesn't take this one.
	Else []Comment
}

// The sides of the diff.
const (
	Left  = "LEFT"
	Right = "RIGHT"
)

// Edit gives an existing comment a new body.
type Edit struct {
	ID   int64
	Body string
}

// Compose plans what GitHub is to show for the input.
func Compose(in Input) Plan {
	if in.Settings == nil {
		in.Settings = settings.Default()
	}
	if in.Err == "" && in.Result == nil {
		in.Err = "the analysis gave no result"
	}
	if in.Err != "" {
		return Plan{Check: failedAnalysis(in.Err, in.Settings.OnFailure)}
	}
	c := composer{Input: in, diff: indexDiff(in.Diff), told: readExisting(in), exceptions: in.exceptions()}
	return Plan{Check: c.check(), Review: c.review(), Record: c.record(), Edits: c.edits()}
}

// fails reports whether a finding fails the check when nobody accepts it. A bar
// that is no severity lets every finding pass: "never".
func (in Input) fails(f compare.Finding) bool {
	bar := compare.Severity(in.Settings.FailOn).Rank()
	return bar > 0 && f.Severity.Rank() >= bar
}

// composer is an input with what the parts of the plan look up in it.
type composer struct {
	Input
	diff       diffIndex
	told       existing
	exceptions exceptions
}
