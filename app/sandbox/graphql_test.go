package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
)

// ask sends a query and returns data and errors.
func (b *bench) ask(token, query string, variables object) (data object, errors []any) {
	b.Helper()
	answer := b.send("POST", "/graphql", object{"query": query, "variables": variables}, token, 200).object()
	data, _ = answer["data"].(object)
	errors, _ = answer["errors"].([]any)
	return data, errors
}

func TestGraphQLBlobs(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{Limits: sandbox.Limits{BlobText: 10}})
	files := map[string]string{"long.ts": "0123456789abc", "binary.png": "a\x00b", "latin.ts": "caf\xe9", "short.ts": "short"}
	head, err := b.repo.Push("files", files)
	if err != nil {
		t.Fatal(err)
	}
	var query strings.Builder
	query.WriteString(`query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {`)
	for _, e := range b.do("GET", "/git/trees/"+head, nil, 200).object()["tree"].([]any) {
		fmt.Fprintf(&query, ` %s: object(oid: "%s") { ... on Blob { text isBinary isTruncated byteSize } }`,
			strings.Split(e.(object)["path"].(string), ".")[0], e.(object)["sha"])
	}
	query.WriteString(` none: object(oid: "` + strings.Repeat("0", 40) + `") { ... on Blob { text } } } }`)
	data, errors := b.ask(b.token, query.String(), object{"owner": "acme", "name": "shop"})
	if len(errors) != 0 {
		t.Fatal(errors)
	}
	repo := data["repository"].(object)
	if repo["none"] != nil {
		t.Errorf("an unknown id gives %v", repo["none"])
	}
	for name, want := range map[string]string{
		"long": "map[byteSize:13 isBinary:false isTruncated:true text:0123456789]", "binary": "map[byteSize:3 isBinary:true isTruncated:false text:<nil>]",
		"latin": "map[byteSize:4 isBinary:false isTruncated:false text:caf�]", "short": "map[byteSize:5 isBinary:false isTruncated:false text:short]",
	} {
		if got := fmt.Sprint(repo[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestGraphQLRefuses(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	const pull = `query { repository(owner: "acme", name: "shop") { pullRequest(number: %s) { %s } } }`
	blind := b.newToken(object{"permissions": object{"metadata": "read"}})
	for _, test := range []struct{ name, token, query, want string }{
		{"an unknown repository", b.token, `query { repository(owner: "acme", name: "none") { url } }`, "NOT_FOUND"},
		{"an unknown pull request", b.token, fmt.Sprintf(pull, "99", "url"), "NOT_FOUND"},
		{"a token without the permission", blind, fmt.Sprintf(pull, "1", "url"), "FORBIDDEN"},
		{"no page size", b.token, fmt.Sprintf(pull, "1", "commits { nodes { commit { oid } } }"), "MISSING_PAGINATION_BOUNDARIES"},
		{"a large page", b.token, fmt.Sprintf(pull, "1", "commits(first: 101) { totalCount }"), "EXCESSIVE_PAGINATION"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, errors := b.ask(test.token, test.query, nil)
			if len(errors) != 1 || errors[0].(object)["type"] != test.want {
				t.Errorf("got %v, want %s", errors, test.want)
			}
		})
	}
	b.send("POST", "/graphql", object{"query": "{viewer{login}}"}, "", 401)
}
