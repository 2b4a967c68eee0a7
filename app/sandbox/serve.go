package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/authdiff/authdiff/app/sandbox/gitdb"
	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// InterceptedHeader marks an answer that a test put in place of the sandbox's
// own: it needn't be one of GitHub's.
const InterceptedHeader = "X-Sandbox-Intercepted"

// maxRequest bounds a request's body in bytes; GitHub takes blobs of up to 100
// MB, and nothing that is served here comes near.
const maxRequest = 25 << 20

const documentation = "https://docs.github.com/rest"

// apiError is an answer that says no. It is the JSON body, too.
type apiError struct {
	status           int
	Message          string `json:"message"`
	Errors           any    `json:"errors,omitempty"`
	DocumentationURL string `json:"documentation_url"`
	Status           string `json:"status"`
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.status, e.Message) }

// Intercept sets a function that sees every request first. What it returns is
// the answer; nil lets the sandbox answer. It may block, on a channel and on
// the request's context, to delay an answer. nil takes the function away.
func (s *Server) Intercept(f func(*http.Request) *Response) {
	if f == nil {
		s.intercept.Store(nil)
		return
	}
	s.intercept.Store(&f)
}

// call is one request on its way to an answer.
type call struct {
	server  *Server
	request *http.Request
	route   *operation
	params  map[string]string
	body    []byte
	who     caller
	repo    *Repository
	header  http.Header // of the answer
	status  int         // of the answer when all goes well
}

// raw is an answer that is no JSON.
type raw struct {
	mediaType string
	data      []byte
}

// serve answers one request: read, intercept, match, answer, log.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		http.Error(w, `{"message":"Request body too large"}`, http.StatusRequestEntityTooLarge)
		return
	}
	c := &call{server: s, request: r, body: body, header: http.Header{}, status: http.StatusOK}
	c.match()
	response := s.intercepted(r, body)
	var cut cut
	if response != nil {
		cut = response.cut
		w.Header().Set(InterceptedHeader, "true")
	}
	if response == nil || response.carryOut {
		s.mu.Lock()
		response = c.answer()
		s.mu.Unlock()
	}
	c.log(response.Status)
	if cut == cutAll {
		panic(http.ErrAbortHandler) // ends the connection, and is no panic to the server
	}
	for name, values := range response.Header {
		w.Header()[name] = values
	}
	w.Header().Set("X-Github-Request-Id", strings.ToUpper(uuid.NewString()[:23]))
	if w.Header().Get("Content-Type") == "" && len(response.Body) > 0 {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	if cut == cutHalf {
		w.Header().Set("Content-Length", strconv.Itoa(len(response.Body)))
		response.Body = response.Body[:len(response.Body)/2]
	}
	w.WriteHeader(response.Status)
	// A client that went away is its own business.
	_, _ = w.Write(response.Body)
}

func (s *Server) intercepted(r *http.Request, body []byte) *Response {
	f := s.intercept.Load()
	if f == nil {
		return nil
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return (*f)(r)
}

func (c *call) log(status int) {
	entry := Request{
		Method: c.request.Method, Path: c.request.URL.Path, Query: c.request.URL.RawQuery,
		Header: c.request.Header.Clone(), Body: c.body, Status: status,
	}
	if c.route != nil {
		entry.Route = c.route.template.String()
	}
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.requests = append(c.server.requests, entry)
	c.server.touch()
}

// match finds the route. The API stands at the root, and below /api as on
// GitHub Enterprise Server: /api/v3 and /api/graphql.
func (c *call) match() {
	path := strings.TrimPrefix(c.request.URL.EscapedPath(), "/api/v3")
	if path == "/api/graphql" {
		path = "/graphql"
	}
	path = c.server.byID(path)
	for i := range operations {
		if operations[i].method != c.request.Method {
			continue
		}
		if params, ok := operations[i].template.Match(path); ok {
			c.route, c.params = &operations[i], params
			return
		}
	}
}

// answer runs the route's handler and writes what it returns. The caller holds
// the lock.
func (c *call) answer() *Response {
	if _, named := c.params["owner"]; named && c.server.repository(c.params["owner"], c.params["repo"]) == nil {
		if to := c.server.byOldName(c.params["owner"], c.params["repo"]); to != nil {
			return c.redirect(to)
		}
	}
	value, err := c.handle()
	var refusal *apiError
	switch {
	case err == nil:
	case errors.As(err, &refusal):
		e := *refusal
		c.status, e.Status, e.DocumentationURL = e.status, strconv.Itoa(e.status), documentation
		value = &e
	case errors.Is(err, gitdb.ErrNotFound):
		c.status = http.StatusNotFound
		value = &apiError{Message: "Not Found", Status: "404", DocumentationURL: documentation}
	default:
		c.status = http.StatusInternalServerError
		value = &apiError{Message: "The sandbox failed: " + err.Error(), Status: "500", DocumentationURL: documentation}
	}
	response := c.write(value)
	c.limitHeaders()
	return response
}

func (c *call) handle() (any, error) {
	who, err := c.server.identify(c.request)
	if err != nil {
		return nil, err
	}
	c.who = who
	if c.route == nil {
		return nil, errNotFound
	}
	if owner, named := c.params["owner"]; named {
		c.repo = c.server.repository(owner, c.params["repo"])
	}
	if err := c.allow(); err != nil {
		return nil, err
	}
	if c.repo != nil && c.repo.archived && c.request.Method != http.MethodGet {
		return nil, errArchived
	}
	return c.route.handle(c)
}

func (c *call) limitHeaders() {
	limit, used := 60, 1
	if c.who.token != nil {
		limit, used = hourlyLimit, c.who.token.used
	}
	c.header.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	c.header.Set("X-RateLimit-Used", strconv.Itoa(used))
	c.header.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, limit-used)))
	c.header.Set("X-RateLimit-Reset", strconv.FormatInt(c.server.now().Add(time.Hour).Unix(), 10))
	if c.header.Get("X-RateLimit-Resource") == "" {
		c.header.Set("X-RateLimit-Resource", "core")
	}
	c.header.Set("X-GitHub-Media-Type", "github.v3; format=json")
}

// write turns a handler's value into the answer. A reading whose ETag the
// client has is answered by 304 and costs it nothing.
func (c *call) write(value any) *Response {
	response := &Response{Status: c.status, Header: c.header}
	switch v := value.(type) {
	case nil:
		return response
	case raw:
		response.Body = v.data
		c.header.Set("Content-Type", v.mediaType)
	default:
		body, err := json.Marshal(v)
		if err != nil {
			return &Response{Status: http.StatusInternalServerError, Body: []byte(`{"message":"The sandbox cannot write its answer"}`)}
		}
		response.Body = body
	}
	if c.request.Method != http.MethodGet || c.status != http.StatusOK {
		return response
	}
	tag := fmt.Sprintf(`W/"%x"`, sha256.Sum256(response.Body))
	c.header.Set("ETag", tag)
	if c.request.Header.Get("If-None-Match") == tag {
		if c.who.token != nil {
			c.who.token.used--
		}
		c.header.Del("Content-Type")
		return &Response{Status: http.StatusNotModified, Header: c.header}
	}
	return response
}

// decode reads the request's JSON body. What is no JSON is refused with 400,
// what has the wrong types with 422.
// https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
func (c *call) decode(into any) error {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return nil
	}
	err := json.Unmarshal(c.body, into)
	var mismatch *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &mismatch):
		return invalidRequest("%s is not of type %s.", mismatch.Field, mismatch.Type)
	}
	return &apiError{status: http.StatusBadRequest, Message: "Problems parsing JSON"}
}

// invalidRequest is the refusal of a body that breaks the endpoint's schema.
func invalidRequest(format string, args ...any) error {
	return &apiError{
		status:  http.StatusUnprocessableEntity,
		Message: "Invalid request.\n\n" + fmt.Sprintf(format, args...),
	}
}

// invalidField is the refusal of one field's value.
func invalidField(resource, field, message string) error {
	return &apiError{
		status: http.StatusUnprocessableEntity, Message: "Validation Failed",
		Errors: []shape.Object{{"resource": resource, "field": field, "code": "invalid", "message": message}},
	}
}

// number reads a path parameter that is an id.
func (c *call) number(name string) (int64, error) {
	n, err := strconv.ParseInt(c.params[name], 10, 64)
	if err != nil {
		return 0, errNotFound
	}
	return n, nil
}

// accepts says whether the client asks for one of GitHub's own media types,
// such as "raw" or "diff".
func (c *call) accepts(kind string) bool {
	accept := c.request.Header.Get("Accept")
	return strings.Contains(accept, "application/vnd.github."+kind) || strings.Contains(accept, "application/vnd.github.v3."+kind)
}

// paginate cuts the page that the request asks for out of a list, and sets the
// Link header as GitHub does.
func paginate[T any](c *call, list []T) []T {
	query := c.request.URL.Query()
	size, err := strconv.Atoi(query.Get("per_page"))
	if err != nil || size < 1 {
		size = 30
	}
	size = min(size, c.server.limits.PerPage)
	page, err := strconv.Atoi(query.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	last := max(1, (len(list)+size-1)/size)
	var links []string
	link := func(to int, relation string) {
		query.Set("page", strconv.Itoa(to))
		links = append(links, fmt.Sprintf(`<%s%s?%s>; rel="%s"`, c.server.site.API, c.request.URL.EscapedPath(), query.Encode(), relation))
	}
	if page > 1 {
		link(page-1, "prev")
	}
	if page < last {
		link(page+1, "next")
		link(last, "last")
	}
	if page > 1 {
		link(1, "first")
	}
	if len(links) > 0 {
		c.header.Set("Link", strings.Join(links, ", "))
	}
	if page > last {
		return []T{}
	}
	start := (page - 1) * size
	return append([]T{}, list[start:min(len(list), start+size)]...)
}
