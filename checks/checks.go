// Package checks compares the protection of every endpoint between two trees of
// a Next.js application. It is a pure library: two trees in, findings out; it
// knows nothing of GitHub, HTTP, queues or the clock, and runs nothing of what
// it reads.
package checks

import (
	"cmp"
	"context"

	"github.com/authdiff/authdiff/checks/audit"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/explain"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
	"github.com/authdiff/authdiff/checks/verify"
)

// Input is what one comparison reads. Cache may be nil; one that is shared
// between comparisons saves reading and parsing files again. Settings may be
// nil: then those of Base hold. They are never those of Head. Progress may be nil;
// see compare.Options.
type Input struct {
	Base, Head source.Tree
	Cache      *module.Cache
	Settings   *settings.Settings
	Progress   func(done, all int)
}

// Compare says what protection the base has that the head lacks. It is safe for
// concurrent use. An error means that a tree could not be read or ctx ended;
// what could not be understood stands in Result.NotAnalysed.
func Compare(ctx context.Context, in Input) (*compare.Result, error) {
	cache := in.Cache
	if cache == nil {
		cache = module.NewCache()
	}
	base, err := module.Open(ctx, in.Base, cache)
	if err != nil {
		return nil, err
	}
	head, err := module.Open(ctx, in.Head, cache)
	if err != nil {
		return nil, err
	}
	result, err := compare.Run(ctx, base, head, compare.Options{Settings: in.Settings, Progress: in.Progress})
	if err != nil {
		return nil, err
	}
	links, err := changedLinks(ctx, in.Base, in.Head)
	if err != nil {
		return nil, err
	}
	result.Note(links...)
	return result, nil
}

// Explain lays out how the endpoint that a text names is protected in a tree; see
// explain.Find for what names one. It is safe for concurrent use.
func Explain(ctx context.Context, tree source.Tree, name string) (*explain.Explanation, error) {
	repo, err := module.Open(ctx, tree, module.NewCache())
	if err != nil {
		return nil, err
	}
	e, err := explain.Find(repo, name)
	if err != nil {
		return nil, err
	}
	return explain.Explain(repo, e, settings.Of(repo)), cmp.Or(ctx.Err(), repo.Err())
}

// Audit takes stock of the endpoints of a tree; see audit.Run for progress. It is
// safe for concurrent use.
func Audit(ctx context.Context, tree source.Tree, progress func(done, all int)) (*audit.Audit, error) {
	repo, err := module.Open(ctx, tree, module.NewCache())
	if err != nil {
		return nil, err
	}
	return audit.Run(ctx, repo, settings.Of(repo), progress)
}

// Verify tells how well the guards of a tree are seen; see verify.Run. It is safe
// for concurrent use.
func Verify(ctx context.Context, tree source.Tree, progress func(done, all int)) (*verify.Report, error) {
	repo, err := module.Open(ctx, tree, module.NewCache())
	if err != nil {
		return nil, err
	}
	return verify.Run(ctx, repo, settings.Of(repo), progress)
}
