package sandbox

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// graph is the root of what a token may ask about by GraphQL. What it can't see is
// null, with an error of type NOT_FOUND; its words were seen in GitHub's answers
// (cli/cli#436).
func (c *call) graph() *node {
	return &node{"Query", map[string]any{
		"viewer": &node{"User", map[string]any{"login": c.server.bot().Login}},
		"repository": func(args arguments) (any, error) {
			r := c.server.repository(args.text("owner"), args.text("name"))
			if r == nil {
				r = c.server.byOldName(args.text("owner"), args.text("name"))
			}
			if r == nil || r.info.Private && !c.who.token.covers(r) {
				return nil, &graphError{Type: "NOT_FOUND", Message: fmt.Sprintf(
					"Could not resolve to a Repository with the name '%s/%s'.", args.text("owner"), args.text("name"))}
			}
			return c.repositoryNode(r), nil
		},
	}}
}

// may refuses what the token's permissions don't open. That the answer names the
// permission, as those of the REST API do, is a help of the sandbox's.
// https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible
func (c *call) may(p permission) error {
	if !p.within(c.who.token.permissions) {
		c.header.Set("X-Accepted-GitHub-Permissions", strings.Replace(string(p), ":", "=", 1))
		return &graphError{Type: "FORBIDDEN", Message: "Resource not accessible by integration"}
	}
	return nil
}

// repositoryNode is a repository. A pull request that isn't there is refused as
// seen of a repository that isn't.
func (c *call) repositoryNode(r *Repository) *node {
	return &node{"Repository", map[string]any{
		"id": shape.Node("Repository", r.info.ID), "databaseId": r.info.ID, "name": r.info.Name, "nameWithOwner": r.FullName(), "url": r.web(),
		"owner": &node{r.info.Owner.Kind, map[string]any{"login": r.info.Owner.Login}},
		"pullRequest": func(args arguments) (any, error) {
			p := r.pull(args.number("number"))
			if p == nil {
				return nil, &graphError{Type: "NOT_FOUND", Message: fmt.Sprintf(
					"Could not resolve to a PullRequest with the number of %d.", args.number("number"))}
			}
			return c.pullNode(p)
		},
		"object": func(args arguments) (any, error) {
			if err := c.may("contents:read"); err != nil {
				return nil, err
			}
			if expression := args.text("expression"); expression != "" {
				return c.namedNode(r, expression)
			}
			return c.objectNode(r, args.text("oid"))
		},
	}}
}

// namedNode is the file that an expression such as "HEAD:lib/a.ts" names, nothing
// when there is none.
func (c *call) namedNode(r *Repository, expression string) (any, error) {
	revision, file, _ := strings.Cut(expression, ":")
	if revision == "HEAD" {
		revision = r.info.DefaultBranch
	}
	sha, err := r.resolve(revision)
	if err != nil {
		return nil, nil
	}
	_, entries, err := r.db.Tree(sha, true)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Path == file {
			return c.objectNode(r, e.SHA)
		}
	}
	return nil, nil
}

// objectNode is a blob or a commit by its id, nothing when there is none. The id is
// a scalar of its own, which other texts aren't.
// https://docs.github.com/en/graphql/reference/scalars#gitobjectid
func (c *call) objectNode(r *Repository, id string) (any, error) {
	if len(id) != 40 {
		return nil, &graphError{Message: "Variable of type GitObjectID! was provided invalid value"}
	}
	if text, err := r.db.Blob(id); err == nil {
		return c.server.limits.blobNode(id, text), nil
	}
	if _, err := r.db.Commit(id); err == nil {
		return c.commitNode(r, id)
	}
	return nil, nil
}

// blobNode is a file as GraphQL has it: no text of a binary file, the start of a
// long one, and what isn't UTF-8 made so. GitHub documents isTruncated and no
// number; 512,000 bytes were seen in practice.
// https://docs.github.com/en/graphql/reference/objects#blob
func (l Limits) blobNode(id string, data []byte) *node {
	binary := bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0
	var text any
	if !binary {
		shown := data[:min(len(data), l.BlobText)]
		text = strings.ToValidUTF8(string(shown), string(utf8.RuneError))
	}
	return &node{"Blob", map[string]any{
		"oid": id, "byteSize": len(data), "isBinary": binary, "isTruncated": len(data) > l.BlobText, "text": text,
	}}
}

func (c *call) pullNode(p *pull) (any, error) {
	if err := c.may("pull_requests:read"); err != nil {
		return nil, err
	}
	full, err := p.object()
	if err != nil {
		return nil, err
	}
	state := strings.ToUpper(p.State)
	if p.Merged {
		state = "MERGED"
	}
	return &node{"PullRequest", map[string]any{
		"number": p.Number, "url": p.web(), "state": state, "isDraft": p.Draft, "updatedAt": shape.Time(p.Updated),
		"author":      c.actorNode(p.Author),
		"baseRef":     func(arguments) (any, error) { return c.refNode(p.repo, p.BaseRef) },
		"baseRefName": p.BaseRef, "baseRefOid": p.BaseSHA, "headRefName": p.HeadRef, "headRefOid": p.HeadSHA,
		"changedFiles":  full["changed_files"],
		"reviewThreads": connection("PullRequestReviewThreadConnection", c.threadNodes(p)),
		"reviews":       connection("PullRequestReviewConnection", c.reviewNodes(p)),
		"commits":       func(args arguments) (any, error) { return c.commitsOf(p, args) },
		"files":         func(args arguments) (any, error) { return c.filesOf(p, args) },
	}}, nil
}

// commitsOf are the commits that the head has and the base lacks, the oldest
// first.
func (c *call) commitsOf(p *pull, args arguments) (any, error) {
	added, err := p.repo.db.Between(p.BaseSHA, p.HeadSHA)
	if err != nil {
		return nil, err
	}
	var nodes []*node
	for _, sha := range added {
		commit, err := c.commitNode(p.repo, sha)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, &node{"PullRequestCommit", map[string]any{"commit": commit}})
	}
	return connection("PullRequestCommitConnection", nodes)(args)
}

// changeTypes are GraphQL's words for what happened to a file; REST's as keys.
// https://docs.github.com/en/graphql/reference/enums#patchstatus
var changeTypes = map[string]string{"added": "ADDED", "removed": "DELETED", "modified": "MODIFIED", "renamed": "RENAMED", "changed": "CHANGED"}

// filesOf are the changed files; of a renamed one the graph has the new path.
func (c *call) filesOf(p *pull, args arguments) (any, error) {
	diff, err := p.diff()
	if err != nil {
		return nil, err
	}
	var nodes []*node
	for _, f := range diff.Files {
		nodes = append(nodes, &node{"PullRequestChangedFile", map[string]any{
			"path": f.Path, "changeType": changeTypes[f.Status], "additions": f.Additions, "deletions": f.Deletions,
		}})
	}
	return connection("PullRequestChangedFileConnection", nodes)(args)
}

// actorNode is an account as GraphQL names it: a bot without its mark.
func (c *call) actorNode(login string) *node {
	if name, bot := strings.CutSuffix(login, "[bot]"); bot {
		return &node{"Bot", map[string]any{"login": name}}
	}
	return &node{"User", map[string]any{"login": login}}
}

// threadNodes are the review comments, each with its replies.
func (c *call) threadNodes(p *pull) []*node {
	var threads []*node
	for _, first := range p.comments {
		if first.InReplyTo != 0 {
			continue
		}
		var comments []*node
		for _, comment := range p.comments {
			if comment.ID == first.ID || comment.InReplyTo == first.ID {
				comments = append(comments, c.commentNode(comment))
			}
		}
		subject, side := "LINE", first.Side
		if first.File {
			subject, side = "FILE", "RIGHT"
		}
		threads = append(threads, &node{"PullRequestReviewThread", map[string]any{
			"path": first.Path, "line": orNull(first.Line), "startLine": orNull(first.StartLine),
			"diffSide": side, "subjectType": subject, "isOutdated": !first.File && first.Line == 0,
			"comments": connection("PullRequestReviewCommentConnection", comments),
		}})
	}
	return threads
}

func (c *call) commentNode(comment *Comment) *node {
	var replyTo, edited any
	if comment.InReplyTo != 0 {
		replyTo = &node{"PullRequestReviewComment", map[string]any{"fullDatabaseId": fmt.Sprint(comment.InReplyTo)}}
	}
	if !comment.Updated.Equal(comment.Created) {
		edited = shape.Time(comment.Updated)
	}
	return &node{"PullRequestReviewComment", map[string]any{
		"fullDatabaseId": fmt.Sprint(comment.ID), "viewerDidAuthor": comment.Author == c.server.bot().Login,
		"author": c.actorNode(comment.Author), "body": comment.Body, "createdAt": shape.Time(comment.Created),
		"lastEditedAt": edited, "replyTo": replyTo,
	}}
}

func (c *call) reviewNodes(p *pull) []*node {
	var reviews []*node
	for _, v := range p.reviews {
		reviews = append(reviews, &node{"PullRequestReview", map[string]any{
			"fullDatabaseId": fmt.Sprint(v.ID), "viewerDidAuthor": v.Author == c.server.bot().Login,
			"author": c.actorNode(v.Author), "body": v.Body, "state": v.State, "submittedAt": shape.Time(v.Submitted),
		}})
	}
	return reviews
}

// refNode is a branch, nothing when it was deleted.
func (c *call) refNode(r *Repository, branch string) (any, error) {
	sha, known := r.branches[branch]
	if !known {
		return nil, nil
	}
	commit, err := c.commitNode(r, sha)
	if err != nil {
		return nil, err
	}
	return &node{"Ref", map[string]any{"name": branch, "target": commit}}, nil
}

// fileNode is an entry of a commit's tree, by its path; nothing when there is
// none.
func (c *call) fileNode(r *Repository, sha, path string) (any, error) {
	if err := c.may("contents:read"); err != nil {
		return nil, err
	}
	_, entries, err := r.db.Tree(sha, true)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Path == path {
			object, err := c.objectNode(r, e.SHA)
			return &node{"TreeEntry", map[string]any{"path": path, "object": object}}, err
		}
	}
	return nil, nil
}

func (c *call) commitNode(r *Repository, sha string) (*node, error) {
	commit, err := r.db.Commit(sha)
	if err != nil {
		return nil, err
	}
	return &node{"Commit", map[string]any{
		"parents": func(args arguments) (any, error) {
			var parents []*node
			for _, parent := range commit.Parents {
				n, err := c.commitNode(r, parent)
				if err != nil {
					return nil, err
				}
				parents = append(parents, n)
			}
			return connection("CommitConnection", parents)(args)
		},
		"file": func(args arguments) (any, error) { return c.fileNode(r, sha, args.text("path")) },
		"oid":  sha, "tree": &node{"Tree", map[string]any{"oid": commit.Tree}},
		"checkSuites": func(args arguments) (any, error) {
			if err := c.may("checks:read"); err != nil {
				return nil, err
			}
			var suites []*node
			for _, s := range r.suites {
				app := args.object("filterBy").number("appId")
				if s.sha == sha && (app == 0 || app == c.server.appOf(s.app).ID) {
					suites = append(suites, &node{"CheckSuite", map[string]any{"checkRuns": c.runsOf(r, s)}})
				}
			}
			return connection("CheckSuiteConnection", suites)(args)
		},
	}}, nil
}

// runsOf are the runs of a suite; as with REST, only the latest of each name
// unless the filter asks for all.
// https://docs.github.com/en/graphql/reference/enums#checkruntype
func (c *call) runsOf(r *Repository, s *suite) func(arguments) (any, error) {
	return func(args arguments) (any, error) {
		filter := args.object("filterBy")
		seen := map[string]bool{}
		var runs []*node
		for i := len(r.runs) - 1; i >= 0; i-- {
			run := r.runs[i]
			if run.Suite != s.id || filter.text("checkName") != "" && filter.text("checkName") != run.Name {
				continue
			}
			if seen[run.Name] && filter.text("checkType") != "ALL" {
				continue
			}
			seen[run.Name] = true
			runs = append(runs, &node{"CheckRun", map[string]any{
				"id": shape.Node("CheckRun", run.ID), "name": run.Name, "externalId": run.ExternalID,
				"status": strings.ToUpper(run.Status), "conclusion": orNull(strings.ToUpper(run.Conclusion)),
			}})
		}
		return connection("CheckRunConnection", runs)(args)
	}
}
