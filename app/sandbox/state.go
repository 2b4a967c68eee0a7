package sandbox

import (
	"net/http"
	"slices"
	"time"
)

// Pull is a pull request.
type Pull struct {
	ID, Number       int64
	Title, Body      string
	Author           string
	State            string // "open" or "closed"
	Draft, Merged    bool
	BaseRef, BaseSHA string
	HeadRef, HeadSHA string
	Fork             string // whose fork holds the head; empty for the repository itself
	Created, Updated time.Time
}

// CheckRun is a check run.
type CheckRun struct {
	ID, Suite                 int64
	App                       string // the slug of the App that made it
	Name, HeadSHA, ExternalID string
	DetailsURL                string
	Status, Conclusion        string
	Started, Completed        time.Time
	Title, Summary, Text      string
	Annotations               []Annotation
	Actions                   []Action
}

// Annotation is one annotation of a check run, as GitHub reads and writes it.
// Columns are 0 when absent.
type Annotation struct {
	Path        string `json:"path"`
	StartLine   int    `json:"start_line"`
	EndLine     int    `json:"end_line"`
	StartColumn int    `json:"start_column"`
	EndColumn   int    `json:"end_column"`
	Level       string `json:"annotation_level"`
	Message     string `json:"message"`
	Title       string `json:"title"`
	RawDetails  string `json:"raw_details"`
}

// Action is a button of a check run.
type Action struct {
	Label       string `json:"label"`
	Description string `json:"description"`
	Identifier  string `json:"identifier"`
}

type suite struct {
	id      int64
	sha     string
	app     string
	created time.Time
}

// Review is a review of a pull request. Its line comments are among the pull
// request's comments and carry its id.
type Review struct {
	ID        int64
	Author    string
	State     string // "COMMENTED", "CHANGES_REQUESTED", "APPROVED", "PENDING"
	Body      string
	CommitID  string
	Submitted time.Time
}

// Comment is a review comment on a line, a range of lines or a file.
type Comment struct {
	ID, Review      int64 // Review is 0 only for a reply
	InReplyTo       int64 // the comment that opened the thread, 0 for that one
	Author, Body    string
	Path            string
	File            bool   // about the whole file: the fields on lines are zero
	Side, StartSide string // "LEFT" (base) or "RIGHT" (head)
	// Line and StartLine are where the comment stands now; 0 when a push made it
	// outdated, StartLine also when it is about one line. The Original ones are
	// where it was written.
	Line, StartLine                 int
	OriginalLine, OriginalStartLine int
	Position, OriginalPosition      int // the same, in lines of the file's patch
	CommitID, OriginalCommitID      string
	DiffHunk                        string
	Created, Updated                time.Time
}

// IssueComment is a comment in a pull request's conversation.
type IssueComment struct {
	ID, Number       int64
	Author, Body     string
	Created, Updated time.Time
}

// Request is one request that the sandbox answered.
type Request struct {
	Method, Path, Query string
	Route               string // the path template that served it; empty when none did
	Header              http.Header
	Body                []byte
	Status              int
}

// Requests returns every request so far, in the order of their answers.
// Deliveries are not among them.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// CheckRuns returns the check runs of a commit, oldest first.
func (r *Repository) CheckRuns(sha string) []CheckRun {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	var runs []CheckRun
	for _, run := range r.runs {
		if run.HeadSHA != sha {
			continue
		}
		c := *run
		c.Annotations, c.Actions = slices.Clone(c.Annotations), slices.Clone(c.Actions)
		runs = append(runs, c)
	}
	return runs
}

// Pull returns the pull request with the number, false when there is none.
func (r *Repository) Pull(number int64) (Pull, bool) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	p := r.pull(number)
	if p == nil {
		return Pull{}, false
	}
	return p.Pull, true
}

// Reviews returns the reviews of a pull request, oldest first.
func (r *Repository) Reviews(number int64) []Review {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	p := r.pull(number)
	if p == nil {
		return nil
	}
	return copies(p.reviews)
}

// Comments returns the review comments of a pull request, oldest first.
func (r *Repository) Comments(number int64) []Comment {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	p := r.pull(number)
	if p == nil {
		return nil
	}
	return copies(p.comments)
}

// IssueComments returns the comments in a pull request's conversation, oldest
// first.
func (r *Repository) IssueComments(number int64) []IssueComment {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	p := r.pull(number)
	if p == nil {
		return nil
	}
	return copies(p.conversation)
}

func copies[T any](from []*T) []T {
	to := make([]T, len(from))
	for i, v := range from {
		to[i] = *v
	}
	return to
}
