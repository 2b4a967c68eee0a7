package checks

import (
	"context"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/source"
)

// changedLinks tells of the symbolic links and submodules of the head that the
// base doesn't have as they are. One that stands where files were that matter has
// put something in their place that can't be seen: it may well be code without
// their checks.
func changedLinks(ctx context.Context, base, head source.Tree) ([]compare.NotAnalysed, error) {
	after, err := linksOf(ctx, head)
	if err != nil || len(after) == 0 {
		return nil, err
	}
	before, err := linksOf(ctx, base)
	if err != nil {
		return nil, err
	}
	files, err := base.Entries(ctx)
	if err != nil {
		return nil, err
	}
	known := map[source.Link]bool{}
	for _, l := range before {
		known[l] = true
	}
	var told []compare.NotAnalysed
	for _, l := range after {
		if known[l] {
			continue
		}
		what := "a symbolic link"
		if l.Submodule {
			what = "a submodule"
		}
		told = append(told, compare.NotAnalysed{
			File: l.Path, Reason: what + ", which isn't followed", Blind: replaces(l.Path, files),
		})
	}
	return told, nil
}

func linksOf(ctx context.Context, tree source.Tree) ([]source.Link, error) {
	linked, ok := tree.(source.Linked)
	if !ok {
		return nil, nil
	}
	return linked.Links(ctx)
}

// replaces reports whether a path was that of a file that matters, or of a folder
// with one.
func replaces(path string, files []source.Entry) bool {
	for _, f := range files {
		if (f.Path == path || strings.HasPrefix(f.Path, path+"/")) && module.Reads(f.Path) {
			return true
		}
	}
	return false
}
