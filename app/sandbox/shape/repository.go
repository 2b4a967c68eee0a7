package shape

// repositoryURLs are the address fields of a repository's object, as what
// follows the repository's own API address.
var repositoryURLs = map[string]string{
	"archive_url":       "/{archive_format}{/ref}",
	"assignees_url":     "/assignees{/user}",
	"blobs_url":         "/git/blobs{/sha}",
	"branches_url":      "/branches{/branch}",
	"collaborators_url": "/collaborators{/collaborator}",
	"comments_url":      "/comments{/number}",
	"commits_url":       "/commits{/sha}",
	"compare_url":       "/compare/{base}...{head}",
	"contents_url":      "/contents/{+path}",
	"contributors_url":  "/contributors",
	"deployments_url":   "/deployments",
	"downloads_url":     "/downloads",
	"events_url":        "/events",
	"forks_url":         "/forks",
	"git_commits_url":   "/git/commits{/sha}",
	"git_refs_url":      "/git/refs{/sha}",
	"git_tags_url":      "/git/tags{/sha}",
	"hooks_url":         "/hooks",
	"issue_comment_url": "/issues/comments{/number}",
	"issue_events_url":  "/issues/events{/number}",
	"issues_url":        "/issues{/number}",
	"keys_url":          "/keys{/key_id}",
	"labels_url":        "/labels{/name}",
	"languages_url":     "/languages",
	"merges_url":        "/merges",
	"milestones_url":    "/milestones{/number}",
	"notifications_url": "/notifications{?since,all,participating}",
	"pulls_url":         "/pulls{/number}",
	"releases_url":      "/releases{/id}",
	"stargazers_url":    "/stargazers",
	"statuses_url":      "/statuses/{sha}",
	"subscribers_url":   "/subscribers",
	"subscription_url":  "/subscription",
	"tags_url":          "/tags",
	"teams_url":         "/teams",
	"trees_url":         "/git/trees{/sha}",
	"url":               "",
}

// FullName is the repository's name with its owner's.
func (r Repository) FullName() string { return r.Owner.Login + "/" + r.Name }

// RepositoryObject is the repository object. It satisfies the description's
// minimal-repository as well.
func (s Site) RepositoryObject(r Repository) Object {
	api, web := s.API+"/repos/"+r.FullName(), s.Web+"/"+r.FullName()
	visibility := "public"
	if r.Private {
		visibility = "private"
	}
	o := Object{
		"id": r.ID, "node_id": Node("Repository", r.ID), "name": r.Name, "full_name": r.FullName(),
		"owner": s.User(r.Owner), "private": r.Private, "visibility": visibility,
		"html_url": web, "description": nil, "fork": r.Fork,
		"git_url": "git://localhost/" + r.FullName() + ".git", "ssh_url": "git@localhost:" + r.FullName() + ".git",
		"clone_url": web + ".git", "svn_url": web, "mirror_url": nil, "homepage": nil, "language": "TypeScript",
		"license": nil, "size": 1, "default_branch": r.DefaultBranch, "topics": []string{}, "custom_properties": Object{},
		"forks": 0, "forks_count": 0, "stargazers_count": 0, "watchers": 0, "watchers_count": 0,
		"open_issues": r.OpenIssues, "open_issues_count": r.OpenIssues,
		"is_template": false, "archived": false, "disabled": false, "allow_forking": true,
		"has_issues": true, "has_projects": false, "has_wiki": false, "has_pages": false,
		"has_downloads": true, "has_discussions": false, "web_commit_signoff_required": false,
		"created_at": Time(r.Created), "updated_at": Time(r.Created), "pushed_at": Time(r.Created),
	}
	for field, suffix := range repositoryURLs {
		o[field] = api + suffix
	}
	return o
}

// FullRepositoryObject is the object of GET /repos/{owner}/{repo}, which has
// some fields more.
func (s Site) FullRepositoryObject(r Repository) Object {
	o := s.RepositoryObject(r)
	o["subscribers_count"], o["network_count"] = 0, 0
	for _, way := range mergeWays {
		o[way] = true
	}
	o["delete_branch_on_merge"] = false
	return o
}

var mergeWays = []string{"allow_squash_merge", "allow_merge_commit", "allow_rebase_merge"}

// PullRepositoryObject is the repository object inside of a pull request in a
// webhook's payload: with the ways of merging.
func (s Site) PullRepositoryObject(r Repository) Object {
	o := s.RepositoryObject(r)
	for _, way := range mergeWays {
		o[way] = true
	}
	o["delete_branch_on_merge"] = false
	return o
}
