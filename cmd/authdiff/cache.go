package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/authdiff/authdiff/checks/keep"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/source"
)

// maxKept bounds the repositories of which something is remembered: those that
// weren't looked at for longest are forgotten.
const maxKept = 20

// openCache opens what earlier runs worked out of a repository's files. It is a file
// for each repository below the user's folder for caches, or below AUTHDIFF_CACHE,
// which may be off.
func openCache(sh shell, repo *source.Git) *module.Cache {
	dir := cacheDir(sh)
	if dir == "" {
		return module.NewCache()
	}
	forget(dir)
	id := sha256.Sum256([]byte(repo.Dir()))
	return module.NewCacheOn(keep.Open(filepath.Join(dir, "facts-"+hex.EncodeToString(id[:8]))))
}

func cacheDir(sh shell) string {
	switch dir := sh.getenv("AUTHDIFF_CACHE"); {
	case dir == "off" || sh.say.noCache:
		return ""
	case dir != "":
		return dir
	case sh.getenv("HOME") == "" && sh.getenv("LocalAppData") == "":
		return ""
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "authdiff")
}

// forget removes the oldest files, so that one more has room.
func forget(dir string) {
	paths, err := filepath.Glob(filepath.Join(dir, "facts-*"))
	if err != nil || len(paths) < maxKept {
		return
	}
	age := map[string]time.Time{}
	for _, p := range paths {
		if info, err := os.Stat(p); err == nil {
			age[p] = info.ModTime()
		}
	}
	slices.SortFunc(paths, func(a, b string) int { return cmp.Or(age[a].Compare(age[b]), cmp.Compare(a, b)) })
	for _, p := range paths[:len(paths)-maxKept+1] {
		_ = os.Remove(p) // another run may have done so
	}
}

// saveCache keeps what was learned. That it can't be kept is no failure of the run.
func saveCache(sh shell, c *module.Cache) {
	if err := c.Save(); err != nil && sh.say.verbose {
		fmt.Fprintf(sh.err, "authdiff: %s\n", oneLine(err.Error()))
	}
}
