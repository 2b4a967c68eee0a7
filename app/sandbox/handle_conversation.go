package sandbox

import (
	"fmt"
	"net/http"

	"github.com/authdiff/authdiff/app/sandbox/shape"
)

func listIssueComments(c *call) (any, error) {
	p, err := c.findPull("issue_number")
	if err != nil {
		return nil, err
	}
	list := []shape.Object{}
	for _, comment := range paginate(c, p.conversation) {
		list = append(list, p.issueCommentObject(comment))
	}
	return list, nil
}

func createIssueComment(c *call) (any, error) {
	p, err := c.findPull("issue_number")
	if err != nil {
		return nil, err
	}
	body, err := c.issueCommentBody()
	if err != nil {
		return nil, err
	}
	c.status = http.StatusCreated
	return p.issueCommentObject(p.say(c.server.bot().Login, body)), nil
}

func updateIssueComment(c *call) (any, error) {
	id, err := c.number("comment_id")
	if err != nil {
		return nil, err
	}
	for _, p := range c.repo.pulls {
		for _, comment := range p.conversation {
			if comment.ID != id {
				continue
			}
			if err := c.own(comment.Author); err != nil {
				return nil, err
			}
			body, err := c.issueCommentBody()
			if err != nil {
				return nil, err
			}
			comment.Body, comment.Updated = body, c.server.now()
			return p.issueCommentObject(comment), nil
		}
	}
	return nil, errNotFound
}

// issueCommentBody is held to what a review comment's is; a pull request's
// conversation is that of the issue with its number.
// https://docs.github.com/en/rest/issues/comments#create-an-issue-comment
func (c *call) issueCommentBody() (string, error) {
	var in struct {
		Body string `json:"body"`
	}
	if err := c.decode(&in); err != nil {
		return "", err
	}
	return in.Body, checkBody(in.Body)
}

// say adds a comment to the conversation.
func (p *pull) say(author, body string) *IssueComment {
	now := p.repo.server.now()
	comment := &IssueComment{
		ID: p.repo.server.id(), Number: p.Number, Author: author, Body: body, Created: now, Updated: now,
	}
	p.conversation = append(p.conversation, comment)
	return comment
}

// Say adds a comment to a pull request's conversation in somebody's name and
// returns its id.
func (r *Repository) Say(number int64, author, body string) (int64, error) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	p := r.pull(number)
	if p == nil {
		return 0, fmt.Errorf("%s has no pull request %d", r.FullName(), number)
	}
	comment := p.say(r.server.account(author, "User").Login, body)
	r.server.touch()
	return comment.ID, nil
}

func (p *pull) issueCommentObject(c *IssueComment) shape.Object {
	api := fmt.Sprintf("%s/issues/comments/%d", p.repo.api(), c.ID)
	o := shape.Object{
		"id": c.ID, "node_id": shape.Node("IssueComment", c.ID), "url": api,
		"html_url":  fmt.Sprintf("%s#issuecomment-%d", p.web(), c.ID),
		"issue_url": fmt.Sprintf("%s/issues/%d", p.repo.api(), p.Number),
		"body":      c.Body, "user": p.repo.authorOf(c.Author),
		"created_at": shape.Time(c.Created), "updated_at": shape.Time(c.Updated),
		"author_association": p.repo.association(c.Author), "reactions": shape.Reactions(api),
	}
	if c.Author == p.repo.server.bot().Login {
		o["performed_via_github_app"] = p.repo.server.site.AppObject(p.repo.server.app)
	}
	return o
}
