package audit

import (
	"fmt"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
)

// Worse returns of an audit the endpoints that are worse than in an earlier one:
// those that are open or unknown now and weren't, or did less, and those that
// lost all guards of a layer. An endpoint is known again by its kind and name,
// in whichever file it stands.
func Worse(before, now *Audit) *Audit {
	old := map[endpoint.Ref]*Endpoint{}
	for i := range before.Endpoints {
		e := &before.Endpoints[i]
		old[e.Ref] = e
		if ref := (endpoint.Ref{Kind: e.Kind, Name: e.Name}); old[ref] == nil {
			old[ref] = e
		}
	}
	out := &Audit{NotAnalysed: now.NotAnalysed}
	for _, e := range now.Endpoints {
		was := old[e.Ref]
		if was == nil {
			was = old[endpoint.Ref{Kind: e.Kind, Name: e.Name}]
		}
		if e.worse(was) {
			out.Endpoints = append(out.Endpoints, e)
		}
	}
	return out
}

// worse compares an endpoint with what it was, nil for a new one, and says in its
// reason what it lost.
func (e *Endpoint) worse(was *Endpoint) bool {
	if was == nil {
		return e.Severity() != ""
	}
	for _, l := range protect.Layers {
		if len(was.Protection[l]) > 0 && len(e.Protection[l]) == 0 && e.Verdict != Public {
			e.Lost = append(e.Lost, l)
			e.Reason = fmt.Sprintf("it lost its %s: %s; %s", l, was.Protection[l][0].What, e.Reason)
		}
	}
	return len(e.Lost) > 0 || e.Severity().Rank() > was.Severity().Rank()
}
