package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/app/sandbox/gitdb"
	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// RepositorySpec describes a repository. Its default branch holds either Files,
// or what Revision names in the local git repository at Dir.
type RepositorySpec struct {
	Owner, Name   string // required
	Organization  bool   // the owner is an organization
	Public        bool
	DefaultBranch string // default "main"
	Files         map[string]string
	Dir, Revision string
	// Roles are the collaborators besides the owner: login to "admin", "write" or
	// "read".
	Roles map[string]string
	// NotInstalled leaves the App out of the repository.
	NotInstalled bool
}

// Repository is one repository on the sandbox. Its methods are safe for
// concurrent use.
type Repository struct {
	server       *Server
	db           *gitdb.DB
	info         shape.Repository
	installation *installation // nil: the App is not installed
	branches     map[string]string
	roles        map[string]string
	pulls        []*pull
	runs         []*CheckRun
	suites       []*suite
	lastNumber   int64
	oldNames     []string // "owner/name"
	archived     bool
}

// pull is a pull request with what hangs on it.
type pull struct {
	Pull
	repo         *Repository
	heads        []string // every head that it had, the present one last
	forkDeleted  bool
	reviews      []*Review
	comments     []*Comment
	conversation []*IssueComment
}

// AddRepository makes a repository and installs the App on it. All repositories
// of one owner share one installation.
func (s *Server) AddRepository(spec RepositorySpec) (*Repository, error) {
	if spec.Owner == "" || spec.Name == "" {
		return nil, errors.New("a repository needs an owner and a name")
	}
	db, sha, err := firstCommit(spec)
	if err != nil {
		return nil, fmt.Errorf("fill %s/%s: %w", spec.Owner, spec.Name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.repository(spec.Owner, spec.Name) != nil {
		return nil, errors.Join(fmt.Errorf("%s/%s exists already", spec.Owner, spec.Name), db.Close())
	}
	kind := "User"
	if spec.Organization {
		kind = "Organization"
	}
	branch := cmp.Or(spec.DefaultBranch, "main")
	r := &Repository{
		server: s, db: db, branches: map[string]string{branch: sha}, roles: map[string]string{},
		info: shape.Repository{
			ID: s.id(), Owner: s.account(spec.Owner, kind), Name: spec.Name,
			Private: !spec.Public, DefaultBranch: branch, Created: s.now(),
		},
	}
	r.roles[spec.Owner] = "admin"
	for login, role := range spec.Roles {
		r.roles[login] = role
	}
	if !spec.NotInstalled {
		r.installation = s.install(r.info.Owner)
	}
	s.repositories = append(s.repositories, r)
	s.touch()
	return r, nil
}

// firstCommit opens the repository's database and finds or writes the commit
// that its default branch starts with.
func firstCommit(spec RepositorySpec) (db *gitdb.DB, sha string, err error) {
	if spec.Dir == "" {
		if db, err = gitdb.Create(); err != nil {
			return nil, "", err
		}
		sha, err = db.Write(spec.Files, spec.Owner, "Start")
	} else {
		if db, err = gitdb.Borrow(spec.Dir); err != nil {
			return nil, "", err
		}
		sha, err = gitdb.Resolve(spec.Dir, cmp.Or(spec.Revision, "HEAD"))
	}
	if err != nil {
		return nil, "", errors.Join(err, db.Close())
	}
	return db, sha, nil
}

// install returns the owner's installation, which comes into being with its
// first repository. The caller holds the lock.
func (s *Server) install(owner shape.Account) *installation {
	for _, i := range s.installations {
		if i.account.ID == owner.ID {
			return i
		}
	}
	i := &installation{id: s.id(), account: owner, created: s.now()}
	s.installations = append(s.installations, i)
	return i
}

// repository finds a repository; GitHub ignores the case of names. The caller
// holds the lock.
func (s *Server) repository(owner, name string) *Repository {
	for _, r := range s.repositories {
		if strings.EqualFold(r.info.Owner.Login, owner) && strings.EqualFold(r.info.Name, name) {
			return r
		}
	}
	return nil
}

// FullName is the repository's name with its owner's: "acme/shop".
func (r *Repository) FullName() string { return r.info.FullName() }

// ID is the repository's id, which it keeps when it is renamed.
func (r *Repository) ID() int64 { return r.info.ID }

// Installation is the id of the App's installation on the repository, 0 when
// there is none.
func (r *Repository) Installation() int64 {
	if r.installation == nil {
		return 0
	}
	return r.installation.id
}

// Push commits a whole tree of files on top of a branch and returns the new
// commit's id; a new branch starts at the default branch. As on GitHub, it
// moves the head of every open pull request of that branch.
func (r *Repository) Push(branch string, files map[string]string) (string, error) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	parent, known := r.branches[branch]
	if !known {
		parent = r.branches[r.info.DefaultBranch]
	}
	sha, err := r.db.Write(files, r.info.Owner.Login, "Change "+branch, parent)
	if err != nil {
		return "", err
	}
	r.move(branch, sha)
	return sha, nil
}

// PushCommit points a branch to a commit that is there already, as a forced
// push does.
func (r *Repository) PushCommit(branch, sha string) error {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	sha, err := r.db.Resolve(sha)
	if err != nil {
		return fmt.Errorf("push a commit to %s: %w", branch, err)
	}
	r.move(branch, sha)
	return nil
}

// move points a branch to a commit. The caller holds the lock.
func (r *Repository) move(branch, sha string) {
	r.branches[branch] = sha
	for _, p := range r.pulls {
		if p.State == "open" && p.branch() == branch && p.HeadSHA != sha {
			before := p.HeadSHA
			p.HeadSHA, p.heads = sha, append(p.heads, sha)
			p.BaseSHA, p.Updated = r.branches[p.BaseRef], r.server.now()
			p.settle(before)
		}
	}
	r.server.touch()
}

// PullSpec describes a pull request. Its head branch holds either Files, on top
// of the base branch, or the commit that Revision names.
type PullSpec struct {
	Title, Body string
	Author      string // default "contributor"
	BaseRef     string // default the repository's default branch
	HeadRef     string // default "change-N"
	Fork        string // whose fork holds the head branch; empty for the repository itself
	Draft       bool
	Files       map[string]string
	Commit      string
}

// OpenPull opens a pull request and returns it.
func (r *Repository) OpenPull(spec PullSpec) (Pull, error) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	base, known := r.branches[cmp.Or(spec.BaseRef, r.info.DefaultBranch)]
	if !known {
		return Pull{}, fmt.Errorf("%s has no branch %s to open a pull request on", r.FullName(), spec.BaseRef)
	}
	author := r.server.account(cmp.Or(spec.Author, "contributor"), "User")
	var head string
	var err error
	if spec.Commit != "" {
		head, err = r.db.Resolve(spec.Commit)
	} else {
		head, err = r.db.Write(spec.Files, author.Login, cmp.Or(spec.Title, "Change"), base)
	}
	if err != nil {
		return Pull{}, fmt.Errorf("open a pull request on %s: %w", r.FullName(), err)
	}
	r.lastNumber++
	now := r.server.now()
	p := &pull{repo: r, heads: []string{head}, Pull: Pull{
		ID: r.server.id(), Number: r.lastNumber, Author: author.Login,
		Title: cmp.Or(spec.Title, "Change"), Body: spec.Body, State: "open", Draft: spec.Draft,
		BaseRef: cmp.Or(spec.BaseRef, r.info.DefaultBranch), BaseSHA: base,
		HeadRef: cmp.Or(spec.HeadRef, fmt.Sprintf("change-%d", r.lastNumber)), HeadSHA: head,
		Fork: spec.Fork, Created: now, Updated: now,
	}}
	r.branches[p.branch()] = head
	r.pulls = append(r.pulls, p)
	r.server.touch()
	return p.Pull, nil
}

// PushHead commits a whole tree of files on top of a pull request's head and
// returns the new commit's id.
func (r *Repository) PushHead(number int64, files map[string]string) (string, error) {
	p, known := r.Pull(number)
	if !known {
		return "", fmt.Errorf("%s has no pull request %d", r.FullName(), number)
	}
	return r.Push(p.branch(), files)
}

// EditPull changes a pull request's title, body, state, draft or base branch.
// The base commit follows the branch.
func (r *Repository) EditPull(number int64, edit func(*Pull)) error {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	p := r.pull(number)
	if p == nil {
		return fmt.Errorf("%s has no pull request %d", r.FullName(), number)
	}
	edited := p.Pull
	edit(&edited)
	sha, known := r.branches[edited.BaseRef]
	if !known {
		return fmt.Errorf("%s has no branch %s to be the base of pull request %d", r.FullName(), edited.BaseRef, number)
	}
	if edited.BaseRef != p.BaseRef {
		edited.BaseSHA = sha
	}
	edited.Updated = r.server.now()
	p.Pull = edited
	r.server.touch()
	return nil
}

// DeleteFork deletes the fork that holds a pull request's head: GitHub then
// says null in place of the head's repository.
func (r *Repository) DeleteFork(number int64) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	if p := r.pull(number); p != nil {
		p.forkDeleted = true
		r.server.touch()
	}
}

// Diff returns what a pull request changes: its merge base against its head.
func (r *Repository) Diff(number int64) (*gitdb.Diff, error) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	p := r.pull(number)
	if p == nil {
		return nil, fmt.Errorf("%s has no pull request %d", r.FullName(), number)
	}
	return p.diff()
}

// pull finds a pull request, nil when there is none. The caller holds the lock.
func (r *Repository) pull(number int64) *pull {
	if number < 1 || number > int64(len(r.pulls)) {
		return nil
	}
	return r.pulls[number-1]
}

// branch names the head branch among the repository's branches: "ref", or
// "owner:ref" for a fork's.
func (p Pull) branch() string {
	if p.Fork == "" {
		return p.HeadRef
	}
	return p.Fork + ":" + p.HeadRef
}

// diff compares the pull request's merge base with its head.
func (p *pull) diff() (*gitdb.Diff, error) {
	base, err := p.repo.db.MergeBase(p.BaseSHA, p.HeadSHA)
	if err != nil {
		return nil, err
	}
	return p.repo.db.Diff(base, p.HeadSHA)
}

// holds says whether a commit is or was the pull request's head, or is one of
// the commits that it adds.
func (p *pull) holds(sha string) bool {
	if slices.Contains(p.heads, sha) {
		return true
	}
	added, err := p.repo.db.Between(p.BaseSHA, p.HeadSHA)
	return err == nil && slices.Contains(added, sha)
}

// resolve turns what a request calls a ref (a branch, with or without its
// prefix, or a commit id) into a commit id.
func (r *Repository) resolve(ref string) (string, error) {
	for _, prefix := range []string{"", "heads/", "refs/heads/"} {
		if branch, found := strings.CutPrefix(ref, prefix); found {
			if sha, known := r.branches[branch]; known {
				return sha, nil
			}
		}
	}
	if len(ref) < 7 || strings.Trim(ref, "0123456789abcdef") != "" {
		return "", gitdb.ErrNotFound
	}
	return r.db.Resolve(ref)
}
