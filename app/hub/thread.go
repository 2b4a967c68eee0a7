package hub

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/authdiff/authdiff/app/review"
)

// toldQuery reads in one request what was said, and the pull request's state
// again: before anything is written it must be known to be the same.
const toldQuery = `query Told($owner: String!, $name: String!, $number: Int!, $app: Int!, $check: String!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    ...State
    threads: reviewThreads(first: 100) { nodes {
      path line startLine diffSide subjectType
      comments(first: 100) { totalCount nodes {
        fullDatabaseId viewerDidAuthor body createdAt lastEditedAt
        author { __typename login }
        replyTo { fullDatabaseId }
      } }
    } }
    own: reviews(first: 100) { nodes { fullDatabaseId viewerDidAuthor body submittedAt } }
  } }
}` + pullState

// mostAsked is how many elements of a list one query gives.
const mostAsked = 100

// bigInt is an id as GraphQL writes it, as text. 0 when it is null.
type bigInt int64

// UnmarshalJSON implements json.Unmarshaler.
func (b *bigInt) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if quoted, quotedErr := strconv.Unquote(string(text)); quotedErr == nil {
		n, err = strconv.ParseInt(quoted, 10, 64)
	}
	*b = bigInt(n)
	return err
}

type threadAnswer struct {
	Path, DiffSide, SubjectType string
	Line, StartLine             int
	Comments                    struct {
		TotalCount int
		Nodes      []threadComment
	}
}

type threadComment struct {
	FullDatabaseID  bigInt
	ViewerDidAuthor bool
	Body            string
	CreatedAt       time.Time
	LastEditedAt    *time.Time
	Author          *actor
	ReplyTo         *struct{ FullDatabaseID bigInt }
}

// askTold reads what was said by one query; whole is false when there is more
// than that gives.
func (r *Repository) askTold(ctx context.Context, p *Pull) (told Told, whole bool, err error) {
	var a struct {
		Repository struct {
			PullRequest struct {
				stateAnswer
				Threads struct{ Nodes []threadAnswer }
				Own     struct {
					Nodes []struct {
						FullDatabaseID  bigInt
						ViewerDidAuthor bool
						Body            string
						SubmittedAt     time.Time
					}
				}
			}
		}
	}
	err = r.ask(ctx, fmt.Sprintf("read what was said on pull request #%d", p.Number), toldQuery, r.pullVariables(p.Number), &a)
	if err != nil {
		return Told{}, false, err
	}
	answer := a.Repository.PullRequest
	p.latest = answer.pull()
	if max(answer.Reviews.TotalCount, answer.ReviewThreads.TotalCount) > mostAsked {
		return Told{}, false, nil
	}
	for _, thread := range answer.Threads.Nodes {
		if thread.Comments.TotalCount > mostAsked {
			return Told{}, false, nil
		}
		told.add(thread)
	}
	for _, v := range answer.Own.Nodes {
		if v.ViewerDidAuthor && v.Body != "" {
			told.Reviews = append(told.Reviews, review.Said{ID: int64(v.FullDatabaseID), At: v.SubmittedAt, Body: v.Body})
		}
	}
	slices.SortFunc(told.Comments, func(a, b review.Comment) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(told.Replies, func(a, b review.Reply) int { return cmp.Compare(a.ID, b.ID) })
	return told, true, nil
}

// add takes the App's own comments of a thread, and the replies of others.
func (t *Told) add(thread threadAnswer) {
	for _, c := range thread.Comments.Nodes {
		switch {
		case c.ViewerDidAuthor:
			t.Comments = append(t.Comments, review.Comment{
				ID: int64(c.FullDatabaseID), Path: thread.Path, Side: thread.DiffSide, Line: thread.Line,
				StartLine: thread.StartLine, File: thread.SubjectType == "FILE", Body: c.Body,
			})
		case c.ReplyTo != nil:
			t.Replies = append(t.Replies, review.Reply{
				ID: int64(c.FullDatabaseID), To: int64(c.ReplyTo.FullDatabaseID), Login: c.Author.login(),
				Body: c.Body, At: c.CreatedAt, Edited: c.LastEditedAt != nil,
			})
		}
	}
}
