package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Credentials are what an App needs to act.
type Credentials struct {
	AppID         int64  `json:"app_id"`
	APIURL        string `json:"api_url"` // of the GitHub that the App is registered on
	Slug          string `json:"slug"`
	PrivateKey    string `json:"private_key"` // PEM
	WebhookSecret string `json:"webhook_secret"`
	URL           string `json:"html_url"` // the App's page
}

// File is the name of the credentials' file in the state directory.
const File = "app.json"

// othersBits are the rights of everybody but the owner.
const othersBits fs.FileMode = 0o077

// Save writes the credentials into the directory, for its owner's eyes only. It
// never replaces credentials that are there.
func (c Credentials) Save(dir string) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("write the credentials: %w", err)
	}
	if err := Writable(dir); err != nil {
		return err
	}
	path := filepath.Join(dir, File)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write the credentials: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write the credentials: %w", err), os.Remove(path))
	}
	return nil
}

// Writable says why no credentials can be saved in the directory, which it
// makes when it isn't there.
func Writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the state directory: %w: set STATE_DIR to a folder that can be written", err)
	}
	if _, err := os.Lstat(filepath.Join(dir, File)); err == nil {
		return fmt.Errorf("%s has the credentials of an App already: remove the file to set up another", filepath.Join(dir, File))
	}
	probe, err := os.CreateTemp(dir, "probe-*")
	if err != nil {
		return fmt.Errorf("write into the state directory: %w: set STATE_DIR to a folder that can be written", err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// Load reads the credentials of the directory; false when there are none. A file
// that others can read is refused: what it holds may be known.
func Load(dir string) (Credentials, bool, error) {
	path := filepath.Join(dir, File)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Credentials{}, false, nil
	case err != nil:
		return Credentials{}, false, fmt.Errorf("read the credentials: %w", err)
	case runtime.GOOS != "windows" && info.Mode().Perm()&othersBits != 0:
		return Credentials{}, false, fmt.Errorf("%s can be read by others (%v): run chmod 600 on it, and renew the App's key and secret if they may be known", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Credentials{}, false, fmt.Errorf("read the credentials: %w", err)
	}
	var c Credentials
	if err := json.Unmarshal(text, &c); err != nil || !c.complete() {
		return Credentials{}, false, fmt.Errorf("%s holds no complete credentials: remove it to set up the App again", path)
	}
	return c, true, nil
}

func (c Credentials) complete() bool {
	return c.AppID > 0 && c.PrivateKey != "" && c.WebhookSecret != "" && c.APIURL != ""
}
