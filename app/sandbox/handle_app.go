package sandbox

import (
	"net/http"
	"slices"

	"github.com/authdiff/authdiff/app/sandbox/shape"
)

func getApp(c *call) (any, error) {
	o := c.server.site.AppObject(c.server.app)
	o["installations_count"] = len(c.server.installations)
	return o, nil
}

func listInstallations(c *call) (any, error) {
	list := []shape.Object{}
	for _, i := range paginate(c, c.server.installations) {
		list = append(list, c.server.installationObject(i))
	}
	return list, nil
}

func getInstallation(c *call) (any, error) {
	i, err := c.installation()
	if err != nil {
		return nil, err
	}
	return c.server.installationObject(i), nil
}

func getRepositoryInstallation(c *call) (any, error) {
	if c.repo == nil || c.repo.installation == nil {
		return nil, errNotFound
	}
	return c.server.installationObject(c.repo.installation), nil
}

func (c *call) installation() (*installation, error) {
	id, err := c.number("installation_id")
	if err != nil {
		return nil, err
	}
	for _, i := range c.server.installations {
		if i.id == id {
			return i, nil
		}
	}
	return nil, errNotFound
}

func (s *Server) installationObject(i *installation) shape.Object {
	return s.site.InstallationObject(shape.Installation{
		ID: i.id, Account: i.account, App: s.app, Created: i.created, Permissions: s.app.Permissions,
	})
}

// createToken makes an installation token, narrowed as the request says; what the
// installation doesn't have is refused.
// https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
func createToken(c *call) (any, error) {
	i, err := c.installation()
	if err != nil {
		return nil, err
	}
	if err := i.refuseEnded(); err != nil {
		return nil, err
	}
	var in struct {
		Repositories  []string          `json:"repositories"`
		RepositoryIDs []int64           `json:"repository_ids"`
		Permissions   map[string]string `json:"permissions"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	granted := c.server.app.Permissions
	for name, level := range in.Permissions {
		if levels[level] == 0 || !permission(name+":"+level).within(granted) {
			return nil, unprocessable("The permissions requested are not granted to this installation.")
		}
	}
	if len(in.Permissions) > 0 {
		granted = in.Permissions
	}
	var chosen []*Repository
	for _, r := range c.server.repositories {
		if r.installation == i && (slices.Contains(in.Repositories, r.info.Name) || slices.Contains(in.RepositoryIDs, r.info.ID)) {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) < len(in.Repositories)+len(in.RepositoryIDs) {
		return nil, unprocessable("There is at least one repository that does not exist or is not accessible to the parent installation.")
	}
	t, err := c.server.newToken(i, granted, chosen)
	if err != nil {
		return nil, err
	}
	c.status = http.StatusCreated
	o := shape.Object{
		"token": t.value, "expires_at": shape.Time(t.expires), "permissions": granted, "repository_selection": "selected",
	}
	if chosen != nil {
		o["repositories"] = c.server.repositoryObjects(chosen)
	}
	return o, nil
}

func unprocessable(message string) error {
	return &apiError{status: http.StatusUnprocessableEntity, Message: message}
}

func listRepositories(c *call) (any, error) {
	var list []*Repository
	for _, r := range c.server.repositories {
		if c.who.token.covers(r) {
			list = append(list, r)
		}
	}
	return shape.Object{
		"total_count": len(list), "repository_selection": "selected",
		"repositories": c.server.repositoryObjects(paginate(c, list)),
	}, nil
}

func (s *Server) repositoryObjects(list []*Repository) []shape.Object {
	objects := []shape.Object{}
	for _, r := range list {
		objects = append(objects, s.site.RepositoryObject(r.shape()))
	}
	return objects
}

// shape is the repository with its present counts.
func (r *Repository) shape() shape.Repository {
	info := r.info
	for _, p := range r.pulls {
		if p.State == "open" {
			info.OpenIssues++
		}
	}
	return info
}

func getRepository(c *call) (any, error) {
	return c.server.site.FullRepositoryObject(c.repo.shape()), nil
}

// getRole answers what somebody may do in the repository. GitHub answers "none"
// for a stranger to a private repository, and "read" to a public one.
// https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
func getRole(c *call) (any, error) {
	login := c.params["username"]
	account, known := c.server.accounts[login]
	if !known {
		return nil, errNotFound
	}
	role := c.repo.roles[login]
	if role == "" {
		role = "none"
		if !c.repo.info.Private {
			role = "read"
		}
	}
	level := levels[role]
	user := c.server.site.User(account)
	user["role_name"] = role
	user["permissions"] = shape.Object{
		"pull": level >= 1, "triage": level >= 2, "push": level >= 2, "maintain": level >= 3, "admin": level >= 3,
	}
	return shape.Object{"permission": role, "role_name": role, "user": user}, nil
}
