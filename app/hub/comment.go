package hub

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/review"
)

// Told is what the App has said on a pull request so far, and what people
// answered.
type Told struct {
	Comments []review.Comment
	Reviews  []review.Said
	Replies  []review.Reply
}

// Told reads the App's own comments and reviews, and the replies of people to
// the former. What else others wrote is left out, whatever it contains.
func (r *Repository) Told(ctx context.Context, p *Pull) (Told, error) {
	if !p.said {
		return Told{}, nil
	}
	told, whole, err := r.askTold(ctx, p)
	switch {
	case err == nil && whole:
		return told, nil
	case err != nil && (waits(err) || ctx.Err() != nil):
		return Told{}, err
	case err != nil:
		// An Enterprise Server may be too old for some field.
		r.hub.log.Warn("query failed, comments are listed", "pull", p.URL, "error", err)
	}
	return r.listTold(ctx, p)
}

// listTold reads page by page what askTold doesn't give whole.
func (r *Repository) listTold(ctx context.Context, p *Pull) (Told, error) {
	self, err := r.hub.self(ctx)
	if err != nil {
		return Told{}, err
	}
	var told Told
	for page := 1; page != 0 && page <= maxPages; {
		comments, response, err := r.client.PullRequests.ListComments(ctx, r.owner, r.name, p.Number,
			&github.PullRequestListCommentsOptions{ListOptions: github.ListOptions{Page: page, PerPage: perPage}})
		if err != nil {
			return Told{}, r.hub.failure(fmt.Sprintf("list the comments of pull request #%d", p.Number), err)
		}
		for _, c := range comments {
			switch {
			case c.GetUser().GetLogin() == self:
				told.Comments = append(told.Comments, commentOf(c))
			case c.GetInReplyTo() != 0:
				told.Replies = append(told.Replies, replyOf(c))
			}
		}
		page = response.NextPage
	}
	for page := 1; page != 0 && page <= maxPages; {
		reviews, response, err := r.client.PullRequests.ListReviews(ctx, r.owner, r.name, p.Number,
			&github.ListOptions{Page: page, PerPage: perPage})
		if err != nil {
			return Told{}, r.hub.failure(fmt.Sprintf("list the reviews of pull request #%d", p.Number), err)
		}
		for _, v := range reviews {
			if v.GetUser().GetLogin() == self && v.GetBody() != "" {
				told.Reviews = append(told.Reviews, review.Said{ID: v.GetID(), At: v.GetSubmittedAt().Time, Body: v.GetBody()})
			}
		}
		page = response.NextPage
	}
	return told, nil
}

func commentOf(c *github.PullRequestComment) review.Comment {
	return review.Comment{
		ID:        c.GetID(),
		Path:      c.GetPath(),
		Side:      c.GetSide(),
		Line:      c.GetLine(),
		StartLine: c.GetStartLine(),
		File:      c.GetSubjectType() == "file",
		Body:      c.GetBody(),
	}
}

func replyOf(c *github.PullRequestComment) review.Reply {
	return review.Reply{
		ID:     c.GetID(),
		To:     c.GetInReplyTo(),
		Login:  c.GetUser().GetLogin(),
		Body:   c.GetBody(),
		At:     c.GetCreatedAt().Time,
		Edited: !c.GetUpdatedAt().Equal(c.GetCreatedAt()),
	}
}

// Roles asks what people may do in the repository. Who is unknown to GitHub has
// no role.
func (r *Repository) Roles(ctx context.Context, logins []string) (map[string]review.Role, error) {
	roles := map[string]review.Role{}
	for _, login := range logins {
		role, err := r.role(ctx, login)
		if status, ok := refused(err); ok && status == http.StatusNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		roles[login] = role
	}
	return roles, nil
}

// role asks what one person may do. go-github has no field for the role's name.
// https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
func (r *Repository) role(ctx context.Context, login string) (review.Role, error) {
	const doing = "ask for the role of a person"
	request, err := r.client.NewRequest(http.MethodGet,
		fmt.Sprintf("repos/%s/%s/collaborators/%s/permission", r.owner, r.name, url.PathEscape(login)), nil)
	if err != nil {
		return review.NoRole, fmt.Errorf("%s: %w", doing, err)
	}
	var level struct {
		Permission string `json:"permission"`
		RoleName   string `json:"role_name"`
	}
	if _, err := r.client.Do(ctx, request, &level); err != nil {
		return review.NoRole, r.hub.failure(doing, err)
	}
	// A role that an organisation made itself counts as the permission that
	// GitHub says it amounts to.
	if role := review.ParseRole(level.RoleName); role != review.NoRole {
		return role, nil
	}
	return review.ParseRole(level.Permission), nil
}
