// Package shape writes the JSON objects that GitHub's answers and webhook
// payloads repeat everywhere: accounts, repositories, the App, an installation.
// The field names are those of GitHub's published OpenAPI description.
//
// It is pure: values in, objects out.
package shape

import (
	"encoding/base64"
	"fmt"
	"time"
)

// Object is one JSON object.
type Object = map[string]any

// Site is where the stand-in is reached.
type Site struct {
	API string // base URL of the REST API, without a slash at its end
	Web string // base URL of the pages that people see
}

// Account is a user, an organization or a bot.
type Account struct {
	ID    int64
	Login string
	Kind  string // "User", "Organization" or "Bot"
}

// Repository is what a repository's object is made of.
type Repository struct {
	ID            int64
	Owner         Account
	Name          string
	Private, Fork bool
	DefaultBranch string
	Created       time.Time
	OpenIssues    int
}

// App is what a GitHub App's object is made of.
type App struct {
	ID          int64
	Slug, Name  string
	Owner       Account
	Created     time.Time
	Permissions map[string]string
	Events      []string
}

// Installation is what an installation's object is made of.
type Installation struct {
	ID          int64
	Account     Account
	App         App
	Created     time.Time
	Permissions map[string]string
}

// Time writes a time as GitHub does: UTC, whole seconds; null when zero.
func Time(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// Node is the GraphQL id of an object. Its content is opaque on GitHub, and
// here merely unique.
func Node(kind string, id any) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%s:%v", kind, id))
}

// User is the simple-user object of an account.
func (s Site) User(a Account) Object {
	api := s.API + "/users/" + a.Login
	return Object{
		"login": a.Login, "id": a.ID, "node_id": Node(a.Kind, a.ID),
		"avatar_url": s.Web + "/avatars/" + a.Login, "gravatar_id": "",
		"url": api, "html_url": s.Web + "/" + a.Login,
		"followers_url":       api + "/followers",
		"following_url":       api + "/following{/other_user}",
		"gists_url":           api + "/gists{/gist_id}",
		"starred_url":         api + "/starred{/owner}{/repo}",
		"subscriptions_url":   api + "/subscriptions",
		"organizations_url":   api + "/orgs",
		"repos_url":           api + "/repos",
		"events_url":          api + "/events{/privacy}",
		"received_events_url": api + "/received_events",
		"type":                a.Kind, "site_admin": false, "user_view_type": "public",
	}
}

// Organization is the organization object that webhook payloads carry.
func (s Site) Organization(a Account) Object {
	api := s.API + "/orgs/" + a.Login
	return Object{
		"login": a.Login, "id": a.ID, "node_id": Node("Organization", a.ID), "url": api,
		"repos_url": api + "/repos", "events_url": api + "/events", "hooks_url": api + "/hooks",
		"issues_url": api + "/issues", "members_url": api + "/members{/member}",
		"public_members_url": api + "/public_members{/member}",
		"avatar_url":         s.Web + "/avatars/" + a.Login, "description": nil,
	}
}

// AppObject is the integration object of an App.
func (s Site) AppObject(a App) Object {
	return Object{
		"id": a.ID, "slug": a.Slug, "node_id": Node("App", a.ID), "client_id": fmt.Sprintf("Iv1.%016d", a.ID),
		"owner": s.User(a.Owner), "name": a.Name, "description": nil,
		"external_url": s.Web, "html_url": s.Web + "/apps/" + a.Slug,
		"created_at": Time(a.Created), "updated_at": Time(a.Created),
		"permissions": a.Permissions, "events": a.Events,
	}
}

// InstallationObject is the installation object.
func (s Site) InstallationObject(i Installation) Object {
	api := fmt.Sprintf("%s/app/installations/%d", s.API, i.ID)
	return Object{
		"id": i.ID, "account": s.User(i.Account), "repository_selection": "selected",
		"access_tokens_url": api + "/access_tokens", "repositories_url": s.API + "/installation/repositories",
		"html_url": fmt.Sprintf("%s/settings/installations/%d", s.Web, i.ID),
		"app_id":   i.App.ID, "app_slug": i.App.Slug,
		"client_id": fmt.Sprintf("Iv1.%016d", i.App.ID),
		"target_id": i.Account.ID, "target_type": i.Account.Kind,
		"permissions": i.Permissions, "events": i.App.Events,
		"created_at": Time(i.Created), "updated_at": Time(i.Created),
		"single_file_name": nil, "has_multiple_single_files": false, "single_file_paths": []string{},
		"suspended_by": nil, "suspended_at": nil,
	}
}

// Link is a hypermedia link.
func Link(href string) Object { return Object{"href": href} }

// Verification is the signature state of a commit: none is signed.
func Verification() Object {
	return Object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil}
}

// Reactions is a reaction summary without any reaction.
func Reactions(owner string) Object {
	return Object{
		"url": owner + "/reactions", "total_count": 0, "+1": 0, "-1": 0, "laugh": 0,
		"hooray": 0, "confused": 0, "heart": 0, "rocket": 0, "eyes": 0,
	}
}
