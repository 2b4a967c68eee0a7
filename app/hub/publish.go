package hub

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/review"
)

// maxReviewBody is how long a review's body may be, in bytes (GitHub counts
// 65,536 characters).
const maxReviewBody = 65_535

// Publish carries out the plan: the review, the edits, and then the check run,
// so that a completed check means that all was said. Comments are for a live
// head; when the pull request has moved on meanwhile, or was closed, only the
// check of its old head is completed.
func (r *Repository) Publish(ctx context.Context, p *Pull, check *Check, plan review.Plan) error {
	if plan.Review != nil || len(plan.Edits) > 0 {
		now, err := r.Pull(ctx, p.Number, time.Time{})
		if err != nil {
			return err
		}
		if now.Open && now.HeadSHA == p.HeadSHA {
			if err := r.publishComments(ctx, p, plan); err != nil {
				return err
			}
		}
	}
	return r.CompleteCheck(ctx, p, check, plan.Check)
}

// publishComments tells people. What GitHub refuses for good (the conversation
// is locked, a comment was deleted) must not keep the check from its end, which
// lists every finding.
func (r *Repository) publishComments(ctx context.Context, p *Pull, plan review.Plan) error {
	if plan.Review != nil {
		if err := r.publishReview(ctx, p, *plan.Review); err != nil {
			if _, ok := refused(err); !ok {
				return err
			}
			r.hub.log.Warn("review refused", "pull", p.URL, "error", err)
		}
	}
	for _, edit := range plan.Edits {
		_, _, err := r.client.PullRequests.EditComment(ctx, r.owner, r.name, edit.ID, &github.PullRequestComment{Body: github.String(edit.Body)})
		if err == nil {
			continue
		}
		err = r.hub.failure("edit a comment", err)
		if _, ok := refused(err); !ok {
			return err
		}
		r.hub.log.Warn("edit refused", "pull", p.URL, "comment", edit.ID, "error", err)
	}
	return nil
}

// publishReview posts one review with all comments on lines. GitHub refuses it
// whole, without saying why, when one line isn't in its diff; then the comments
// are posted one by one, and one that is refused becomes a comment on its file,
// and at last part of a review's body. Comments on files can't be part of a
// review.
func (r *Repository) publishReview(ctx context.Context, p *Pull, v review.Review) error {
	var lines, files []review.Comment
	for _, c := range v.Comments {
		if c.File {
			files = append(files, c)
		} else {
			lines = append(lines, c)
		}
	}
	body := v.Body
	err := r.createReview(ctx, p, v.Event, body, lines)
	status, isRefused := refused(err)
	switch {
	case err == nil:
		body = ""
	case !isRefused || status != http.StatusUnprocessableEntity || len(lines) == 0:
		return err
	default:
		notPlaced, err := r.createComments(ctx, p, lines)
		if err != nil {
			return err
		}
		files = append(asFileComments(notPlaced), files...)
	}
	left, err := r.createComments(ctx, p, files)
	if err != nil {
		return err
	}
	return r.createReview(ctx, p, v.Event, gather(body, left), nil)
}

func (r *Repository) createReview(ctx context.Context, p *Pull, event, body string, comments []review.Comment) error {
	if body == "" && len(comments) == 0 {
		return nil
	}
	request := &github.PullRequestReviewRequest{CommitID: github.String(p.HeadSHA), Event: github.String(event)}
	if body != "" {
		request.Body = github.String(body)
	}
	for _, c := range comments {
		draft := &github.DraftReviewComment{
			Path: github.String(c.Path), Body: github.String(c.Body),
			Side: github.String(c.Side), Line: github.Int(c.Line),
		}
		if c.StartLine > 0 && c.StartLine < c.Line {
			draft.StartLine, draft.StartSide = github.Int(c.StartLine), github.String(c.Side)
		}
		request.Comments = append(request.Comments, draft)
	}
	if _, _, err := r.client.PullRequests.CreateReview(ctx, r.owner, r.name, p.Number, request); err != nil {
		return r.hub.failure("post the review", err)
	}
	return nil
}

// createComments posts comments one by one, and returns those that GitHub can't
// place.
func (r *Repository) createComments(ctx context.Context, p *Pull, comments []review.Comment) (left []review.Comment, err error) {
	for _, c := range comments {
		_, _, err := r.client.PullRequests.CreateComment(ctx, r.owner, r.name, p.Number, commentRequest(p, c))
		if err == nil {
			continue
		}
		err = r.hub.failure(fmt.Sprintf("comment on %s", c.Path), err)
		if status, ok := refused(err); !ok || status != http.StatusUnprocessableEntity {
			return nil, err
		}
		left = append(left, c)
	}
	return left, nil
}

func commentRequest(p *Pull, c review.Comment) *github.PullRequestComment {
	request := &github.PullRequestComment{
		CommitID: github.String(p.HeadSHA), Path: github.String(c.Path), Body: github.String(c.Body),
	}
	if c.File {
		request.SubjectType = github.String("file")
		return request
	}
	request.Side, request.Line = github.String(c.Side), github.Int(c.Line)
	if c.StartLine > 0 && c.StartLine < c.Line {
		request.StartLine, request.StartSide = github.Int(c.StartLine), github.String(c.Side)
	}
	return request
}

func asFileComments(comments []review.Comment) []review.Comment {
	out := make([]review.Comment, len(comments))
	for i, c := range comments {
		out[i] = review.Comment{Path: c.Path, File: true, Body: c.Body}
	}
	return out
}

// gather adds the comments that found no place to a review's body. Their hidden
// first lines, by which the App recognises them later, stay first. What would
// be too long is left to the check run, which has it anyway.
func gather(body string, comments []review.Comment) string {
	hidden, shown := splitHidden(body)
	for _, c := range comments {
		h, s := splitHidden(c.Body)
		if len(hidden)+len(shown)+len(h)+len(s)+len("\n\n---\n\n") > maxReviewBody {
			break
		}
		hidden += h
		if shown != "" {
			shown += "\n\n---\n\n"
		}
		shown += s
	}
	return hidden + shown
}

// splitHidden cuts a body after the HTML comments that are its first lines.
func splitHidden(body string) (hidden, shown string) {
	shown = body
	for strings.HasPrefix(shown, "<!--") {
		line, rest, _ := strings.Cut(shown, "\n")
		if !strings.HasSuffix(line, "-->") {
			break
		}
		hidden, shown = hidden+line+"\n", rest
	}
	return hidden, shown
}
