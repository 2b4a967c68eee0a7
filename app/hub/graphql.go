package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// graphError is one of the errors that GitHub answers to a query, with status
// 200.
type graphError struct {
	Type    string `json:"type"`
	Path    []any  `json:"path"`
	Message string `json:"message"`
}

// graphErrors are all of one answer.
type graphErrors []graphError

// Error implements error.
func (e graphErrors) Error() string {
	texts := make([]string, len(e))
	for i, one := range e {
		texts[i] = one.Message
	}
	return strings.Join(texts, "; ")
}

// has reports whether one is of the type.
func (e graphErrors) has(kind string) bool {
	for _, one := range e {
		if one.Type == kind {
			return true
		}
	}
	return false
}

// optional is the name in a query of what may be missing: it is null then.
const optional = "shared"

// needed are the errors that aren't about what is optional.
func (e graphErrors) needed() graphErrors {
	return slices.DeleteFunc(slices.Clone(e), func(one graphError) bool {
		return one.Type == "NOT_FOUND" && len(one.Path) > 0 && one.Path[0] == optional
	})
}

// ask sends a query and reads the answer's data into data. An answer with
// errors is an error, also when it has some data.
func (r *Repository) ask(ctx context.Context, doing, query string, variables map[string]any, data any) error {
	body := map[string]any{"query": query, "variables": variables}
	request, err := r.client.NewRequest(http.MethodPost, r.hub.graphQL.String(), body)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	answer := struct {
		Data   any         `json:"data"`
		Errors graphErrors `json:"errors"`
	}{Data: data}
	response, err := r.client.Do(ctx, request, &answer)
	switch {
	case err != nil:
		return r.hub.failure(doing, err)
	case len(answer.Errors.needed()) > 0:
		return answer.Errors.needed().failure(doing, response.Response, r.hub.now())
	}
	return nil
}

// failure gives the errors their meaning, as failure in errors.go does with
// those of the REST API.
// https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#exceeding-the-rate-limit
func (e graphErrors) failure(doing string, response *http.Response, now time.Time) error {
	switch {
	case e.has("RATE_LIMITED"):
		until := now.Add(limitWait)
		if reset, err := strconv.ParseInt(response.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil {
			until = time.Unix(reset, 0)
		}
		return &LimitError{Doing: doing, Until: until, Cause: e}
	case e.has("NOT_FOUND"):
		return &RefusedError{Doing: doing, Status: http.StatusNotFound, Cause: e, gone: true}
	case e.has("FORBIDDEN"):
		return &RefusedError{Doing: doing, Status: http.StatusForbidden, Cause: e}
	}
	return &OutageError{Doing: doing, Until: now.Add(outageWait), Cause: e}
}

// waits reports whether GitHub asks to come back later, so that nothing else
// should be asked for meanwhile. An outage may be that of one query.
func waits(err error) bool {
	var limit *LimitError
	return errors.As(err, &limit)
}
