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

// Publish carries out the plan: the record of a button, the review, the edits,
// and then the check run, so that a completed check means that all was said.
// Comments are for a live head. When the pull request has moved on meanwhile,
// the check of its old head is cancelled and a MovedError asks for the new one;
// when it was closed, the check is completed and nothing is said. A button that
// was pressed on a dead head counts for nothing.
func (r *Repository) Publish(ctx context.Context, p *Pull, check *Check, plan review.Plan) error {
	now := p.latest
	if now == nil && (plan.Review != nil || plan.Record != "" || len(plan.Edits) > 0) {
		var err error
		if now, err = r.Pull(ctx, p.Number, time.Time{}); err != nil {
			return err
		}
	}
	if now != nil && now.HeadSHA != p.HeadSHA {
		return r.moved(ctx, p, check)
	}
	if now != nil {
		check.alone = check.ID != 0 && now.runs == 1
		live := now.Open
		if !live && plan.Record != "" {
			return nil
		}
		if live {
			// Without its record the button would count this once, so that a refusal
			// is an error.
			if err := r.createReview(ctx, p, "COMMENT", plan.Record, nil); err != nil {
				return err
			}
			if err := r.publishComments(ctx, p, plan); err != nil {
				return err
			}
		}
	}
	return r.CompleteCheck(ctx, p, check, plan.Check)
}

// moved ends the check of a head that is none any more.
func (r *Repository) moved(ctx context.Context, p *Pull, check *Check) error {
	if err := r.CancelCheck(ctx, p, check, supersededTitle, supersededSummary); err != nil {
		return err
	}
	return &MovedError{Until: r.hub.now()}
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
			r.hub.log.WarnContext(ctx, "review refused", "error", err)
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
		r.hub.log.WarnContext(ctx, "edit refused", "comment", edit.ID, "error", err)
	}
	return nil
}

// publishReview posts one review with all comments on lines. GitHub refuses it
// whole, without saying which, when one line isn't in its diff; then each comment
// goes to the first of its places that GitHub's own patches show, and, should
// that be refused too, they are posted one by one. Comments on files can't be
// part of a review; what finds no place is part of the review's body.
func (r *Repository) publishReview(ctx context.Context, p *Pull, v review.Review) error {
	body, waiting := v.Body, v.Comments
	for attempt := range 2 {
		lines, files := byKind(waiting)
		if attempt > 0 && len(lines) == 0 {
			break
		}
		err := r.createReview(ctx, p, v.Event, body, lines)
		status, isRefused := refused(err)
		switch {
		case err == nil:
			body, waiting = "", files
		case !isRefused || status != http.StatusUnprocessableEntity || len(lines) == 0:
			return err
		case attempt == 0:
			shown, err := r.shown(ctx, p)
			if err != nil {
				return err
			}
			var nowhere []review.Comment
			waiting, nowhere = shown.place(waiting)
			body = gather(body, nowhere)
			continue
		}
		break
	}
	left, err := r.createComments(ctx, p, waiting)
	if err != nil {
		return err
	}
	return r.createReview(ctx, p, v.Event, gather(body, left), nil)
}

// byKind parts the comments on lines from those on files.
func byKind(comments []review.Comment) (lines, files []review.Comment) {
	for _, c := range comments {
		if c.File {
			files = append(files, c)
		} else {
			lines = append(lines, c)
		}
	}
	return lines, files
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

// createComments posts comments one by one, each at the first of its places that
// GitHub takes, and returns those that it takes nowhere.
func (r *Repository) createComments(ctx context.Context, p *Pull, comments []review.Comment) (left []review.Comment, err error) {
	for _, c := range comments {
		placed, err := r.createComment(ctx, p, c)
		if err != nil {
			return nil, err
		}
		if !placed {
			left = append(left, c)
		}
	}
	return left, nil
}

func (r *Repository) createComment(ctx context.Context, p *Pull, c review.Comment) (placed bool, err error) {
	for _, at := range append([]review.Comment{c}, c.Else...) {
		_, _, err := r.client.PullRequests.CreateComment(ctx, r.owner, r.name, p.Number, commentRequest(p, at))
		if err == nil {
			return true, nil
		}
		err = r.hub.failure(fmt.Sprintf("comment on %s", at.Path), err)
		if status, ok := refused(err); !ok || status != http.StatusUnprocessableEntity {
			return false, err
		}
	}
	return false, nil
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
