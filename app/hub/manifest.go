package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/go-github/v60/github"
)

// AppConfig is the App as GitHub hands it out at the end of the manifest flow.
type AppConfig struct {
	ID                        int64
	Slug, URL                 string
	PrivateKey, WebhookSecret string
}

// ConvertManifest exchanges the code of the manifest flow for the App. GitHub
// takes a code once, within an hour.
// https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest
func ConvertManifest(ctx context.Context, api *url.URL, code string) (AppConfig, error) {
	app, _, err := newClient(api, newNetwork()).Apps.CompleteAppManifest(ctx, url.PathEscape(code))
	if err != nil {
		return AppConfig{}, failure("exchange the manifest's code", err, time.Now())
	}
	return AppConfig{
		ID: app.GetID(), Slug: app.GetSlug(), URL: app.GetHTMLURL(),
		PrivateKey: app.GetPEM(), WebhookSecret: app.GetWebhookSecret(),
	}, nil
}

// Grant is what somebody granted to the App: its owner by registering it, or an
// account by installing it.
type Grant struct {
	Account     string // empty for the registration itself
	URL         string // of the page where it is changed
	Permissions map[string]string
	Events      []string
}

// Grants reads what the App was registered with, and what the accounts that
// installed it have agreed to, which can be less: they are asked anew when the
// registration gets more.
func (h *Hub) Grants(ctx context.Context) ([]Grant, error) {
	client := h.newClient(h.appTransport(0))
	var app granted
	if err := h.get(ctx, client, "app", &app); err != nil {
		return nil, err
	}
	grants := []Grant{app.grant("")}
	for page := 1; page <= maxPages; page++ {
		var list []granted
		if err := h.get(ctx, client, fmt.Sprintf("app/installations?per_page=%d&page=%d", perPage, page), &list); err != nil {
			return nil, err
		}
		for _, i := range list {
			grants = append(grants, i.grant(i.Account.Login))
		}
		if len(list) < perPage {
			break
		}
	}
	return grants, nil
}

// granted is read apart from go-github's types, which know the permissions of
// their time only.
type granted struct {
	HTMLURL     string `json:"html_url"`
	Account     struct{ Login string }
	Permissions map[string]string `json:"permissions"`
	Events      []string          `json:"events"`
}

func (g granted) grant(account string) Grant {
	return Grant{Account: account, URL: g.HTMLURL, Permissions: g.Permissions, Events: g.Events}
}

func (h *Hub) get(ctx context.Context, client *github.Client, path string, into any) error {
	doing := "read " + strings.SplitN(path, "?", 2)[0]
	request, err := client.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	var text json.RawMessage
	if _, err := client.Do(ctx, request, &text); err != nil {
		return h.failure(doing, err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
