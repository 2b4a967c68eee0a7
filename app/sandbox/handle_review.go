package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/authdiff/authdiff/app/sandbox/gitdb"
	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// maxBody is how many characters a comment or review holds, from GitHub's answer
// to a longer one ("Body is too long (maximum is 65536 characters)").
const maxBody = 65536

// reviewStates are what a review's event makes of it. Without an event it waits
// for its author to submit it.
// https://docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request
var reviewStates = map[string]string{
	"": "PENDING", "COMMENT": "COMMENTED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "APPROVE": "APPROVED",
}

type reviewInput struct {
	CommitID string `json:"commit_id"`
	Body     string `json:"body"`
	Event    string `json:"event"`
	Comments []struct {
		place
		Body        string  `json:"body"`
		SubjectType *string `json:"subject_type"`
	} `json:"comments"`
}

// createReview writes a review with all of its comments, or none: one comment
// off the diff refuses the whole, and the answer does not say which it was (seen
// in practice by those who post suggestions: issues 28 and 48 of suggest-changes).
func createReview(c *call) (any, error) {
	p, err := c.findPull("pull_number")
	if err != nil {
		return nil, err
	}
	var in reviewInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := in.validate(p); err != nil {
		return nil, err
	}
	if in.CommitID == "" {
		in.CommitID = p.HeadSHA
	}
	diff, err := p.diffAt(in.CommitID)
	if err != nil {
		return nil, err
	}
	comments, complaints := in.place(c.server.limits, diff)
	if len(complaints) > 0 {
		return nil, &apiError{status: http.StatusUnprocessableEntity, Message: "Unprocessable Entity", Errors: complaints}
	}
	review := &Review{
		ID: c.server.id(), Author: c.server.bot().Login, State: reviewStates[in.Event], Body: in.Body,
		CommitID: in.CommitID, Submitted: c.server.now(),
	}
	p.reviews = append(p.reviews, review)
	for _, comment := range comments {
		comment.Review, comment.CommitID, comment.OriginalCommitID = review.ID, in.CommitID, in.CommitID
		p.add(comment, review.Author)
	}
	return p.reviewObject(review), nil
}

// validate refuses what the reference rules out: an event that is none, a missing
// body ("Required when using REQUEST_CHANGES or COMMENT for the event
// parameter"), and for comments a missing path or body.
// https://docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request
func (in reviewInput) validate(p *pull) error {
	switch _, known := reviewStates[in.Event]; {
	case !known:
		return invalidRequest("%s is not a member of [APPROVE REQUEST_CHANGES COMMENT].", in.Event)
	case in.Body == "" && (in.Event == "REQUEST_CHANGES" || in.Event == "COMMENT" && len(in.Comments) == 0):
		return &apiError{status: http.StatusUnprocessableEntity, Message: "Unprocessable Entity", Errors: []string{"Body can't be blank"}}
	case utf8.RuneCountInString(in.Body) > maxBody:
		return errTooLong
	case in.Event == "APPROVE" && p.Author == p.repo.server.bot().Login:
		return &apiError{
			status: http.StatusUnprocessableEntity, Message: "Unprocessable Entity", Errors: []string{"Can not approve your own pull request"},
		}
	case in.CommitID != "" && !p.holds(in.CommitID):
		return &apiError{
			status: http.StatusUnprocessableEntity, Message: "Unprocessable Entity", Errors: []string{"The commit is not part of the pull request"},
		}
	}
	for _, comment := range in.Comments {
		switch {
		case comment.SubjectType != nil:
			return invalidRequest(`"subject_type" is not a permitted key.`)
		case comment.Path == "":
			return invalidRequest(`"path" wasn't supplied.`)
		case comment.Body == "":
			return invalidRequest(`"body" wasn't supplied.`)
		case utf8.RuneCountInString(comment.Body) > maxBody:
			return errTooLong
		}
	}
	return nil
}

// errTooLong is GitHub's answer to a body beyond maxBody, as seen.
var errTooLong = &apiError{
	status: http.StatusUnprocessableEntity, Message: "Unprocessable Entity", Errors: []string{"Body is too long (maximum is 65536 characters)"},
}

// place finds every comment's place. Complaints are GitHub's words, one of each.
func (in reviewInput) place(limits Limits, diff *gitdb.Diff) (comments []*Comment, complaints []string) {
	for _, comment := range in.Comments {
		at, complaint := limits.find(diff, comment.place)
		if complaint != "" {
			if !strings.Contains(strings.Join(complaints, "\n"), complaint) {
				complaints = append(complaints, complaint)
			}
			continue
		}
		comments = append(comments, at.comment(comment.Body))
	}
	return comments, complaints
}

func (s spot) comment(body string) *Comment {
	return &Comment{
		Body: body, Path: s.Path, Side: s.Side, StartSide: s.StartSide, Line: s.Line, StartLine: s.StartLine,
		OriginalLine: s.Line, OriginalStartLine: s.StartLine, Position: s.position, OriginalPosition: s.position, DiffHunk: s.hunk,
	}
}

// add gives a new comment its id, author and times.
func (p *pull) add(c *Comment, author string) {
	now := p.repo.server.now()
	c.ID, c.Author, c.Created, c.Updated = p.repo.server.id(), author, now, now
	p.comments = append(p.comments, c)
}

// diffAt is the pull request's diff as it was at one of its commits.
func (p *pull) diffAt(sha string) (*gitdb.Diff, error) {
	base, err := p.repo.db.MergeBase(p.BaseSHA, sha)
	if err != nil {
		return nil, err
	}
	return p.repo.db.Diff(base, sha)
}

func listReviews(c *call) (any, error) {
	p, err := c.findPull("pull_number")
	if err != nil {
		return nil, err
	}
	list := []shape.Object{}
	for _, review := range paginate(c, p.reviews) {
		list = append(list, p.reviewObject(review))
	}
	return list, nil
}

func (p *pull) reviewObject(r *Review) shape.Object {
	web := fmt.Sprintf("%s#pullrequestreview-%d", p.web(), r.ID)
	o := shape.Object{
		"id": r.ID, "node_id": shape.Node("PullRequestReview", r.ID), "user": p.repo.authorOf(r.Author),
		"body": r.Body, "state": r.State, "html_url": web, "pull_request_url": p.api(),
		"author_association": p.repo.association(r.Author), "commit_id": r.CommitID,
		"_links": shape.Object{"html": shape.Link(web), "pull_request": shape.Link(p.api())},
	}
	if r.State != "PENDING" {
		o["submitted_at"] = shape.Time(r.Submitted)
	}
	return o
}

// authorOf is the account with the login.
func (r *Repository) authorOf(login string) shape.Object {
	return r.server.site.User(r.server.account(login, "User"))
}

func listReviewComments(c *call) (any, error) {
	p, err := c.findPull("pull_number")
	if err != nil {
		return nil, err
	}
	id, err := c.number("review_id")
	if err != nil {
		return nil, err
	}
	var of []*Comment
	for _, comment := range p.comments {
		if comment.Review == id {
			of = append(of, comment)
		}
	}
	list := []shape.Object{}
	for _, comment := range paginate(c, of) {
		o := p.commentObject(comment)
		// This list speaks of positions alone, and names them always.
		if _, placed := o["position"]; !placed {
			o["position"] = nil
		}
		list = append(list, o)
	}
	return list, nil
}
