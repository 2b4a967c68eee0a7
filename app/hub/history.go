package hub

// Where a pull request left its base, and which files it changes, as its own
// query tells. Both take a request of their own (see compare.go) where the query
// can't tell for sure.

// historyPart is the part of a query that asks.
const historyPart = `
    history: commits(first: 100) { totalCount nodes { commit {
      oid
      parents(first: 2) { totalCount nodes { oid tree { oid } } }
    } } }
    files(first: 100) { totalCount nodes { path changeType } }`

type historyAnswer struct {
	History struct {
		TotalCount int
		Nodes      []struct{ Commit historyCommit }
	}
	Files struct {
		TotalCount int
		Nodes      []struct{ Path, ChangeType string }
	}
}

type historyCommit struct {
	Oid     string
	Parents struct {
		TotalCount int
		Nodes      []parentCommit
	}
}

type parentCommit struct {
	Oid  string
	Tree struct{ Oid string }
}

// start is the commit where the head left the base, nil when that can't be told.
// The list is of the commits that the head has and the base lacks, so a parent
// that isn't in it is one of the base. Where there is one such parent alone, all
// that both sides have is that commit and what is behind it: the merge base.
func (a historyAnswer) start() *parentCommit {
	if len(a.History.Nodes) != a.History.TotalCount {
		return nil
	}
	own := map[string]bool{}
	for _, n := range a.History.Nodes {
		own[n.Commit.Oid] = true
	}
	var start *parentCommit
	for _, n := range a.History.Nodes {
		if len(n.Commit.Parents.Nodes) != n.Commit.Parents.TotalCount {
			return nil
		}
		for _, parent := range n.Commit.Parents.Nodes {
			switch {
			case own[parent.Oid]:
			case start != nil && start.Oid != parent.Oid:
				return nil
			default:
				start = &parent
			}
		}
	}
	return start
}

// changed are the paths that differ, as far as they are told; whole says that
// they are all. Of a renamed file only the new path is told.
func (a historyAnswer) changed(files int) (paths []string, whole bool) {
	whole = len(a.Files.Nodes) == files && a.Files.TotalCount == files
	for _, f := range a.Files.Nodes {
		paths = append(paths, f.Path)
		whole = whole && f.ChangeType != "RENAMED" && f.ChangeType != "COPIED"
	}
	return paths, whole
}
