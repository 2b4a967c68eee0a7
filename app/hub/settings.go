package hub

import (
	"context"
	"strings"
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

// sharedFile is the settings file of the owner's .github repository, where that is
// public, or the App is installed on it.
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

// Settings are those of the base branch, or, where that has no file, those of
// the owner's .github repository, or the defaults. A file that can't be
// understood is one that relaxes nothing; its problems stand in the result.
func (r *Repository) Settings(ctx context.Context, p *Pull) (*settings.Settings, error) {
	if p.hasSettings {
		return settings.Parse(p.settings), nil
	}
	if !strings.EqualFold(p.name, r.name) {
		return r.settingsOfRenamed(ctx, p)
	}
	if text, ok := p.shared.text(); ok {
		return settings.Parse(text), nil
	}
	return settings.Default(), nil
}

// settingsOfRenamed asks again under the new name: under the old one there is no
// token for the .github repository, too.
func (r *Repository) settingsOfRenamed(ctx context.Context, p *Pull) (*settings.Settings, error) {
	again, err := r.hub.RepositoryByID(r.installation, p.RepoID, r.owner, p.name).Pull(ctx, p.Number, time.Time{})
	if err != nil {
		return nil, err
	}
	if text, ok := again.shared.text(); ok {
		return settings.Parse(text), nil
	}
	return settings.Default(), nil
}
