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

// settingsLife is how long an organisation's settings are believed, so that they
// cost next to nothing per pull request.
const settingsLife = 10 * time.Minute

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

// sharedFile is the settings file of the owner's .github repository, where that is
// public.
type sharedFile struct{ Object *struct{ Text *string } }

// text is what the file holds; false when there is none.
func (f *sharedFile) text() ([]byte, bool) {
	switch {
	case f.Object == nil:
		return nil, false
	case f.Object.Text == nil: // binary, or no file at all
		return []byte{0}, true
	}
	return []byte(*f.Object.Text), true
}

// ownerSettings is an organisation's file as it was last read.
type ownerSettings struct {
	text  []byte
	found bool
	until time.Time
}

// Settings are those of the base branch, or, where that has no file, those of
// the owner's .github repository, or the defaults. A file that can't be
// understood is one that relaxes nothing; its problems stand in the result.
func (r *Repository) Settings(ctx context.Context, p *Pull) (*settings.Settings, error) {
	if p.hasSettings {
		return settings.Parse(p.settings), nil
	}
	if p.shared != nil {
		if text, ok := p.shared.text(); ok {
			return settings.Parse(text), nil
		}
	}
	// A private one takes a token of its own.
	if r.name == organisationRepo || p.shared != nil || !p.byOrganisation {
		return settings.Default(), nil
	}
	key := scope{installation: r.installation, owner: r.owner, name: organisationRepo}
	r.hub.mu.Lock()
	known, cached := r.hub.owners[key]
	r.hub.mu.Unlock()
	if !cached || r.hub.now().After(known.until) {
		var err error
		if known, err = r.readOwner(ctx); err != nil {
			return nil, err
		}
		r.hub.mu.Lock()
		if len(r.hub.owners) >= maxClients {
			clear(r.hub.owners)
		}
		r.hub.owners[key] = known
		r.hub.mu.Unlock()
	}
	if !known.found {
		return settings.Default(), nil
	}
	return settings.Parse(known.text), nil
}

// readOwner reads the organisation's file with a token for its .github repository
// alone, which there is when the App is installed on it.
func (r *Repository) readOwner(ctx context.Context) (ownerSettings, error) {
	text, err := r.hub.Repository(r.installation, r.owner, organisationRepo).file(ctx, organisationRepo, settings.Path)
	if err == nil {
		return ownerSettings{text, true, r.hub.now().Add(settingsLife)}, nil
	}
	if _, ok := refused(err); !ok {
		return ownerSettings{}, err
	}
	return ownerSettings{until: r.hub.now().Add(settingsLife)}, nil
}

// file reads one file of a repository of the same owner, at the tip of its
// default branch.
func (r *Repository) file(ctx context.Context, repo, path string) ([]byte, error) {
	doing := fmt.Sprintf("read %s of %s/%s", path, r.owner, repo)
	request, err := r.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/contents/%s", r.owner, repo, path), nil)
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
