package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/authdiff/authdiff/app/sandbox/shape"
)

const thread = "PullRequestReviewComment"

func listComments(c *call) (any, error) {
	p, err := c.findPull("pull_number")
	if err != nil {
		return nil, err
	}
	query := c.request.URL.Query()
	since, err := time.Parse(time.RFC3339, query.Get("since"))
	if err != nil {
		since = time.Time{}
	}
	var of []*Comment
	for _, comment := range p.comments {
		if !comment.Updated.Before(since) {
			of = append(of, comment)
		}
	}
	if query.Get("direction") == "desc" && query.Has("sort") {
		slices.Reverse(of)
	}
	list := []shape.Object{}
	for _, comment := range paginate(c, of) {
		list = append(list, p.commentObject(comment))
	}
	return list, nil
}

// createComment writes one comment: on a line, a range or a file, or a reply. A
// comment on a file is only taken here, never as part of a review, whose comments
// have no subject_type.
// https://docs.github.com/en/rest/pulls/comments#create-a-review-comment-for-a-pull-request
func createComment(c *call) (any, error) {
	p, err := c.findPull("pull_number")
	if err != nil {
		return nil, err
	}
	var in struct {
		place
		Body        string `json:"body"`
		CommitID    string `json:"commit_id"`
		InReplyTo   int64  `json:"in_reply_to"`
		SubjectType string `json:"subject_type"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := checkBody(in.Body); err != nil {
		return nil, err
	}
	var comment *Comment
	switch {
	case in.InReplyTo != 0:
		comment, err = p.reply(in.InReplyTo, in.Body)
	case in.CommitID == "" || !p.holds(in.CommitID):
		err = invalidField(thread, "commit_id", "commit_id is not part of the pull request")
	default:
		comment, err = p.place(in.place, in.CommitID, in.SubjectType == "file", in.Body)
	}
	if err != nil {
		return nil, err
	}
	// A comment of its own is a review of one comment.
	if comment.InReplyTo == 0 {
		review := &Review{
			ID: c.server.id(), Author: c.server.bot().Login, State: "COMMENTED", CommitID: in.CommitID, Submitted: c.server.now(),
		}
		p.reviews = append(p.reviews, review)
		comment.Review = review.ID
	}
	p.add(comment, c.server.bot().Login)
	c.status = http.StatusCreated
	return p.commentObject(comment), nil
}

// checkBody demands a body ("body: Required"), and refuses one that is too long as
// seen in GitHub's answers.
// https://docs.github.com/en/rest/pulls/comments#create-a-review-comment-for-a-pull-request
func checkBody(body string) error {
	switch {
	case body == "":
		return invalidRequest(`"body" wasn't supplied.`)
	case utf8.RuneCountInString(body) > maxBody:
		return errTooLong
	}
	return nil
}

// place makes a comment on a file that the pull request changes, or on lines
// that its diff shows. What isn't there is refused in the words of GitHub's
// answers, as seen ("pull_request_review_thread.line must be part of the diff").
func (p *pull) place(at place, commit string, file bool, body string) (*Comment, error) {
	diff, err := p.diffAt(commit)
	if err != nil {
		return nil, err
	}
	if _, known := diff.File(at.Path); !known {
		return nil, invalidField(thread, "pull_request_review_thread.path", "pull_request_review_thread.path is invalid")
	}
	var comment *Comment
	if file {
		comment = &Comment{Body: body, Path: at.Path, File: true}
	} else {
		spot, complaint := p.repo.server.limits.find(diff, at)
		if complaint != "" {
			return nil, invalidField(thread, "pull_request_review_thread.line", "pull_request_review_thread.line must be part of the diff")
		}
		comment = spot.comment(body)
	}
	comment.CommitID, comment.OriginalCommitID = commit, commit
	return comment, nil
}

// reply answers the thread that a comment opened: "Replies to replies are not
// supported."
// https://docs.github.com/en/rest/pulls/comments#create-a-reply-for-a-review-comment
func (p *pull) reply(to int64, body string) (*Comment, error) {
	for _, c := range p.comments {
		if c.ID == to && c.InReplyTo == 0 {
			answer := *c
			answer.Body, answer.InReplyTo, answer.Review = body, to, 0
			return &answer, nil
		}
	}
	return nil, invalidField(thread, "in_reply_to", "in_reply_to is not a comment that opened a thread")
}

// Reply answers a review comment in somebody's name and returns the reply's id.
func (r *Repository) Reply(number, to int64, author, body string) (int64, error) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	p := r.pull(number)
	if p == nil {
		return 0, fmt.Errorf("%s has no pull request %d", r.FullName(), number)
	}
	answer, err := p.reply(to, body)
	if err != nil {
		return 0, fmt.Errorf("reply to comment %d: %w", to, err)
	}
	p.add(answer, r.server.account(author, "User").Login)
	r.server.touch()
	return answer.ID, nil
}

// EditComment changes a review comment's body, as who may write to the repository
// can, whoever wrote it.
func (r *Repository) EditComment(number, id int64, body string) error {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	c, err := r.reviewComment(number, id)
	if err != nil {
		return err
	}
	// Later by the second that GitHub tells apart.
	c.Body, c.Updated = body, c.Created.Add(time.Second)
	r.server.touch()
	return nil
}

// DeleteComment deletes a review comment, as who may write can.
func (r *Repository) DeleteComment(number, id int64) error {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	c, err := r.reviewComment(number, id)
	if err != nil {
		return err
	}
	p := r.pull(number)
	p.comments = slices.DeleteFunc(p.comments, func(have *Comment) bool { return have == c })
	r.server.touch()
	return nil
}

// reviewComment finds a review comment of a pull request. The caller holds the
// lock.
func (r *Repository) reviewComment(number, id int64) (*Comment, error) {
	p := r.pull(number)
	if p == nil {
		return nil, fmt.Errorf("%s has no pull request %d", r.FullName(), number)
	}
	at := slices.IndexFunc(p.comments, func(c *Comment) bool { return c.ID == id })
	if at < 0 {
		return nil, fmt.Errorf("pull request %d has no review comment %d", number, id)
	}
	return p.comments[at], nil
}

// findComment finds a review comment of any pull request.
func (c *call) findComment() (*pull, *Comment, error) {
	id, err := c.number("comment_id")
	if err != nil {
		return nil, nil, err
	}
	for _, p := range c.repo.pulls {
		for _, comment := range p.comments {
			if comment.ID == id {
				return p, comment, nil
			}
		}
	}
	return nil, nil, errNotFound
}

func getComment(c *call) (any, error) {
	p, comment, err := c.findComment()
	if err != nil {
		return nil, err
	}
	return p.commentObject(comment), nil
}

// own refuses to change what somebody else wrote: without a right to
// administer, an App changes only its own.
func (c *call) own(author string) error {
	if author != c.server.bot().Login {
		return errForbidden
	}
	return nil
}

func updateComment(c *call) (any, error) {
	p, comment, err := c.findComment()
	if err != nil {
		return nil, err
	}
	var in struct {
		Body string `json:"body"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := checkBody(in.Body); err != nil {
		return nil, err
	}
	if err := c.own(comment.Author); err != nil {
		return nil, err
	}
	comment.Body, comment.Updated = in.Body, c.server.now()
	return p.commentObject(comment), nil
}

func deleteComment(c *call) (any, error) {
	p, comment, err := c.findComment()
	if err != nil {
		return nil, err
	}
	if err := c.own(comment.Author); err != nil {
		return nil, err
	}
	p.comments = slices.DeleteFunc(p.comments, func(have *Comment) bool { return have == comment })
	c.status = http.StatusNoContent
	return nil, nil
}

// commentObject is a review comment. GitHub says null for the lines of an
// outdated one, where its description allows integers only; a null is left out
// here, which every client reads the same.
func (p *pull) commentObject(c *Comment) shape.Object {
	api := fmt.Sprintf("%s/pulls/comments/%d", p.repo.api(), c.ID)
	web := fmt.Sprintf("%s#discussion_r%d", p.web(), c.ID)
	o := shape.Object{
		"id": c.ID, "node_id": shape.Node("PullRequestReviewComment", c.ID), "url": api, "html_url": web,
		"pull_request_url": p.api(), "pull_request_review_id": orNull(c.Review), "diff_hunk": c.DiffHunk, "path": c.Path,
		"commit_id": c.CommitID, "original_commit_id": c.OriginalCommitID, "user": p.repo.authorOf(c.Author), "body": c.Body,
		"created_at": shape.Time(c.Created), "updated_at": shape.Time(c.Updated),
		"author_association": p.repo.association(c.Author), "reactions": shape.Reactions(api),
		"_links": shape.Object{"self": shape.Link(api), "html": shape.Link(web), "pull_request": shape.Link(p.api())},
	}
	if c.InReplyTo != 0 {
		o["in_reply_to_id"] = c.InReplyTo
	}
	if c.File {
		o["subject_type"], o["original_position"], o["position"] = "file", 1, 1
		return o
	}
	o["subject_type"], o["side"], o["start_side"] = "line", c.Side, orNull(c.StartSide)
	o["original_line"], o["original_start_line"], o["original_position"] = c.OriginalLine, orNull(c.OriginalStartLine), c.OriginalPosition
	o["start_line"] = orNull(c.StartLine)
	if c.Line != 0 {
		o["line"], o["position"] = c.Line, c.Position
	}
	return o
}

// commentPayload tells of a review comment. One that was deleted is told of
// before it goes.
func (r *Repository) commentPayload(h Hook) (shape.Object, error) {
	c, err := r.reviewComment(h.Pull, h.Comment)
	if err != nil {
		return nil, err
	}
	p := r.pull(h.Pull)
	comment := p.commentObject(c)
	// Unlike the lists of the API, the event always names these. A comment on a
	// whole file counts as one on its first line.
	for field, value := range map[string]any{
		"line": nil, "original_line": 1, "start_line": nil, "original_start_line": nil, "side": "RIGHT", "start_side": nil,
	} {
		if _, known := comment[field]; !known {
			comment[field] = value
		}
	}
	payload := shape.Object{"comment": comment, "pull_request": p.simpleObject()}
	if h.Action == "edited" {
		payload["changes"] = shape.Object{"body": shape.Object{"from": h.PreviousBody}}
	}
	return payload, nil
}
