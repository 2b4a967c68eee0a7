// Package route matches a request's path against the path templates of GitHub's
// API description, such as /repos/{owner}/{repo}/contents/{path...}.
//
// net/http's own patterns refuse two templates of which neither is the more
// special one (/pulls/{pull_number}/comments and /pulls/comments/{comment_id});
// GitHub serves both. Here a literal segment wins over a parameter, from left
// to right.
package route

import (
	"net/url"
	"slices"
	"strings"
)

// Template is a parsed path template. A parameter is {name}; {name...} takes
// one segment or more, and what stands behind it still has to match.
type Template struct {
	text     string
	segments []string
}

// Parse reads a template. It does not fail: every text is some template.
func Parse(text string) Template {
	return Template{text: text, segments: strings.Split(strings.Trim(text, "/"), "/")}
}

// String returns the template's text.
func (t Template) String() string { return t.text }

// Match holds an escaped path (as [url.URL.EscapedPath] gives it) against the
// template and returns the parameters' values, unescaped.
func (t Template) Match(path string) (map[string]string, bool) {
	params := map[string]string{}
	return params, match(t.segments, strings.Split(strings.Trim(path, "/"), "/"), params)
}

func match(segments, path []string, params map[string]string) bool {
	if len(segments) == 0 {
		return len(path) == 0
	}
	if len(path) == 0 {
		return false
	}
	name, isParam := parameter(segments[0])
	if !isParam {
		return segments[0] == path[0] && match(segments[1:], path[1:], params)
	}
	longest := 1
	if rest, found := strings.CutSuffix(name, "..."); found {
		name, longest = rest, len(path)
	}
	for n := longest; n > 0; n-- {
		value, err := url.PathUnescape(strings.Join(path[:n], "/"))
		if err == nil && value != "" && match(segments[1:], path[n:], params) {
			params[name] = value
			return true
		}
	}
	return false
}

func parameter(segment string) (string, bool) {
	if strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}") {
		return segment[1 : len(segment)-1], true
	}
	return "", false
}

// Compare orders templates so that, of those which match one path, the one that
// GitHub means comes first.
func Compare(a, b Template) int {
	return slices.Compare(ranks(a), ranks(b))
}

// ranks gives each segment a key: literals first, then parameters, then those
// that span segments.
func ranks(t Template) []string {
	keys := make([]string, len(t.segments))
	for i, s := range t.segments {
		name, isParam := parameter(s)
		switch {
		case !isParam:
			keys[i] = "0" + s
		case strings.HasSuffix(name, "..."):
			keys[i] = "2"
			// A longer template says more behind the spanning parameter.
			if i < len(t.segments)-1 {
				keys[i] = "1~"
			}
		default:
			keys[i] = "1"
		}
	}
	return keys
}
