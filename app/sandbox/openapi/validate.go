package openapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/authdiff/authdiff/checks/published"
)

// Wrap returns what stands around a server: it holds every request and every
// answer against the description, those of GraphQL against GitHub's schema, and
// fails the test with method, path and reason. What GitHub serves elsewhere
// (archive downloads on another host) passes.
func (d *Description) Wrap(t testing.TB) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return d.Validate(next, func(err error) { t.Error(err) })
	}
}

// WrapIfPresent is Wrap for tests that are about something else: nil where the
// npm packages aren't installed, unless AUTHDIFF_CI asks for all of them.
func WrapIfPresent(t testing.TB) func(http.Handler) http.Handler {
	t.Helper()
	if _, err := loadSchema(); errors.Is(err, published.ErrAbsent) && os.Getenv("AUTHDIFF_CI") == "" {
		return nil
	}
	return ForTest(t).Wrap(t)
}

// intercepted marks answers that a test made up, such as half a body.
const intercepted = "X-Sandbox-Intercepted"

// Validate is the middleware itself; report may be called from several
// goroutines at once.
func (d *Description) Validate(next http.Handler, report func(error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			report(fmt.Errorf("%s %s: read the request: %w", r.Method, r.URL, err))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		for _, err := range d.check(r, body, recorder) {
			report(fmt.Errorf("%s %s (%d): %w", r.Method, r.URL, recorder.Code, err))
		}
		maps.Copy(w.Header(), recorder.Header())
		w.WriteHeader(recorder.Code)
		// A client that went away is its own business.
		_, _ = w.Write(recorder.Body.Bytes())
	})
}

// check holds one exchange against the description. A request that was refused
// as invalid may well be so: there only the answer counts.
func (d *Description) check(r *http.Request, body []byte, answer *httptest.ResponseRecorder) []error {
	if answer.Header().Get(intercepted) != "" {
		return nil
	}
	if strings.HasSuffix(r.URL.Path, "/graphql") {
		return checkGraphQL(body, answer)
	}
	input, err := d.input(r, body)
	switch {
	case err != nil:
		return []error{err}
	case input == nil:
		return nil
	}
	var problems []error
	if answer.Code < 400 {
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			problems = append(problems, fmt.Errorf("the request: %w", err))
		}
	}
	if err := checkAnswer(input, answer); err != nil {
		problems = append(problems, fmt.Errorf("the answer: %w", err))
	}
	return problems
}

// input finds the operation of a request; nil when it is not one of the REST
// API's.
func (d *Description) input(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/api/v3")
	if strings.HasPrefix(path, "/codeload/") || strings.HasSuffix(path, "/settings/apps/new") {
		return nil, nil // the site's, not the API's
	}
	if rest, byID := strings.CutPrefix(path, "/repositories/"); byID { // where old names lead to
		_, rest, _ = strings.Cut(rest, "/")
		path = "/repos/owner/name/" + rest
	}
	for _, template := range d.templates {
		params, matches := template.Match(path)
		if !matches {
			continue
		}
		item, err := d.compile(template.String(), d.paths[template.String()])
		if err != nil {
			return nil, err
		}
		operation := item.GetOperation(r.Method)
		if operation == nil {
			continue
		}
		request := r.Clone(context.Background())
		request.Body = io.NopCloser(bytes.NewReader(body))
		options := &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true, MultiError: true,
		}
		options.WithCustomSchemaErrorFunc(brief)
		return &openapi3filter.RequestValidationInput{
			Request: request, PathParams: params,
			Route: &routers.Route{
				Spec: &openapi3.T{OpenAPI: "3.0.3"}, Path: template.String(), PathItem: item, Method: r.Method, Operation: operation,
			},
			Options: options,
		}, nil
	}
	return nil, errors.New("GitHub's API has no such operation")
}

// brief names the place and the reason, and leaves schema and value out: they
// fill screens.
func brief(err *openapi3.SchemaError) string {
	return fmt.Sprintf("at /%s: %s", strings.Join(err.JSONPointer(), "/"), err.Reason)
}

func checkAnswer(input *openapi3filter.RequestValidationInput, answer *httptest.ResponseRecorder) error {
	described := input.Route.Operation.Responses.Status(answer.Code)
	if described == nil {
		return checkUndescribed(answer)
	}
	mediaType, _, err := mime.ParseMediaType(answer.Header().Get("Content-Type"))
	if err != nil && answer.Body.Len() > 0 {
		return fmt.Errorf("its content type %q cannot be read: %w", answer.Header().Get("Content-Type"), err)
	}
	// GitHub gives files, diffs and ids as they are to whom asks by its own
	// media types, which the description names in part only.
	if strings.HasPrefix(mediaType, "application/vnd.github.") {
		return nil
	}
	output := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(), Options: input.Options,
	}
	output.SetBodyBytes(answer.Body.Bytes())
	return openapi3filter.ValidateResponse(context.Background(), output)
}

// checkUndescribed holds an answer whose status the description leaves out to
// what GitHub's errors have in common.
func checkUndescribed(answer *httptest.ResponseRecorder) error {
	if answer.Code < 300 {
		return errors.New("the operation has no such status")
	}
	if answer.Code < 400 {
		return nil
	}
	var body struct {
		Message string `json:"message"`
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || body.Message == "" {
		return errors.New("an error needs a message")
	}
	return nil
}

// CheckWebhook holds a payload against the description of its event and action.
func (d *Description) CheckWebhook(event, action string, body []byte) error {
	name := event
	if action != "" {
		name += "-" + action
	}
	name = strings.ReplaceAll(name, "_", "-")
	item, known := d.webhooks[name]
	if !known {
		return fmt.Errorf("GitHub has no webhook %s", name)
	}
	path, err := d.compile("webhook "+name, item)
	if err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("read the payload of %s: %w", name, err)
	}
	schema := path.Post.RequestBody.Value.Content.Get("application/json").Schema.Value
	if err := schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.EnableFormatValidation(), openapi3.SetSchemaErrorMessageCustomizer(brief)); err != nil {
		return fmt.Errorf("the payload of %s: %w", name, err)
	}
	return nil
}

// Samples returns GitHub's published payloads of an event with the action.
func Samples(event, action string) ([]map[string]any, error) {
	text, err := published.Read("@octokit", "webhooks-examples", "api.github.com", "index.json")
	if err != nil {
		return nil, err
	}
	var events []struct {
		Name     string           `json:"name"`
		Examples []map[string]any `json:"examples"`
	}
	if err := json.Unmarshal(text, &events); err != nil {
		return nil, fmt.Errorf("read GitHub's sample payloads: %w", err)
	}
	var samples []map[string]any
	for _, e := range events {
		if e.Name != event {
			continue
		}
		for _, sample := range e.Examples {
			if have, _ := sample["action"].(string); have == action {
				samples = append(samples, sample)
			}
		}
	}
	return samples, nil
}

// Keys lists the paths of all object keys in a JSON value, such as
// "pull_request.head.sha", sorted. Elements of arrays count as one, named "[]".
func Keys(value any) []string {
	seen := map[string]bool{}
	collectKeys("", value, seen)
	return slices.Sorted(maps.Keys(seen))
}

func collectKeys(at string, value any, seen map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			seen[at+key] = true
			collectKeys(at+key+".", inner, seen)
		}
	case []any:
		for _, inner := range v {
			collectKeys(at+"[].", inner, seen)
		}
	}
}
