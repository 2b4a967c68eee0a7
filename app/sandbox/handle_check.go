package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// checkInput is the body of a request that makes or changes a check run. A
// pointer is nil when the request leaves the field as it is.
type checkInput struct {
	Name        *string      `json:"name"`
	HeadSHA     string       `json:"head_sha"`
	DetailsURL  *string      `json:"details_url"`
	ExternalID  *string      `json:"external_id"`
	Status      *string      `json:"status"`
	StartedAt   *time.Time   `json:"started_at"`
	Conclusion  *string      `json:"conclusion"`
	CompletedAt *time.Time   `json:"completed_at"`
	Output      *checkOutput `json:"output"`
	Actions     []Action     `json:"actions"`
}

type checkOutput struct {
	Title       *string      `json:"title"`
	Summary     *string      `json:"summary"`
	Text        *string      `json:"text"`
	Annotations []Annotation `json:"annotations"`
}

// decodeCheck reads the body. Times that are no times count as wrong types.
// https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
func (c *call) decodeCheck() (checkInput, error) {
	var in checkInput
	err := c.decode(&in)
	if err != nil && json.Valid(c.body) {
		err = invalidRequest("A field has the wrong type.")
	}
	return in, err
}

// createCheckRun demands what the reference does: a name, and a commit of the
// repository; with an output its title. The words of an unknown commit were seen
// in GitHub's answers.
// https://docs.github.com/en/rest/checks/runs#create-a-check-run
func createCheckRun(c *call) (any, error) {
	in, err := c.decodeCheck()
	if err != nil {
		return nil, err
	}
	switch {
	case in.Name == nil || *in.Name == "":
		return nil, invalidRequest(`"name" wasn't supplied.`)
	case in.HeadSHA == "":
		return nil, invalidRequest(`"head_sha" wasn't supplied.`)
	case in.Output != nil && in.Output.Title == nil:
		return nil, invalidRequest(`"title" wasn't supplied.`)
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	commit, err := c.repo.db.Commit(in.HeadSHA)
	if err != nil || len(in.HeadSHA) != 40 {
		return nil, unprocessable("No commit found for SHA: " + in.HeadSHA)
	}
	run := &CheckRun{
		ID: c.server.id(), App: c.server.app.Slug, HeadSHA: commit.SHA, Status: "queued", Started: c.server.now(),
		Suite: c.repo.suite(commit.SHA, c.server.app.Slug).id,
	}
	in.apply(run, c.server.now())
	c.repo.runs = append(c.repo.runs, run)
	c.status = http.StatusCreated
	return c.repo.runObject(run), nil
}

// updateCheckRun is for the App that made the run; its refusal of another was seen
// in GitHub's answers.
// https://docs.github.com/en/rest/checks/runs#update-a-check-run
func updateCheckRun(c *call) (any, error) {
	run, err := c.findRun()
	if err != nil {
		return nil, err
	}
	if run.App != c.server.app.Slug {
		return nil, &apiError{
			status:  http.StatusForbidden,
			Message: fmt.Sprintf("Invalid app_id `%d` - check run can only be modified by the GitHub App that created it.", c.server.app.ID),
		}
	}
	in, err := c.decodeCheck()
	if err != nil {
		return nil, err
	}
	if err := in.validate(); err != nil {
		return nil, err
	}
	in.apply(run, c.server.now())
	return c.repo.runObject(run), nil
}

// apply writes what the request names into the run. A conclusion completes it,
// annotations are added to those that are there.
func (in checkInput) apply(run *CheckRun, now time.Time) {
	set(&run.Name, in.Name)
	set(&run.DetailsURL, in.DetailsURL)
	set(&run.ExternalID, in.ExternalID)
	set(&run.Status, in.Status)
	set(&run.Started, in.StartedAt)
	switch {
	case in.Conclusion != nil:
		run.Status, run.Conclusion, run.Completed = "completed", *in.Conclusion, now
		set(&run.Completed, in.CompletedAt)
	case in.Status != nil:
		run.Conclusion, run.Completed = "", time.Time{}
	}
	if in.Actions != nil {
		run.Actions = in.Actions
	}
	if in.Output == nil {
		return
	}
	set(&run.Title, in.Output.Title)
	set(&run.Summary, in.Output.Summary)
	set(&run.Text, in.Output.Text)
	run.Annotations = append(run.Annotations, in.Output.Annotations...)
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

func (c *call) findRun() (*CheckRun, error) {
	id, err := c.number("check_run_id")
	if err != nil {
		return nil, err
	}
	for _, run := range c.repo.runs {
		if run.ID == id {
			return run, nil
		}
	}
	return nil, errNotFound
}

func getCheckRun(c *call) (any, error) {
	run, err := c.findRun()
	if err != nil {
		return nil, err
	}
	return c.repo.runObject(run), nil
}

func listAnnotations(c *call) (any, error) {
	run, err := c.findRun()
	if err != nil {
		return nil, err
	}
	list := []shape.Object{}
	for _, a := range paginate(c, run.Annotations) {
		list = append(list, shape.Object{
			"path": a.Path, "start_line": a.StartLine, "end_line": a.EndLine,
			"start_column": orNull(a.StartColumn), "end_column": orNull(a.EndColumn),
			"annotation_level": a.Level, "message": a.Message, "title": orNull(a.Title), "raw_details": orNull(a.RawDetails),
			"blob_href": c.repo.web() + "/blob/" + run.HeadSHA + "/" + escapePath(a.Path),
		})
	}
	return list, nil
}

// orNull is the value, or JSON's null in place of the zero value.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// listCheckRuns refuses a ref that names nothing, as seen of the commits API.
func listCheckRuns(c *call) (any, error) {
	sha, err := c.repo.resolve(c.params["ref"])
	if err != nil {
		return nil, unprocessable("No commit found for SHA: " + c.params["ref"])
	}
	return c.runList(func(r *CheckRun) bool { return r.HeadSHA == sha })
}

func listCheckRunsOfSuite(c *call) (any, error) {
	id, err := c.number("check_suite_id")
	if err != nil {
		return nil, err
	}
	return c.runList(func(r *CheckRun) bool { return r.Suite == id })
}

// runList answers with the runs that the query asks for, newest first. Without
// filter=all only the latest run of each name in a suite counts.
func (c *call) runList(wanted func(*CheckRun) bool) (any, error) {
	query := c.request.URL.Query()
	seen := map[string]bool{}
	var list []*CheckRun
	for _, run := range slices.Backward(c.repo.runs) {
		key := fmt.Sprint(run.Suite, " ", run.Name)
		if !wanted(run) || !c.repo.runMatches(run, query) || (seen[key] && query.Get("filter") != "all") {
			continue
		}
		seen[key] = true
		list = append(list, run)
	}
	objects := []shape.Object{}
	for _, run := range paginate(c, list) {
		objects = append(objects, c.repo.runObject(run))
	}
	return shape.Object{"total_count": len(list), "check_runs": objects}, nil
}

func (r *Repository) runMatches(run *CheckRun, query url.Values) bool {
	for field, have := range map[string]string{
		"check_name": run.Name, "status": run.Status, "app_id": strconv.FormatInt(r.server.appOf(run.App).ID, 10),
	} {
		if query.Has(field) && query.Get(field) != have {
			return false
		}
	}
	return true
}

// appOf is the App with the slug: ours, or another that only has a name.
func (s *Server) appOf(slug string) shape.App {
	if slug == s.app.Slug {
		return s.app
	}
	other := s.account(slug, "Bot")
	return shape.App{
		ID: other.ID, Slug: slug, Name: slug, Owner: other, Created: s.app.Created,
		Permissions: map[string]string{}, Events: []string{},
	}
}

func (r *Repository) runObject(run *CheckRun) shape.Object {
	api := fmt.Sprintf("%s/check-runs/%d", r.api(), run.ID)
	web := fmt.Sprintf("%s/runs/%d", r.web(), run.ID)
	details := run.DetailsURL
	if details == "" {
		details = web
	}
	return shape.Object{
		"id": run.ID, "node_id": shape.Node("CheckRun", run.ID), "name": run.Name, "head_sha": run.HeadSHA,
		"external_id": run.ExternalID, "url": api, "html_url": web, "details_url": details,
		"status": run.Status, "conclusion": orNull(run.Conclusion),
		"started_at": shape.Time(run.Started), "completed_at": shape.Time(run.Completed),
		"output": shape.Object{
			"title": orNull(run.Title), "summary": orNull(run.Summary), "text": orNull(run.Text),
			"annotations_count": len(run.Annotations), "annotations_url": api + "/annotations",
		},
		"check_suite": shape.Object{"id": run.Suite}, "app": r.server.site.AppObject(r.server.appOf(run.App)),
		"pull_requests": r.pullsAt(run.HeadSHA),
	}
}

// pullsAt are the open pull requests with the head. Those of forks are not
// named, as on GitHub.
func (r *Repository) pullsAt(sha string) []shape.Object {
	list := []shape.Object{}
	for _, p := range r.pulls {
		if p.State == "open" && p.HeadSHA == sha && p.Fork == "" {
			list = append(list, p.minimalObject())
		}
	}
	return list
}

// AddCheckRun adds a completed check run that another App made, and returns its
// id. Ours may not change it.
func (r *Repository) AddCheckRun(app, name, sha, conclusion string) int64 {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	now := r.server.now()
	run := &CheckRun{
		ID: r.server.id(), App: app, Name: name, HeadSHA: sha, Suite: r.suite(sha, app).id,
		Status: "completed", Conclusion: conclusion, Started: now, Completed: now,
	}
	r.runs = append(r.runs, run)
	r.server.touch()
	return run.ID
}
