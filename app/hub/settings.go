package hub

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/authdiff/authdiff/checks/settings"
)

// organisationRepo is where an organisation, or a person, keeps what holds for
// all of their repositories. An organisation's may be private.
// https://docs.github.com/en/communities/setting-up-your-project-for-healthy-contributions/creating-a-default-community-health-file
const organisationRepo = ".github"

// baseFile is the settings file at the tip of the base branch, as the query of a
// pull request tells of it. It is never the head's, nor the merge base's, which
// the author chooses by where they branch off.
type baseFile struct {
	Target *struct {
		File *struct {
			Object struct {
				Text     *string
				IsBinary *bool
			}
		}
	}
}

// text is what the file holds; false when there is none.
func (b *baseFile) text() ([]byte, bool) {
	switch {
	case b == nil || b.Target == nil || b.Target.File == nil:
		return nil, false
	case b.Target.File.Object.Text == nil: // binary, or no file at all
		return []byte{0}, true
	}
	return []byte(*b.Target.File.Object.Text), true
}

// sharedFile is the settings file of the owner's .github repository, where a token
// for another repository sees that: a public one. GitHub documents it for tokens of
// users alone, so what isn't seen is asked for again (ownerSettings).
// https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/choosing-permissions-for-a-github-app
type sharedFile struct{ Object *struct{ Text *string } }

// text is what the file holds; false when there is none.
func (f *sharedFile) text() ([]byte, bool) {
	switch {
	case f == nil || f.Object == nil:
		return nil, false
	case f.Object.Text == nil: // binary, or no file at all
		return []byte{0}, true
	}
	return []byte(*f.Object.Text), true
}

// ownerSettings is the file of a .github repository that takes a token of its own,
// as it was last read.
type ownerSettings struct {
	text  []byte
	found bool
	until time.Time
}

// ownerLife is how long it is believed, so that it costs next to nothing per pull
// request.
const ownerLife = 10 * time.Minute

// Settings are those of the base branch, or, where that has no file, those of
// the owner's .github repository, or the defaults. A file that can't be
// understood is one that relaxes nothing; its problems stand in the result.
func (r *Repository) Settings(ctx context.Context, p *Pull) (*settings.Settings, error) {
	if p.hasSettings {
		return settings.Parse(p.settings), nil
	}
	text, found := p.shared.text()
	if p.shared == nil {
		owner, err := r.ownerSettings(ctx)
		if err != nil {
			return nil, err
		}
		text, found = owner.text, owner.found
	}
	if !found {
		return settings.Default(), nil
	}
	return settings.Parse(text), nil
}

// ownerSettings are those of the owner's .github repository where only a token for
// that repository alone can read it, if the App is installed there at all.
func (r *Repository) ownerSettings(ctx context.Context) (ownerSettings, error) {
	key := scope{installation: r.installation, owner: r.owner, name: organisationRepo, reads: true}
	r.hub.mu.Lock()
	known := r.hub.owners[key]
	r.hub.mu.Unlock()
	if r.hub.now().Before(known.until) {
		return known, nil
	}
	text, err := r.hub.repository(key).file(ctx, settings.Path)
	if _, none := refused(err); err != nil && !none {
		return ownerSettings{}, err
	}
	known = ownerSettings{text, err == nil, r.hub.now().Add(ownerLife)}
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	if len(r.hub.owners) >= maxClients {
		clear(r.hub.owners)
	}
	r.hub.owners[key] = known
	return known, nil
}

// file reads a file at the tip of the default branch.
func (r *Repository) file(ctx context.Context, path string) ([]byte, error) {
	doing := fmt.Sprintf("read %s of %s/%s", path, r.owner, r.name)
	request, err := r.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/contents/%s", r.owner, r.name, path), nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	request.Header.Set("Accept", "application/vnd.github.raw+json")
	var text bytes.Buffer
	if _, err := r.client.Do(ctx, request, &text); err != nil {
		return nil, r.hub.failure(doing, err)
	}
	return text.Bytes(), nil
}
