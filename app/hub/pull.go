package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/authdiff/authdiff/checks/settings"
)

// Pull is a pull request as GitHub tells it now.
type Pull struct {
	Number    int
	Open      bool
	URL       string
	RepoURL   string
	RepoID    int64
	Author    string // login of who opened it, as the REST API writes it; empty when the account is gone
	HeadSHA   string
	BaseSHA   string // tip of the base branch
	UpdatedAt time.Time

	headTree string        // id of the head commit's tree, empty when GitHub doesn't tell
	files    int           // that it changes
	start    *parentCommit // where it left the base, nil when that isn't known yet
	changed  []string      // paths that differ, as far as they were told
	whole    bool          // they are all told
	runs     int           // check runs of ours on its head
	said     bool          // there may be comments or reviews of ours

	settings    []byte // text of the base branch's settings file
	hasSettings bool
	shared      *sharedFile // of the owner's .github repository, nil when that can't be seen
	latest      *Pull       // as it was after the analysis, nil when that wasn't read
}

// How long an answer that is older than the event is not believed: GitHub's
// servers agree within seconds; after a minute the event's own time is in doubt.
const (
	staleWait = 2 * time.Second
	staleMost = time.Minute
)

// pullState reads in one request what takes four of the REST API: the pull
// request, its head's tree, how many check runs the App has there, and whether
// anything was said.
const pullState = `
fragment State on PullRequest {
  number url state updatedAt changedFiles baseRefOid headRefOid
  author { __typename login }
  reviews { totalCount }
  reviewThreads { totalCount }
  commits(last: 1) { nodes { commit {
    oid
    tree { oid }
    checkSuites(first: 10, filterBy: {appId: $app}) { nodes {
      checkRuns(filterBy: {appId: $app, checkName: $check, checkType: ALL}) { totalCount }
    } }
  } } }
}`

const pullQuery = `query Pull($owner: String!, $name: String!, $number: Int!, $app: Int!, $check: String!) {
  viewer { login }
  shared: repository(owner: $owner, name: "` + organisationRepo + `") {
    object(expression: "HEAD:` + settings.Path + `") { ... on Blob { text } }
  }
  repository(owner: $owner, name: $name) { databaseId url pullRequest(number: $number) {
    ...State` + historyPart + `
    baseRef { target { ... on Commit { file(path: "` + settings.Path + `") { object { ... on Blob { text isBinary } } } } } }
  } }
}` + pullState

type count struct{ TotalCount int }

type pullAnswer struct {
	Viewer     struct{ Login string }
	Shared     *sharedFile
	Repository struct {
		DatabaseID  int64
		URL         string
		PullRequest struct {
			stateAnswer
			historyAnswer
			BaseRef *baseFile
		}
	}
}

type stateAnswer struct {
	Number, ChangedFiles   int
	URL, State             string
	UpdatedAt              time.Time
	BaseRefOid, HeadRefOid string
	Author                 *actor
	Reviews, ReviewThreads count
	Commits                struct {
		Nodes []struct{ Commit commitAnswer }
	}
}

type actor struct {
	Typename string `json:"__typename"`
	Login    string
}

// login is the name that the REST API gives the account: it marks bots.
func (a *actor) login() string {
	switch {
	case a == nil:
		return ""
	case a.Typename == "Bot":
		return botLogin(a.Login)
	}
	return a.Login
}

type commitAnswer struct {
	Oid         string
	Tree        struct{ Oid string }
	CheckSuites struct {
		Nodes []struct{ CheckRuns count }
	}
}

// Pull reads a pull request. seen is when the newest state that is known of was
// made: an older answer is a StaleError, for the event of a push can arrive
// before every server of GitHub's knows the push. The zero time takes any
// answer.
func (r *Repository) Pull(ctx context.Context, number int, seen time.Time) (*Pull, error) {
	var a pullAnswer
	doing := fmt.Sprintf("read pull request #%d", number)
	if err := r.ask(ctx, doing, pullQuery, r.pullVariables(number), &a); err != nil {
		return nil, err
	}
	if r.id != 0 && a.Repository.DatabaseID != r.id {
		return nil, &RefusedError{Doing: doing, Status: http.StatusNotFound, Cause: errors.New("another repository has its name now"), gone: true}
	}
	r.hub.setSelf(a.Viewer.Login)
	pull := a.Repository.PullRequest.pull()
	pull.start = a.Repository.PullRequest.start()
	pull.changed, pull.whole = a.Repository.PullRequest.changed(pull.files)
	pull.settings, pull.hasSettings = a.Repository.PullRequest.BaseRef.text()
	pull.shared = a.Shared
	pull.RepoURL, pull.RepoID = a.Repository.URL, a.Repository.DatabaseID
	now := r.hub.now()
	if pull.UpdatedAt.Before(seen) && now.Sub(seen) < staleMost {
		return nil, &StaleError{Until: now.Add(staleWait)}
	}
	return pull, nil
}

func (r *Repository) pullVariables(number int) map[string]any {
	return map[string]any{"owner": r.owner, "name": r.name, "number": number, "app": r.hub.appID, "check": CheckName}
}

// unknownRuns stands for a number of check runs that GitHub didn't tell.
const unknownRuns = -1

func (a stateAnswer) pull() *Pull {
	pull := &Pull{
		Number:    a.Number,
		Open:      a.State == "OPEN",
		URL:       a.URL,
		Author:    a.Author.login(),
		HeadSHA:   a.HeadRefOid,
		BaseSHA:   a.BaseRefOid,
		UpdatedAt: a.UpdatedAt,
		files:     a.ChangedFiles,
		said:      a.Reviews.TotalCount+a.ReviewThreads.TotalCount > 0,
		runs:      unknownRuns,
	}
	// The last commit is the head, but for the moment after a push.
	if commits := a.Commits.Nodes; len(commits) == 1 && commits[0].Commit.Oid == a.HeadRefOid {
		pull.headTree, pull.runs = commits[0].Commit.Tree.Oid, 0
		for _, suite := range commits[0].Commit.CheckSuites.Nodes {
			pull.runs += suite.CheckRuns.TotalCount
		}
	}
	return pull
}
