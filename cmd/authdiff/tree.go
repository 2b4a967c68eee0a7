package main

import (
	"context"
	"errors"

	"github.com/authdiff/authdiff/checks/source"
)

// openTree opens a revision of the repository in a folder, with its commit; or,
// for an empty revision, the working tree with none, and of a bare repository its
// HEAD.
func openTree(ctx context.Context, folder, rev string) (source.Tree, string, error) {
	if rev == "" {
		tree, err := source.OpenDir(folder)
		if !errors.Is(err, source.ErrBare) {
			return tree, "", err
		}
		rev = "HEAD"
	}
	repo, err := source.OpenGit(ctx, folder)
	if err != nil {
		return nil, "", err
	}
	commit, err := repo.Resolve(ctx, rev)
	if err != nil {
		return nil, "", err
	}
	tree, err := repo.Tree(ctx, commit)
	return tree, commit, err
}
