package demo

import (
	"cmp"
	_ "embed"
	"fmt"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/checks/fixture"
	"github.com/authdiff/authdiff/checks/source"
)

// The sample's repository and people.
const (
	sampleOwner  = "acme"
	sampleName   = "fieldnotes"
	sampleAuthor = "mira"
	sampleBranch = "tidy-up"
	sampleTitle  = "Tidy up routes and guards"
	sampleBody   = "Names the owner of an invoice, moves notes into the workspace, and gives the guards one home."
)

// pullArchive holds both sides of the sample's pull request. Its markers say
// which findings it leads to; the package's test holds them.
//
//go:embed pull.txtar
var pullArchive []byte

// readSample reads the embedded archive.
func readSample() (*fixture.Fixture, error) {
	sample, err := fixture.Parse(string(fixture.Reports)+"/"+sampleName, pullArchive)
	if err != nil {
		return nil, fmt.Errorf("read the sample application: %w", err)
	}
	return sample, nil
}

// stage is the sample on the stand-in for GitHub: a repository with the base,
// and a pull request with the head.
type stage struct {
	sample *fixture.Fixture
	repo   *sandbox.Repository
	pull   sandbox.Pull
}

func openSample(github *sandbox.Server) (*stage, error) {
	sample, err := readSample()
	if err != nil {
		return nil, err
	}
	repo, err := github.AddRepository(sandbox.RepositorySpec{
		Owner: sampleOwner, Name: sampleName, Organization: true, Files: sample.Base,
	})
	if err != nil {
		return nil, err
	}
	pull, err := repo.OpenPull(sandbox.PullSpec{
		Title: sampleTitle, Body: sampleBody, Author: sampleAuthor, HeadRef: sampleBranch, Files: sample.Head,
	})
	if err != nil {
		return nil, err
	}
	return &stage{sample: sample, repo: repo, pull: pull}, nil
}

// changedFiles lists what the pull request changes, in GitHub's order.
func (s *stage) changedFiles() ([]review.FileDiff, error) {
	diff, err := s.repo.Diff(s.pull.Number)
	if err != nil {
		return nil, err
	}
	var files []review.FileDiff
	for _, f := range diff.Files {
		base := cmp.Or(f.OldPath, f.Path)
		files = append(files, review.FileDiff{
			Path: f.Path, BasePath: f.OldPath, Status: f.Status,
			Hunks: source.Hunks([]byte(s.sample.Base[base]), []byte(s.sample.Head[f.Path])),
		})
	}
	return files, nil
}
