// Package published reads what others publish and the tests hold authdiff against:
// files of npm packages. It is test support.
//
// The packages are not part of the repository: `npm ci --prefix .ci` installs
// them; the environment variable AUTHDIFF_NPM names another node_modules folder to
// take them from.
package published

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// ErrAbsent says that the npm packages are not installed.
var ErrAbsent = errors.New("left out: npm ci --prefix .ci has not run")

// Read reads a file of a package, given by the parts of its path. The error is
// ErrAbsent when it isn't installed.
func Read(elements ...string) ([]byte, error) {
	folder := os.Getenv("AUTHDIFF_NPM")
	if folder == "" {
		root, err := moduleRoot()
		if err != nil {
			return nil, err
		}
		folder = filepath.Join(root, ".ci", "node_modules")
	}
	text, err := os.ReadFile(filepath.Join(append([]string{folder}, elements...)...))
	if errors.Is(err, os.ErrNotExist) {
		return nil, ErrAbsent
	}
	if err != nil {
		return nil, fmt.Errorf("read what is published: %w", err)
	}
	return text, nil
}

// Need ends a test whose files could not be read: it is skipped, and says so, where
// the packages are not installed, unless the environment variable AUTHDIFF_CI asks
// for all of them.
func Need(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, ErrAbsent) && os.Getenv("AUTHDIFF_CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the module's root: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("find the module's root: no go.mod above the working directory")
		}
		dir = parent
	}
}
