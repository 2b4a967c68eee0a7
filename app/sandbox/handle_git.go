package sandbox

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/authdiff/authdiff/app/sandbox/gitdb"
	"github.com/authdiff/authdiff/app/sandbox/shape"
)

func (r *Repository) api() string { return r.server.site.API + "/repos/" + r.FullName() }
func (r *Repository) web() string { return r.server.site.Web + "/" + r.FullName() }

// escapePath escapes what may not stand in a URL's path, and leaves slashes.
func escapePath(p string) string { return (&url.URL{Path: p}).EscapedPath() }

// commit finds the commit that a request's ref names. GitHub refuses a ref that
// names nothing with 422 here, and 404 elsewhere. The words were seen in its answers.
// https://docs.github.com/en/rest/commits/commits#get-a-commit
func (c *call) commit(ref string) (gitdb.Commit, error) {
	sha, err := c.repo.resolve(ref)
	if err != nil {
		return gitdb.Commit{}, unprocessable("No commit found for SHA: " + ref)
	}
	return c.repo.db.Commit(sha)
}

func getCommit(c *call) (any, error) {
	commit, err := c.commit(c.params["ref"])
	if err != nil {
		return nil, err
	}
	if c.accepts("sha") {
		return raw{"application/vnd.github.sha; charset=utf-8", []byte(commit.SHA)}, nil
	}
	o := c.repo.commitObject(commit)
	if len(commit.Parents) == 0 {
		return o, nil
	}
	diff, err := c.repo.db.Diff(commit.Parents[0], commit.SHA)
	if err != nil {
		return nil, err
	}
	added, deleted := total(diff)
	o["stats"] = shape.Object{"additions": added, "deletions": deleted, "total": added + deleted}
	files := diff.Files[:min(len(diff.Files), c.server.limits.CompareFiles)]
	o["files"] = c.repo.fileObjects(paginate(c, files), commit.SHA)
	return o, nil
}

func total(d *gitdb.Diff) (added, deleted int) {
	for _, f := range d.Files {
		added, deleted = added+f.Additions, deleted+f.Deletions
	}
	return added, deleted
}

// commitObject is the commit object of the commits API.
func (r *Repository) commitObject(commit gitdb.Commit) shape.Object {
	parents := []shape.Object{}
	for _, p := range commit.Parents {
		parents = append(parents, shape.Object{"sha": p, "url": r.api() + "/commits/" + p, "html_url": r.web() + "/commit/" + p})
	}
	api := r.api() + "/commits/" + commit.SHA
	return shape.Object{
		"sha": commit.SHA, "node_id": shape.Node("Commit", commit.SHA), "url": api,
		"html_url": r.web() + "/commit/" + commit.SHA, "comments_url": api + "/comments",
		"commit": shape.Object{
			"url":    r.api() + "/git/commits/" + commit.SHA,
			"author": personObject(commit.Author), "committer": personObject(commit.Committer),
			"message": commit.Message, "comment_count": 0,
			"tree":         shape.Object{"sha": commit.Tree, "url": r.api() + "/git/trees/" + commit.Tree},
			"verification": shape.Verification(),
		},
		"author": r.authorObject(commit.Author), "committer": r.authorObject(commit.Committer), "parents": parents,
	}
}

func personObject(p gitdb.Person) shape.Object {
	return shape.Object{"name": p.Name, "email": p.Email, "date": shape.Time(p.When)}
}

// authorObject is the account of a commit's author, null when no account has
// the name.
func (r *Repository) authorObject(p gitdb.Person) any {
	if a, known := r.server.accounts[p.Name]; known {
		return r.server.site.User(a)
	}
	return nil
}

func getGitCommit(c *call) (any, error) {
	commit, err := c.repo.db.Commit(c.params["commit_sha"])
	if err != nil {
		return nil, err
	}
	o := c.repo.commitObject(commit)
	inner := o["commit"].(shape.Object)
	return shape.Object{
		"sha": commit.SHA, "node_id": o["node_id"], "url": inner["url"], "html_url": o["html_url"],
		"author": inner["author"], "committer": inner["committer"], "message": commit.Message,
		"tree": inner["tree"], "parents": o["parents"], "verification": inner["verification"],
	}, nil
}

// compareCommits compares two refs from their merge base, as the three dots say.
func compareCommits(c *call) (any, error) {
	baseRef, headRef, found := strings.Cut(c.params["basehead"], "...")
	if !found {
		return nil, errNotFound
	}
	base, err := c.repo.resolve(baseRef)
	if err != nil {
		return nil, errNotFound
	}
	head, err := c.repo.resolve(headRef)
	if err != nil {
		return nil, errNotFound
	}
	mergeBase, err := c.repo.db.MergeBase(base, head)
	if err != nil {
		return nil, err
	}
	diff, err := c.repo.db.Diff(mergeBase, head)
	if err != nil {
		return nil, err
	}
	if c.accepts("diff") {
		return c.diffText(diff)
	}
	return c.comparison(base, mergeBase, head, diff)
}

func (c *call) comparison(base, mergeBase, head string, diff *gitdb.Diff) (any, error) {
	ahead, err := c.repo.db.Between(base, head)
	if err != nil {
		return nil, err
	}
	behind, err := c.repo.db.Between(head, base)
	if err != nil {
		return nil, err
	}
	commits := []shape.Object{}
	for _, sha := range paginate(c, ahead) {
		commit, err := c.repo.db.Commit(sha)
		if err != nil {
			return nil, err
		}
		commits = append(commits, c.repo.commitObject(commit))
	}
	ends := map[string]shape.Object{}
	for name, sha := range map[string]string{"base": base, "merge base": mergeBase} {
		commit, err := c.repo.db.Commit(sha)
		if err != nil {
			return nil, err
		}
		ends[name] = c.repo.commitObject(commit)
	}
	web := c.repo.web() + "/compare/" + base + "..." + head
	files := diff.Files[:min(len(diff.Files), c.server.limits.CompareFiles)]
	return shape.Object{
		"url": c.repo.api() + "/compare/" + base + "..." + head, "html_url": web, "permalink_url": web,
		"diff_url": web + ".diff", "patch_url": web + ".patch",
		"base_commit": ends["base"], "merge_base_commit": ends["merge base"],
		"status": relation(len(ahead), len(behind)), "ahead_by": len(ahead), "behind_by": len(behind),
		"total_commits": len(ahead), "commits": commits, "files": c.repo.fileObjects(files, head),
	}, nil
}

func relation(ahead, behind int) string {
	switch {
	case ahead > 0 && behind > 0:
		return "diverged"
	case ahead > 0:
		return "ahead"
	case behind > 0:
		return "behind"
	}
	return "identical"
}

// diffText answers with the unified diff; GitHub refuses it when it is large, in
// words that were seen by those who asked for it (reviewdog#2150).
func (c *call) diffText(diff *gitdb.Diff) (any, error) {
	if len(diff.Files) > c.server.limits.CompareFiles {
		return nil, &apiError{
			status:  http.StatusNotAcceptable,
			Message: fmt.Sprintf("Sorry, the diff exceeded the maximum number of files (%d).", c.server.limits.CompareFiles),
			Errors:  []shape.Object{{"resource": "PullRequest", "field": "diff", "code": "too_large"}},
		}
	}
	return raw{"application/vnd.github.diff; charset=utf-8", diff.Raw}, nil
}

// fileObjects are the changed files as the API lists them. The patch is left
// out of large and binary files, and of what lies beyond the answer's limit.
func (r *Repository) fileObjects(files []gitdb.FileDiff, head string) []shape.Object {
	objects := []shape.Object{}
	lines := 0
	for _, f := range files {
		at := escapePath(f.Path)
		o := shape.Object{
			"sha": f.SHA, "filename": f.Path, "status": f.Status,
			"additions": f.Additions, "deletions": f.Deletions, "changes": f.Additions + f.Deletions,
			"blob_url": r.web() + "/blob/" + head + "/" + at, "raw_url": r.web() + "/raw/" + head + "/" + at,
			"contents_url": r.api() + "/contents/" + at + "?ref=" + head,
		}
		if f.OldPath != "" {
			o["previous_filename"] = f.OldPath
		}
		lines += strings.Count(f.Patch, "\n") + 1
		switch {
		case lines > r.server.limits.ResponseLines:
			o["additions"], o["deletions"], o["changes"] = 0, 0, 0
		case f.Patch != "" && !r.server.limits.tooLarge(f):
			o["patch"] = f.Patch
		}
		objects = append(objects, o)
	}
	return objects
}

// tooLarge says whether GitHub shows no patch of a file.
func (l Limits) tooLarge(f gitdb.FileDiff) bool {
	return f.Additions+f.Deletions > l.PatchLines || len(f.Patch) > l.PatchBytes
}

func getTree(c *call) (any, error) {
	name := c.params["tree_sha"]
	if sha, err := c.repo.resolve(name); err == nil {
		name = sha
	}
	if len(name) != 40 {
		return nil, errNotFound
	}
	_, recursive := c.request.URL.Query()["recursive"]
	sha, entries, err := c.repo.db.Tree(name, recursive)
	if err != nil {
		return nil, err
	}
	shown := entries[:min(len(entries), c.server.limits.TreeEntries)]
	list := []shape.Object{}
	for _, e := range shown {
		o := shape.Object{"path": e.Path, "mode": e.Mode, "type": e.Kind, "sha": e.SHA}
		switch e.Kind {
		case "blob":
			o["size"], o["url"] = e.Size, c.repo.api()+"/git/blobs/"+e.SHA
		case "tree":
			o["url"] = c.repo.api() + "/git/trees/" + e.SHA
		}
		list = append(list, o)
	}
	return shape.Object{
		"sha": sha, "url": c.repo.api() + "/git/trees/" + sha, "tree": list, "truncated": len(shown) < len(entries),
	}, nil
}

// getBlob refuses what is no id of an object, in words seen in GitHub's answers.
// https://docs.github.com/en/rest/git/blobs#get-a-blob
func getBlob(c *call) (any, error) {
	sha := c.params["file_sha"]
	if len(sha) != 40 {
		return nil, unprocessable("The sha parameter must be exactly 40 characters and contain only [0-9a-f].")
	}
	text, err := c.repo.db.Blob(sha)
	if err != nil {
		return nil, err
	}
	if c.accepts("raw") {
		return raw{"application/vnd.github.raw; charset=utf-8", text}, nil
	}
	return shape.Object{
		"sha": sha, "node_id": shape.Node("Blob", sha), "size": len(text), "url": c.repo.api() + "/git/blobs/" + sha,
		"content": wrap64(text), "encoding": "base64",
	}, nil
}

// wrap64 writes base64 in lines of 60, each with its line feed, as GitHub does.
func wrap64(text []byte) string {
	var b strings.Builder
	for s := base64.StdEncoding.EncodeToString(text); s != ""; {
		n := min(60, len(s))
		b.WriteString(s[:n] + "\n")
		s = s[n:]
	}
	return b.String()
}

func getRef(c *call) (any, error) {
	branch, found := strings.CutPrefix(c.params["ref"], "heads/")
	sha, known := c.repo.branches[branch]
	if !found || !known {
		return nil, errNotFound
	}
	return shape.Object{
		"ref": "refs/heads/" + branch, "node_id": shape.Node("Ref", branch),
		"url":    c.repo.api() + "/git/refs/heads/" + escapePath(branch),
		"object": shape.Object{"type": "commit", "sha": sha, "url": c.repo.api() + "/git/commits/" + sha},
	}, nil
}

// getBranch finds a branch, or says that there is none ("Resource not found").
// https://docs.github.com/en/rest/branches/branches#get-a-branch
func getBranch(c *call) (any, error) {
	branch := c.params["branch"]
	sha, known := c.repo.branches[branch]
	if !known {
		return nil, &apiError{status: http.StatusNotFound, Message: "Branch not found"}
	}
	commit, err := c.repo.db.Commit(sha)
	if err != nil {
		return nil, err
	}
	api := c.repo.api() + "/branches/" + escapePath(branch)
	return shape.Object{
		"name": branch, "commit": c.repo.commitObject(commit), "protected": false,
		"_links":     shape.Object{"self": api, "html": c.repo.web() + "/tree/" + escapePath(branch)},
		"protection": shape.Object{"enabled": false}, "protection_url": api + "/protection",
	}, nil
}
