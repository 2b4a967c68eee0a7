package sandbox

import (
	"fmt"
	"strings"

	"github.com/authdiff/authdiff/app/sandbox/gitdb"
	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// findPull finds the pull request that a path parameter names.
func (c *call) findPull(parameter string) (*pull, error) {
	number, err := c.number(parameter)
	if err != nil {
		return nil, err
	}
	p := c.repo.pull(number)
	if p == nil {
		return nil, errNotFound
	}
	return p, nil
}

func getPull(c *call) (any, error) {
	p, err := c.findPull("pull_number")
	if err != nil {
		return nil, err
	}
	if c.accepts("diff") {
		diff, err := p.diff()
		if err != nil {
			return nil, err
		}
		return c.diffText(diff)
	}
	return p.object()
}

// listPulls filters by state, head ("owner:branch") and base, newest first.
func listPulls(c *call) (any, error) {
	query := c.request.URL.Query()
	state := query.Get("state")
	if state == "" {
		state = "open"
	}
	var list []*pull
	for i := len(c.repo.pulls) - 1; i >= 0; i-- {
		p := c.repo.pulls[i]
		switch {
		case state != "all" && p.State != state:
		case query.Has("head") && !strings.EqualFold(p.label(), query.Get("head")):
		case query.Has("base") && p.BaseRef != query.Get("base"):
		default:
			list = append(list, p)
		}
	}
	return simplePulls(paginate(c, list)), nil
}

// listPullsOfCommit lists the pull requests that hold a commit.
func listPullsOfCommit(c *call) (any, error) {
	commit, err := c.commit(c.params["commit_sha"])
	if err != nil {
		return nil, err
	}
	var list []*pull
	for _, p := range c.repo.pulls {
		if p.holds(commit.SHA) {
			list = append(list, p)
		}
	}
	return simplePulls(paginate(c, list)), nil
}

func listFiles(c *call) (any, error) {
	p, err := c.findPull("pull_number")
	if err != nil {
		return nil, err
	}
	diff, err := p.diff()
	if err != nil {
		return nil, err
	}
	files := diff.Files[:min(len(diff.Files), c.server.limits.PullFiles)]
	return c.repo.fileObjects(paginate(c, files), p.HeadSHA), nil
}

func simplePulls(list []*pull) []shape.Object {
	objects := []shape.Object{}
	for _, p := range list {
		objects = append(objects, p.simpleObject())
	}
	return objects
}

func (p *pull) api() string { return fmt.Sprintf("%s/pulls/%d", p.repo.api(), p.Number) }
func (p *pull) web() string { return fmt.Sprintf("%s/pull/%d", p.repo.web(), p.Number) }

// label names the head branch as the API's filters do: "owner:branch".
func (p *pull) label() string {
	if p.Fork == "" {
		return p.repo.info.Owner.Login + ":" + p.HeadRef
	}
	return p.branch()
}

// simpleObject is the pull request as lists have it.
func (p *pull) simpleObject() shape.Object {
	site, api, web := p.repo.server.site, p.api(), p.web()
	issue := fmt.Sprintf("%s/issues/%d", p.repo.api(), p.Number)
	comment := p.repo.api() + "/pulls/comments{/number}"
	statuses := p.repo.api() + "/statuses/" + p.HeadSHA
	o := shape.Object{
		"id": p.ID, "node_id": shape.Node("PullRequest", p.ID), "number": p.Number, "url": api, "html_url": web,
		"diff_url": web + ".diff", "patch_url": web + ".patch", "issue_url": issue,
		"commits_url": api + "/commits", "review_comments_url": api + "/comments", "review_comment_url": comment,
		"comments_url": issue + "/comments", "statuses_url": statuses,
		"state": p.State, "locked": false, "active_lock_reason": nil, "draft": p.Draft,
		"title": p.Title, "body": nil, "user": site.User(p.repo.server.account(p.Author, "User")),
		"labels": []any{}, "milestone": nil, "assignee": nil, "assignees": []any{},
		"requested_reviewers": []any{}, "requested_teams": []any{},
		"author_association": p.repo.association(p.Author), "auto_merge": nil,
		"created_at": shape.Time(p.Created), "updated_at": shape.Time(p.Updated),
		"closed_at": nil, "merged_at": nil, "merge_commit_sha": nil,
		"head": p.headObject(), "base": p.sideObject(p.repo.info, p.BaseRef, p.BaseSHA),
		"_links": shape.Object{
			"self": shape.Link(api), "html": shape.Link(web), "issue": shape.Link(issue),
			"comments": shape.Link(issue + "/comments"), "review_comments": shape.Link(api + "/comments"),
			"review_comment": shape.Link(comment), "commits": shape.Link(api + "/commits"), "statuses": shape.Link(statuses),
		},
	}
	if p.Body != "" {
		o["body"] = p.Body
	}
	if p.State == "closed" {
		o["closed_at"] = shape.Time(p.Updated)
	}
	if p.Merged {
		o["merged_at"], o["merge_commit_sha"] = shape.Time(p.Updated), p.HeadSHA
	}
	return o
}

// headObject is the head side; the repository is null when the fork is gone.
func (p *pull) headObject() shape.Object {
	if p.Fork == "" {
		return p.sideObject(p.repo.info, p.HeadRef, p.HeadSHA)
	}
	info := p.repo.info
	info.Owner, info.Fork = p.repo.server.account(p.Fork, "User"), true
	// A fork's id has to be its own, and the same each time.
	info.ID += info.Owner.ID << 32
	o := p.sideObject(info, p.HeadRef, p.HeadSHA)
	if p.forkDeleted {
		o["repo"] = nil
	}
	return o
}

func (p *pull) sideObject(info shape.Repository, ref, sha string) shape.Object {
	site := p.repo.server.site
	repository := p.repo.shape()
	repository.ID, repository.Owner, repository.Fork = info.ID, info.Owner, info.Fork
	return shape.Object{
		"label": info.Owner.Login + ":" + ref, "ref": ref, "sha": sha,
		"user": site.User(info.Owner), "repo": site.PullRepositoryObject(repository),
	}
}

// association is how an account stands to the repository.
func (r *Repository) association(login string) string {
	switch {
	case login == r.info.Owner.Login:
		return "OWNER"
	case r.roles[login] != "":
		return "COLLABORATOR"
	}
	return "NONE"
}

// object is the pull request in full.
func (p *pull) object() (shape.Object, error) {
	diff, err := p.diff()
	if err != nil {
		// Without common history GitHub shows no change.
		diff = &gitdb.Diff{}
	}
	commits, err := p.repo.db.Between(p.BaseSHA, p.HeadSHA)
	if err != nil {
		return nil, err
	}
	added, deleted := total(diff)
	o := p.simpleObject()
	for field, value := range map[string]any{
		"merged": p.Merged, "mergeable": nil, "rebaseable": nil, "mergeable_state": "unknown", "merged_by": nil,
		"comments": len(p.conversation), "review_comments": len(p.comments), "maintainer_can_modify": false,
		"commits": len(commits), "additions": added, "deletions": deleted, "changed_files": len(diff.Files),
	} {
		o[field] = value
	}
	if p.Merged {
		o["merged_by"] = p.repo.server.site.User(p.repo.info.Owner)
	}
	return o, nil
}

// minimalObject is the pull request as check runs and suites name it.
func (p *pull) minimalObject() shape.Object {
	repository := shape.Object{"id": p.repo.info.ID, "url": p.repo.api(), "name": p.repo.info.Name}
	return shape.Object{
		"id": p.ID, "number": p.Number, "url": p.api(),
		"head": shape.Object{"ref": p.HeadRef, "sha": p.HeadSHA, "repo": repository},
		"base": shape.Object{"ref": p.BaseRef, "sha": p.BaseSHA, "repo": repository},
	}
}
