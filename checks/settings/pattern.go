package settings

import (
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Pattern names endpoints or files. It is one of
//
//	GET /api/health, /api/share/**    a path as an endpoint's name has it, with or without method
//	post.list, post.*, signUp         a procedure, or an action
//	app/(public)/**                   the files that hold the endpoints
//
// `*` stands for a part of a path's segment, `**` for any number of segments.
// Brackets stand for themselves, since Next.js has them in its paths.
type Pattern struct {
	Text   string
	Reason string // why, in the words of who wrote it; may be empty
	Line   int
}

// Bounds of a pattern: each `**` multiplies the time of matching.
const (
	maxPattern = 200 // bytes
	maxStars   = 2   // `**` in one pattern
)

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// split cuts a method off; it is empty when the pattern has none.
func split(text string) (method, rest string) {
	if m, rest, ok := strings.Cut(text, " "); ok && slices.Contains(methods, m) {
		return m, strings.TrimSpace(rest)
	}
	return "", text
}

// problem says what is wrong with a pattern; empty when it is one.
func (p *Pattern) problem() string {
	method, rest := split(p.Text)
	switch {
	case rest == "":
		return "a pattern can't be empty"
	case len(p.Text) > maxPattern:
		return "the pattern is longer than 200 bytes"
	case strings.Count(rest, "**") > maxStars:
		return "a pattern holds at most two `**`"
	case method != "" && rest[0] != '/':
		return "a method is followed by a path: `GET /api/health`"
	case strings.ContainsAny(rest, " \t\n"):
		return "a pattern holds no blank but the one after a method: " + strings.Join(methods, ", ")
	case strings.ContainsAny(rest, `\?{}!`):
		return "a pattern knows `*` and `**` only"
	case strings.HasPrefix(rest, "./") || strings.Contains("/"+rest+"/", "/../"):
		return "write paths from the repository's root, without ./ and ../"
	}
	return ""
}

// Match reports whether an endpoint is meant.
func (p *Pattern) Match(name, file string) bool {
	method, rest := split(p.Text)
	if rest == "**" {
		return true
	}
	itsMethod, itsPath, http := strings.Cut(name, " ")
	if !http {
		itsPath = name
	}
	switch {
	case method != "" && method != itsMethod:
		return false
	case rest[0] == '/' || !strings.Contains(rest, "/"):
		return glob(rest, itsPath)
	}
	return glob(rest, file)
}

// MatchFile reports whether a file is meant, taken as a pattern of files.
func (p *Pattern) MatchFile(file string) bool { return glob(strings.TrimPrefix(p.Text, "/"), file) }

var literalBrackets = strings.NewReplacer("[", `\[`, "]", `\]`)

func glob(pattern, name string) bool {
	ok, err := doublestar.Match(literalBrackets.Replace(pattern), name)
	return ok && err == nil
}

// structural are the segments that say nothing of which endpoints are meant.
var structural = []string{"", "app", "src", "api", "pages", "apps", "packages", "server", "routers"}

// Broad reports whether the pattern exempts nearly everything: stars, and
// nothing that tells one part of an application from another.
func (p *Pattern) Broad() bool {
	_, rest := split(p.Text)
	if !strings.Contains(rest, "*") {
		return false
	}
	for segment := range strings.SplitSeq(rest, "/") {
		bare := strings.Trim(strings.TrimSuffix(segment, path.Ext(segment)), "*")
		if strings.HasPrefix(bare, "(") {
			return false
		}
		if bare = strings.Trim(bare, "."); !slices.Contains(structural, bare) && bare != "route" && bare != "page" {
			return false
		}
	}
	return true
}
