package source

import "context"

// Link is an entry of a tree that is no file: a symbolic link, or a submodule. It
// is never followed: a link may lead anywhere, and a submodule's files are those
// of another repository.
type Link struct {
	Path      string
	Target    Blob // the link's own blob, or the submodule's commit
	Submodule bool
}

// Linked is a Tree that tells of its links, too; sorted by path.
type Linked interface {
	Tree
	Links(ctx context.Context) ([]Link, error)
}

// NewLink is the link that git's mode of a tree entry makes it; false for a file
// or a folder.
func NewLink(mode, path string, target Blob) (link Link, ok bool) {
	link = Link{Path: path, Target: target, Submodule: mode == "160000"}
	return link, link.Submodule || mode == "120000"
}
