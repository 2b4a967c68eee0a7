package app

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
)

// An Enterprise Server has its REST API below /api/v3, GraphQL at /api/graphql,
// and no merge queue: all of a review goes there, and the App lacks nothing.
// https://docs.github.com/en/enterprise-server@latest/rest/using-the-rest-api/getting-started-with-the-rest-api
func TestEnterpriseServer(t *testing.T) {
	t.Parallel()
	permissions := sandbox.Permissions()
	delete(permissions, "merge_queues")
	events := slices.DeleteFunc(sandbox.Events(), func(event string) bool { return event == "merge_group" })
	s := newStageOn(t, sandbox.Options{Permissions: permissions, Events: events})
	rest, graphQL := *s.settings.APIURL, *s.settings.APIURL
	rest.Path, graphQL.Path = "/api/v3", "/api/graphql"
	s.settings.APIURL, s.settings.GraphQLURL = &rest, &graphQL
	s.github.Intercept(func(r *http.Request) *sandbox.Response {
		path := r.URL.Path
		if strings.HasPrefix(path, "/api/v3/") || path == "/api/graphql" || strings.HasPrefix(path, "/codeload/") {
			return nil
		}
		t.Errorf("%s %s is outside of the Enterprise Server's API", r.Method, path)
		return sandbox.ErrorPage()
	})
	s.run(t, context.WithoutCancel(t.Context()), nil)
	log := &lines{}
	s.app.tellMissing(t.Context(), s.settings.APIURL, slog.New(slog.NewTextHandler(log, nil)))
	if err := s.app.checkSelf(t.Context(), slog.New(slog.DiscardHandler)); err != nil || strings.Contains(log.String(), "missing=") {
		t.Errorf("at the start: %v, and the log says %s", err, log)
	}

	s.deliver(t, "opened")
	s.ended(t)
	run := s.only(t, s.pull.HeadSHA, "failure")
	comments := s.repo.Comments(s.pull.Number)
	if len(comments) != 1 || comments[0].Side != "LEFT" {
		t.Errorf("comments %+v", comments)
	}
	s.hook(t, sandbox.Hook{Event: "check_run", Action: "rerequested", CheckRun: run.ID, Pull: s.pull.Number})

	base, _ := sample(t)
	head := maps.Clone(base)
	for i := range 120 { // more than are read one by one
		head["lib/more"+strings.Repeat("x", i)+".ts"] = strings.Repeat("x", i)
	}
	sha, err := s.repo.PushHead(s.pull.Number, head)
	if err != nil {
		t.Fatal(err)
	}
	s.hook(t, sandbox.Hook{Event: "pull_request", Action: "synchronize", Pull: s.pull.Number})
	s.only(t, sha, "success")
	if body := s.repo.Comments(s.pull.Number)[0].Body; !strings.Contains(body, "**Fixed**") {
		t.Errorf("the comment says %s", body)
	}
}
