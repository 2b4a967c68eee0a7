package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/authdiff/authdiff/app/sandbox/gitdb"
	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// What GitHub's contents API holds: files up to 1 MB in JSON, up to 100 MB as
// raw text; 1,000 entries of a folder.
const (
	contentsJSON   = 1 << 20
	contentsRaw    = 100 << 20
	contentsFolder = 1000
)

// getContents answers with a file, a link, a submodule, or a folder's entries. What
// isn't there is not found; the words for an unknown ref were seen in GitHub's
// answers.
// https://docs.github.com/en/rest/repos/contents#get-repository-content
func getContents(c *call) (any, error) {
	ref := c.request.URL.Query().Get("ref")
	if ref == "" {
		ref = c.repo.info.DefaultBranch
	}
	sha, err := c.repo.resolve(ref)
	if err != nil {
		return nil, &apiError{status: http.StatusNotFound, Message: "No commit found for the ref " + ref}
	}
	name := strings.Trim(c.params["path"], "/")
	if name != path.Clean(name) || strings.HasPrefix(name, "..") {
		return nil, invalidRequest("path contains a malformed path component.")
	}
	_, entries, err := c.repo.db.Tree(sha, true)
	if err != nil {
		return nil, err
	}
	folder := []shape.Object{}
	for _, e := range entries {
		if e.Path == name && e.Kind != "tree" {
			return c.fileContents(e, sha)
		}
		if path.Dir(e.Path) == name && len(folder) < contentsFolder {
			folder = append(folder, c.repo.contentObject(e, sha))
		}
	}
	if len(folder) == 0 {
		return nil, errNotFound
	}
	return folder, nil
}

func (c *call) fileContents(e gitdb.Entry, ref string) (any, error) {
	o := c.repo.contentObject(e, ref)
	if e.Kind != "blob" {
		o["submodule_git_url"] = c.repo.web() + ".git"
		return o, nil
	}
	if e.Size > contentsRaw || (e.Size > contentsJSON && !c.accepts("raw")) {
		o["content"], o["encoding"] = "", "none"
		return o, nil
	}
	text, err := c.repo.db.Blob(e.SHA)
	switch {
	case err != nil:
		return nil, err
	case c.accepts("raw"):
		return raw{"application/vnd.github.raw; charset=utf-8", text}, nil
	case o["type"] == "symlink":
		o["target"] = string(text)
	default:
		o["content"], o["encoding"] = wrap64(text), "base64"
	}
	return o, nil
}

// contentObject is what a folder's listing says of an entry.
func (r *Repository) contentObject(e gitdb.Entry, ref string) shape.Object {
	at := escapePath(e.Path)
	self, web := r.api()+"/contents/"+at+"?ref="+ref, r.web()+"/blob/"+ref+"/"+at
	kind, object := "file", r.api()+"/git/blobs/"+e.SHA
	switch {
	case e.Kind == "tree":
		kind, object = "dir", r.api()+"/git/trees/"+e.SHA
	case e.Kind == "commit":
		kind = "submodule"
	case e.Mode == "120000":
		kind = "symlink"
	}
	var download any
	if kind == "file" {
		download = r.web() + "/raw/" + ref + "/" + at
	}
	return shape.Object{
		"type": kind, "size": max(0, e.Size), "name": path.Base(e.Path), "path": e.Path, "sha": e.SHA,
		"url": self, "git_url": object, "html_url": web, "download_url": download,
		"_links": shape.Object{"self": self, "git": object, "html": web},
	}
}

// redirectToArchive sends the client to the download host, which on GitHub is
// another one: here a path outside of the API. The address carries its own
// secret, so that no token has to be sent there.
func redirectToArchive(c *call) (any, error) {
	sha, err := c.repo.resolve(c.params["ref"])
	if err != nil {
		return nil, errNotFound
	}
	c.status = http.StatusFound
	c.header.Set("Location", fmt.Sprintf("%s/codeload/%s/legacy.tar.gz/%s?token=%s",
		c.server.site.API, c.repo.FullName(), sha, c.server.archiveSecret(sha)))
	return nil, nil
}

// archiveSecret is the secret in the address of a commit's archive.
func (s *Server) archiveSecret(sha string) string {
	mac := hmac.New(sha256.New, []byte(s.secret))
	mac.Write([]byte("archive " + sha))
	return hex.EncodeToString(mac.Sum(nil))
}

func getArchive(c *call) (any, error) {
	sha := c.params["sha"]
	given := c.request.URL.Query().Get("token")
	if c.repo == nil || !hmac.Equal([]byte(given), []byte(c.server.archiveSecret(sha))) {
		return nil, errNotFound
	}
	prefix := strings.ReplaceAll(c.repo.FullName(), "/", "-") + "-" + sha[:7] + "/"
	data, err := c.repo.db.Archive(sha, prefix)
	if err != nil {
		return nil, err
	}
	return raw{"application/x-gzip", data}, nil
}
