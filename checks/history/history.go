// Package history replays a branch's past: what the comparison would have said
// of each pull request that was merged, and of each commit beside them.
//
//	steps, err := history.Replay(ctx, repository, past, module.NewCache())
//	for step, err := range steps {
//		…
//	}
//
// It keeps what the trees of neighbouring commits share, so that a step costs
// what it changed.
package history

import (
	"context"
	"iter"
	"slices"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/source"
)

// Step is one commit of the past, compared with the branch before it.
type Step struct {
	source.Commit
	Result *compare.Result
}

// Replay compares each commit of a history with its parent, in the order of the
// list, in which each commit's parent comes next, as source.Git.Past gives it. A
// commit without a parent has nothing to be compared with and is left out. The
// sequence ends with the first error, which is ctx's or one of reading the
// repository.
func Replay(ctx context.Context, git *source.Git, past []source.Commit, cache *module.Cache) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		if len(past) == 0 {
			return
		}
		r := &replay{git: git, cache: cache, memory: compare.NewMemory()}
		if err := r.start(ctx, past[0].ID); err != nil {
			yield(Step{}, err)
			return
		}
		for _, c := range past {
			if c.Parent == "" {
				return
			}
			result, err := r.step(ctx, c)
			if !yield(Step{Commit: c, Result: result}, err) || err != nil {
				return
			}
		}
	}
}

// replay stands between two steps, at the tree of the next commit to be looked
// at.
type replay struct {
	git    *source.Git
	cache  *module.Cache
	tree   source.Tree
	repo   *module.Repo
	memory *compare.Memory
}

func (r *replay) start(ctx context.Context, commit string) (err error) {
	if r.tree, err = r.git.Tree(ctx, commit); err != nil {
		return err
	}
	r.repo, err = module.Open(ctx, r.tree, r.cache)
	return err
}

// step goes to a commit's parent and compares the two. Where no file changed that
// the analysis reads, the two are equal.
func (r *replay) step(ctx context.Context, c source.Commit) (*compare.Result, error) {
	head := r.repo
	before, err := r.git.Before(r.tree, c)
	if err != nil {
		return nil, err
	}
	r.tree = before
	if !slices.ContainsFunc(c.Changes, func(change source.Change) bool { return module.Reads(change.Path) }) {
		return &compare.Result{}, ctx.Err()
	}
	if r.repo, err = module.Open(ctx, before, r.cache); err != nil {
		return nil, err
	}
	return compare.Run(ctx, r.repo, head, compare.Options{Memory: r.memory})
}
