package hub

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/review"
)

// Told is what the App has said on a pull request so far.
type Told struct {
	Comments []review.Comment
	Reviews  []string // bodies
}

// Told reads the App's own comments and reviews. Those of others are left out,
// whatever they contain.
func (r *Repository) Told(ctx context.Context, p *Pull) (Told, error) {
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
			if c.GetUser().GetLogin() == self {
				told.Comments = append(told.Comments, commentOf(c))
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
				told.Reviews = append(told.Reviews, v.GetBody())
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
