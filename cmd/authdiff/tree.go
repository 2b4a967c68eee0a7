package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/authdiff/authdiff/checks/source"
)

// place is what the commands that look at one revision are asked about.
type place struct{ repo, rev string }

// register adds the flags of a place to a command.
func (p *place) register(cmd *cobra.Command) {
	registerRepo(cmd, &p.repo)
	cmd.Flags().StringVar(&p.rev, "rev", "", "the revision that is read (default: the working tree)")
}

// registerRepo adds the flag --repo to a command.
func registerRepo(cmd *cobra.Command, folder *string) {
	cmd.Flags().StringVar(folder, "repo", ".", "the repository's folder")
	if err := cmd.MarkFlagDirname("repo"); err != nil {
		panic(err) // the flag exists since the line above: only a programming error leads here
	}
}

// open opens the tree, with its commit: that of the revision; or, without one, the
// working tree with none, and of a bare repository its HEAD.
func (p place) open(ctx context.Context) (source.Tree, string, error) {
	rev := p.rev
	if rev == "" {
		tree, err := source.OpenDir(p.repo)
		if !errors.Is(err, source.ErrBare) {
			return tree, "", err
		}
		rev = "HEAD"
	}
	repo, err := source.OpenGit(ctx, p.repo)
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
