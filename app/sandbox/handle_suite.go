package sandbox

import (
	"fmt"
	"strconv"

	"github.com/authdiff/authdiff/app/sandbox/gitdb"
	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// suite returns the check suite of an App on a commit, which comes into being
// with the first run. The caller holds the lock.
func (r *Repository) suite(sha, app string) *suite {
	for _, s := range r.suites {
		if s.sha == sha && s.app == app {
			return s
		}
	}
	s := &suite{id: r.server.id(), sha: sha, app: app, created: r.server.now()}
	r.suites = append(r.suites, s)
	return s
}

func getCheckSuite(c *call) (any, error) {
	id, err := c.number("check_suite_id")
	if err != nil {
		return nil, err
	}
	for _, s := range c.repo.suites {
		if s.id == id {
			return c.repo.suiteObject(s)
		}
	}
	return nil, errNotFound
}

// listCheckSuites refuses a ref that names nothing, as seen of the commits API.
func listCheckSuites(c *call) (any, error) {
	sha, err := c.repo.resolve(c.params["ref"])
	if err != nil {
		return nil, unprocessable("No commit found for SHA: " + c.params["ref"])
	}
	wanted := c.request.URL.Query().Get("app_id")
	var list []*suite
	for _, s := range c.repo.suites {
		id := strconv.FormatInt(c.server.appOf(s.app).ID, 10)
		if s.sha == sha && (wanted == "" || wanted == id) {
			list = append(list, s)
		}
	}
	objects := []shape.Object{}
	for _, s := range paginate(c, list) {
		o, err := c.repo.suiteObject(s)
		if err != nil {
			return nil, err
		}
		objects = append(objects, o)
	}
	return shape.Object{"total_count": len(list), "check_suites": objects}, nil
}

// gravity orders conclusions: a suite concludes as the gravest of its runs does.
var gravity = map[string]int{
	"": 0, "success": 1, "skipped": 2, "neutral": 3, "cancelled": 4, "stale": 5, "action_required": 6, "timed_out": 7, "failure": 8,
}

// verdict is the state of a suite: completed when all of its runs are.
func (r *Repository) verdict(s *suite) (status, conclusion string, runs int) {
	status = "completed"
	for _, run := range r.runs {
		if run.Suite != s.id {
			continue
		}
		runs++
		if run.Status != "completed" {
			status = "in_progress"
		}
		if gravity[run.Conclusion] > gravity[conclusion] {
			conclusion = run.Conclusion
		}
	}
	switch {
	case runs == 0:
		return "queued", "", 0
	case status != "completed":
		return status, "", runs
	}
	return status, conclusion, runs
}

func (r *Repository) suiteObject(s *suite) (shape.Object, error) {
	commit, err := r.db.Commit(s.sha)
	if err != nil {
		return nil, err
	}
	status, conclusion, runs := r.verdict(s)
	api := fmt.Sprintf("%s/check-suites/%d", r.api(), s.id)
	var before any
	if len(commit.Parents) > 0 {
		before = commit.Parents[0]
	}
	return shape.Object{
		"id": s.id, "node_id": shape.Node("CheckSuite", s.id), "head_sha": s.sha, "head_branch": r.branchAt(s.sha),
		"status": status, "conclusion": orNull(conclusion), "url": api, "before": before, "after": s.sha,
		"pull_requests": r.pullsAt(s.sha), "app": r.server.site.AppObject(r.server.appOf(s.app)),
		"repository": r.server.site.RepositoryObject(r.shape()),
		"created_at": shape.Time(s.created), "updated_at": shape.Time(s.created),
		"head_commit": simpleCommit(commit), "latest_check_runs_count": runs, "check_runs_url": api + "/check-runs",
		"rerequestable": true, "runs_rerequestable": true,
	}, nil
}

func simpleCommit(c gitdb.Commit) shape.Object {
	return shape.Object{
		"id": c.SHA, "tree_id": c.Tree, "message": c.Message, "timestamp": shape.Time(c.Committer.When),
		"author":    shape.Object{"name": c.Author.Name, "email": c.Author.Email},
		"committer": shape.Object{"name": c.Committer.Name, "email": c.Committer.Email},
	}
}

// branchAt is the head branch of the pull request at the commit; null when
// there is none, as for forks.
func (r *Repository) branchAt(sha string) any {
	for _, p := range r.pulls {
		if p.HeadSHA == sha && p.Fork == "" {
			return p.HeadRef
		}
	}
	return nil
}
