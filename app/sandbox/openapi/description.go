// Package openapi holds HTTP traffic and webhook payloads against what GitHub
// publishes: its OpenAPI description (npm package @octokit/openapi), its GraphQL
// schema (@octokit/graphql-schema) and its sample payloads
// (@octokit/webhooks-examples). It is test support.
//
// Without the packages a test that asks for [ForTest] is skipped, as checks/published
// says.
package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/authdiff/authdiff/app/sandbox/route"
	"github.com/authdiff/authdiff/checks/published"
)

// Description is GitHub's published API description. It is safe for concurrent
// use.
//
// GitHub's file has 13 MB and 800 paths. It is read once and kept as text; what
// an operation needs is cut out and compiled when it is first used.
type Description struct {
	templates  []route.Template // of every path, the most special first
	paths      map[string]json.RawMessage
	webhooks   map[string]json.RawMessage
	components map[string]map[string]json.RawMessage

	mu       sync.Mutex
	compiled map[string]*openapi3.PathItem
}

// corrections are slips of the description that contradict GitHub's answers and
// the rest of the description.
var corrections = []struct{ path, schema, wrong, right string }{
	// An account is a user or an enterprise, as the schema "installation" says;
	// this list demands that it be both.
	{path: "/app/installations", wrong: `"allOf"`, right: `"anyOf"`},
	// The App's events are a closed list in this payload, which lacks the event
	// that the payloads of other actions have.
	{schema: "webhook-check-suite-rerequested", wrong: `"merge_queue_entry"`, right: `"merge_queue_entry","merge_group"`},
}

// correct applies the corrections to paths and schemas. One that changes
// nothing is an error: the slip is gone, and so must be the correction.
func correct(paths, schemas map[string]json.RawMessage) error {
	for _, c := range corrections {
		section, name := paths, c.path
		if c.schema != "" {
			section, name = schemas, c.schema
		}
		fixed := bytes.ReplaceAll(section[name], []byte(c.wrong), []byte(c.right))
		if bytes.Equal(fixed, section[name]) {
			return fmt.Errorf("GitHub's API description no longer says %s at %s: take the correction out", c.wrong, name)
		}
		section[name] = fixed
	}
	return nil
}

// Load reads the description, once for the process. The error is
// published.ErrAbsent when the packages are not installed.
var Load = sync.OnceValues(func() (*Description, error) {
	text, err := published.Read("@octokit", "openapi", "generated", "api.github.com.json")
	if err != nil {
		return nil, err
	}
	var file struct {
		Paths      map[string]json.RawMessage            `json:"paths"`
		Webhooks   map[string]json.RawMessage            `json:"x-webhooks"`
		Components map[string]map[string]json.RawMessage `json:"components"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("read GitHub's API description: %w", err)
	}
	d := &Description{
		paths: map[string]json.RawMessage{}, webhooks: file.Webhooks, components: file.Components,
		compiled: map[string]*openapi3.PathItem{},
	}
	if err := correct(file.Paths, file.Components["schemas"]); err != nil {
		return nil, err
	}
	for path, item := range file.Paths {
		// A parameter that is part of a segment is an old spelling of another path.
		if strings.Contains(path, "}...{") {
			continue
		}
		text, err := d.spanning(path, item)
		if err != nil {
			return nil, err
		}
		template := route.Parse(text)
		d.templates = append(d.templates, template)
		d.paths[template.String()] = item
	}
	slices.SortFunc(d.templates, route.Compare)
	return d, nil
})

// ForTest returns the description, or ends the test as the package's comment
// says.
func ForTest(t testing.TB) *Description {
	t.Helper()
	d, err := Load()
	if err == nil {
		_, err = loadSchema()
	}
	published.Need(t, err)
	return d
}

var componentRef = regexp.MustCompile(`"\$ref":\s*"#/components/([A-Za-z0-9_-]+)/([^"]+)"`)

// spanning marks the path's parameters whose values may hold slashes: {ref}
// becomes {ref...}. GitHub says so at the parameter, which an operation may
// share with others.
func (d *Description) spanning(path string, item json.RawMessage) (string, error) {
	type parameter struct {
		Ref   string `json:"$ref"`
		Name  string `json:"name"`
		Spans bool   `json:"x-multi-segment"`
	}
	var operations map[string]struct {
		Parameters []parameter `json:"parameters"`
	}
	if err := json.Unmarshal(item, &operations); err != nil {
		return "", fmt.Errorf("read %s of GitHub's API description: %w", path, err)
	}
	for _, o := range operations {
		for _, p := range o.Parameters {
			if name, shared := strings.CutPrefix(p.Ref, "#/components/parameters/"); shared {
				if err := json.Unmarshal(d.components["parameters"][name], &p); err != nil {
					return "", fmt.Errorf("read the parameter %s of GitHub's API description: %w", name, err)
				}
			}
			if p.Spans {
				path = strings.ReplaceAll(path, "{"+p.Name+"}", "{"+p.Name+"...}")
			}
		}
	}
	return path, nil
}

// compile cuts the path item out of the description, with the components that
// it names, and resolves its references.
func (d *Description) compile(key string, item json.RawMessage) (*openapi3.PathItem, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known := d.compiled[key]; known != nil {
		return known, nil
	}
	needed := map[string]map[string]json.RawMessage{}
	d.collect(item, needed)
	text, err := json.Marshal(map[string]any{
		"openapi": "3.0.3", "info": map[string]string{"title": "GitHub", "version": "1"},
		"paths": map[string]any{"/": item}, "components": needed,
	})
	if err != nil {
		return nil, fmt.Errorf("cut %s out of GitHub's API description: %w", key, err)
	}
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("read %s of GitHub's API description: %w", key, err)
	}
	d.compiled[key] = document.Paths.Value("/")
	return d.compiled[key], nil
}

// collect adds the components that the text names, and those that they name.
func (d *Description) collect(text json.RawMessage, needed map[string]map[string]json.RawMessage) {
	for _, m := range componentRef.FindAllSubmatch(text, -1) {
		section, name := string(m[1]), string(m[2])
		if _, have := needed[section][name]; have {
			continue
		}
		if needed[section] == nil {
			needed[section] = map[string]json.RawMessage{}
		}
		needed[section][name] = d.components[section][name]
		d.collect(d.components[section][name], needed)
	}
}
