package sandbox

import (
	"slices"

	"github.com/authdiff/authdiff/app/sandbox/route"
)

// scope says whose credentials an operation takes.
type scope int

const (
	byRepository   scope = iota // an installation that covers the repository
	byInstallation              // any installation
	byApp                       // the App itself, by its JSON web token
	byLink                      // whoever has the address: it carries its own secret
)

// operation is one method on one path template.
type operation struct {
	method   string
	template route.Template
	scope    scope
	needs    []permission // any one of them will do
	handle   func(*call) (any, error)
}

// operations is all that the sandbox serves. Paths and the names of parameters
// are those of GitHub's description; what a permission opens is from GitHub's
// page on permissions required for GitHub Apps.
var operations = sorted([]operation{
	{method: "POST", template: route.Parse("/settings/apps/new"), scope: byLink, handle: registerApp},
	{method: "POST", template: route.Parse("/organizations/{org}/settings/apps/new"), scope: byLink, handle: registerApp},
	{method: "POST", template: route.Parse("/app-manifests/{code}/conversions"), scope: byLink, handle: convertManifest},

	app("GET", "/app", getApp),
	app("GET", "/app/hook/deliveries", listDeliveries),
	app("POST", "/app/hook/deliveries/{delivery_id}/attempts", redeliver),
	app("GET", "/app/installations", listInstallations),
	app("GET", "/app/installations/{installation_id}", getInstallation),
	app("POST", "/app/installations/{installation_id}/access_tokens", createToken),
	app("GET", "/repos/{owner}/{repo}/installation", getRepositoryInstallation),
	{method: "GET", template: route.Parse("/installation/repositories"), scope: byInstallation, handle: listRepositories},

	{method: "GET", template: route.Parse("/meta"), scope: byLink, handle: getMeta},
	{method: "POST", template: route.Parse("/graphql"), scope: byInstallation, handle: answerGraphQL},

	repo("GET", "", getRepository, "metadata:read"),
	repo("GET", "/collaborators/{username}/permission", getRole, "metadata:read"),

	repo("GET", "/branches/{branch...}", getBranch, "contents:read"),
	repo("GET", "/commits/{ref...}", getCommit, "contents:read"),
	repo("GET", "/compare/{basehead...}", compareCommits, "contents:read"),
	repo("GET", "/contents/{path...}", getContents, "contents:read"),
	repo("GET", "/git/blobs/{file_sha}", getBlob, "contents:read"),
	repo("GET", "/git/commits/{commit_sha...}", getGitCommit, "contents:read"),
	repo("GET", "/git/ref/{ref...}", getRef, "contents:read"),
	repo("GET", "/git/trees/{tree_sha...}", getTree, "contents:read"),
	repo("GET", "/tarball/{ref...}", redirectToArchive, "contents:read"),
	{method: "GET", template: route.Parse("/codeload/{owner}/{repo}/legacy.tar.gz/{sha}"), scope: byLink, handle: getArchive},

	repo("GET", "/commits/{commit_sha...}/pulls", listPullsOfCommit, "pull_requests:read"),
	repo("GET", "/pulls", listPulls, "pull_requests:read"),
	repo("GET", "/pulls/{pull_number}", getPull, "pull_requests:read", "contents:read"),
	repo("GET", "/pulls/{pull_number}/files", listFiles, "pull_requests:read"),

	repo("GET", "/pulls/{pull_number}/reviews", listReviews, "pull_requests:read"),
	repo("POST", "/pulls/{pull_number}/reviews", createReview, "pull_requests:write"),
	repo("GET", "/pulls/{pull_number}/reviews/{review_id}/comments", listReviewComments, "pull_requests:read"),
	repo("GET", "/pulls/{pull_number}/comments", listComments, "pull_requests:read"),
	repo("POST", "/pulls/{pull_number}/comments", createComment, "pull_requests:write"),
	repo("GET", "/pulls/comments/{comment_id}", getComment, "pull_requests:read"),
	repo("PATCH", "/pulls/comments/{comment_id}", updateComment, "pull_requests:write"),
	repo("DELETE", "/pulls/comments/{comment_id}", deleteComment, "pull_requests:write"),

	repo("GET", "/issues/{issue_number}/comments", listIssueComments, "issues:read", "pull_requests:read"),
	repo("POST", "/issues/{issue_number}/comments", createIssueComment, "issues:write", "pull_requests:write"),
	repo("PATCH", "/issues/comments/{comment_id}", updateIssueComment, "issues:write", "pull_requests:write"),

	repo("POST", "/check-runs", createCheckRun, "checks:write"),
	repo("GET", "/check-runs/{check_run_id}", getCheckRun, "checks:read"),
	repo("PATCH", "/check-runs/{check_run_id}", updateCheckRun, "checks:write"),
	repo("GET", "/check-runs/{check_run_id}/annotations", listAnnotations, "checks:read"),
	repo("GET", "/check-suites/{check_suite_id}", getCheckSuite, "checks:read"),
	repo("GET", "/check-suites/{check_suite_id}/check-runs", listCheckRunsOfSuite, "checks:read"),
	repo("GET", "/commits/{ref...}/check-runs", listCheckRuns, "checks:read"),
	repo("GET", "/commits/{ref...}/check-suites", listCheckSuites, "checks:read"),
})

func app(method, path string, handle func(*call) (any, error)) operation {
	return operation{method: method, template: route.Parse(path), scope: byApp, handle: handle}
}

func repo(method, path string, handle func(*call) (any, error), needs ...permission) operation {
	return operation{method: method, template: route.Parse("/repos/{owner}/{repo}" + path), needs: needs, handle: handle}
}

func sorted(list []operation) []operation {
	slices.SortStableFunc(list, func(a, b operation) int { return route.Compare(a.template, b.template) })
	return list
}

// Operations lists what the sandbox serves, as "GET /app".
func Operations() []string {
	list := make([]string, len(operations))
	for i, o := range operations {
		list[i] = o.method + " " + o.template.String()
	}
	return list
}
