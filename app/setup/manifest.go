package setup

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Permission is one permission that the App asks for.
type Permission struct{ Name, Level, Why string }

// Permissions are the App's, each with its reason. app.yml has the same; a test
// holds the two together, and others that no smaller set would do.
var Permissions = []Permission{
	{"metadata", "read", "implied by every other permission; tells what somebody may do in the repository who asks for an exception"},
	{"contents", "read", "the files of base and head, and the settings file"},
	{"pull_requests", "write", "review comments, and the replies to them"},
	{"checks", "write", "the check run and its buttons"},
	{"merge_queues", "read", "GitHub sends merge_group only to those who may read merge queues"},
}

// Events are those that the App listens to. Installation events come anyway.
var Events = []string{"pull_request", "pull_request_review_comment", "check_run", "check_suite", "merge_group"}

// cloudOnly is what GitHub Enterprise Server doesn't know: it has no merge queue.
// https://docs.github.com/en/enterprise-server/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request
var cloudOnly = []string{"merge_queues", "merge_group"}

// Missing says what an App lacks of the permissions and events that its work
// takes, each as what to set; nil when it lacks nothing. server tells that it is
// registered on a GitHub Enterprise Server.
func Missing(permissions map[string]string, events []string, server bool) []string {
	levels := []string{"", "read", "write", "admin"}
	var missing []string
	for _, p := range Permissions {
		if server && slices.Contains(cloudOnly, p.Name) {
			continue
		}
		if slices.Index(levels, permissions[p.Name]) < slices.Index(levels, p.Level) {
			missing = append(missing, fmt.Sprintf("permission %s: %s (%s)", p.Name, p.Level, p.Why))
		}
	}
	for _, e := range Events {
		if !slices.Contains(events, e) && !(server && slices.Contains(cloudOnly, e)) {
			missing = append(missing, "event "+e)
		}
	}
	return missing
}

// Site is where people reach the GitHub whose API is at an address, and whether
// it is an Enterprise Server.
func Site(api *url.URL) (web *url.URL, server bool) {
	site := *api
	site.Path, site.RawPath = "", ""
	switch {
	case strings.HasSuffix(api.Path, "/api/v3"):
		return &site, true
	case api.Host == "api.github.com", strings.HasPrefix(api.Host, "api.") && strings.HasSuffix(api.Host, ".ghe.com"):
		site.Host = strings.TrimPrefix(api.Host, "api.")
	}
	return &site, false
}

// manifest is the App as GitHub's manifest flow wants it.
// https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
func manifest(name, hook, redirect string, server bool) (string, error) {
	permissions := map[string]string{}
	for _, p := range Permissions {
		if !server || !slices.Contains(cloudOnly, p.Name) {
			permissions[p.Name] = p.Level
		}
	}
	events := slices.DeleteFunc(slices.Clone(Events), func(e string) bool { return server && slices.Contains(cloudOnly, e) })
	text, err := json.Marshal(map[string]any{
		"name": name, "url": "https://github.com/authdiff/authdiff", "public": false,
		"description":     "Compares the auth checks of every endpoint between a pull request's base and head.",
		"hook_attributes": map[string]any{"url": hook, "active": true}, "redirect_url": redirect,
		"default_permissions": permissions, "default_events": events,
	})
	if err != nil {
		return "", fmt.Errorf("write the manifest: %w", err)
	}
	return string(text), nil
}
