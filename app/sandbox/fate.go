package sandbox

import (
	"net/http"
	"strconv"
	"strings"
)

// Rename gives the repository another name. As on GitHub, the old one redirects.
func (r *Repository) Rename(name string) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	r.oldNames = append(r.oldNames, r.FullName())
	r.info.Name = name
	r.server.touch()
}

// Archive makes the repository read-only.
func (r *Repository) Archive() {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	r.archived = true
	r.server.touch()
}

// DeleteBranch deletes a branch. The commits of pull requests stay.
func (r *Repository) DeleteBranch(name string) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	delete(r.branches, name)
	r.server.touch()
}

// Suspend takes the App's rights from the repository's installation until it is
// resumed, Uninstall for good. Tokens that it has are worth nothing from then on.
func (r *Repository) Suspend() { r.end(http.StatusForbidden) }

// Uninstall removes the installation.
func (r *Repository) Uninstall() { r.end(http.StatusNotFound) }

func (r *Repository) end(answer int) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	r.installation.ended = answer
	for value, t := range r.server.tokens {
		if t.installation == r.installation {
			delete(r.server.tokens, value)
		}
	}
	r.server.touch()
}

// refuseEnded answers who asks for a token of an installation that was suspended
// or removed.
// https://docs.github.com/en/apps/maintaining-github-apps/suspending-a-github-app-installation
func (i *installation) refuseEnded() error {
	switch i.ended {
	case http.StatusForbidden:
		return &apiError{status: http.StatusForbidden, Message: "This installation has been suspended"}
	case http.StatusNotFound:
		return errNotFound
	}
	return nil
}

// errArchived is the answer to a write to an archived repository.
// https://docs.github.com/en/repositories/archiving-a-github-repository/archiving-repositories
var errArchived = &apiError{status: http.StatusForbidden, Message: "Repository was archived so is read-only."}

// redirect sends who uses an old name to the repository's address by id: GitHub
// answers 301 to readings and 307 to the rest.
// https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
func (c *call) redirect(to *Repository) *Response {
	_, rest, _ := strings.Cut(strings.TrimPrefix(c.request.URL.EscapedPath(), "/api/v3"), "/repos/"+c.params["owner"]+"/"+c.params["repo"])
	location := c.server.site.API + "/repositories/" + strconv.FormatInt(to.info.ID, 10) + rest
	if c.request.URL.RawQuery != "" {
		location += "?" + c.request.URL.RawQuery
	}
	status := http.StatusMovedPermanently
	if c.request.Method != http.MethodGet {
		status = http.StatusTemporaryRedirect
	}
	body := []byte(`{"message":"Moved Permanently","url":"` + location + `","documentation_url":"` + documentation + `"}`)
	return &Response{Status: status, Header: http.Header{"Location": {location}}, Body: body}
}

// byOldName finds the repository that had the name. The caller holds the lock.
func (s *Server) byOldName(owner, name string) *Repository {
	for _, r := range s.repositories {
		for _, old := range r.oldNames {
			if strings.EqualFold(old, owner+"/"+name) {
				return r
			}
		}
	}
	return nil
}

// byID turns an address by id into one by name.
func (s *Server) byID(path string) string {
	rest, found := strings.CutPrefix(path, "/repositories/")
	if !found {
		return path
	}
	id, rest, _ := strings.Cut(rest, "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.repositories {
		if strconv.FormatInt(r.info.ID, 10) == id {
			return "/repos/" + r.FullName() + "/" + rest
		}
	}
	return path
}
