package hub

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/sandbox"
)

// A token that is revoked before its hour is over is replaced once, and the
// request goes on, its body included.
func TestARevokedTokenIsRenewed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Limits{}, map[string]string{"a.ts": "1\n"}, map[string]string{"a.ts": "2\n"})
	pull := w.pull(t)
	w.github.RevokeTokens()
	if _, err := w.repo.StartCheck(t.Context(), pull); err != nil {
		t.Errorf("after the token was revoked: %v", err)
	}
	if runs := w.onHub.CheckRuns(pull.HeadSHA); len(runs) != 1 {
		t.Errorf("%d check runs, want 1", len(runs))
	}
}

// Who is refused with a fresh token as well is told, and doesn't go on asking.
func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Limits{}, map[string]string{"a.ts": "1\n"}, map[string]string{"a.ts": "2\n"})
	var asked atomic.Int32
	w.github.Intercept(func(r *http.Request) *sandbox.Response {
		if strings.HasSuffix(r.URL.Path, "/access_tokens") {
			return nil
		}
		asked.Add(1)
		return sandbox.BadCredentials()
	})
	if _, err := w.repo.Pull(t.Context(), w.number, time.Time{}); err == nil {
		t.Error("no error")
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
}

// A check that was left unfinished on another commit is ended, and one that is
// complete keeps its verdict.
func TestEndLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Limits{}, map[string]string{"a.ts": "1\n"}, map[string]string{"a.ts": "2\n"})
	old := w.pull(t)
	if _, err := w.repo.StartCheck(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	if _, err := w.onHub.PushHead(int64(w.number), map[string]string{"a.ts": "3\n"}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to do
		if err := w.repo.EndLeft(t.Context(), w.pull(t), []string{old.HeadSHA}); err != nil {
			t.Fatal(err)
		}
	}
	if runs := w.onHub.CheckRuns(old.HeadSHA); len(runs) != 1 || runs[0].Conclusion != "cancelled" {
		t.Errorf("the left check is %+v", runs)
	}
	if n := w.requests(http.MethodPatch, "/check-runs/"); n != 1 {
		t.Errorf("%d updates, want 1", n)
	}
}

// GitHub names the addresses that it delivers from.
func TestHookRanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sandbox.Limits{}, map[string]string{"a.ts": "1\n"}, map[string]string{"a.ts": "2\n"})
	ranges, err := w.hub.HookRanges(t.Context())
	if err != nil || len(ranges) != 2 || ranges[0].String() != "127.0.0.1/32" {
		t.Errorf("got %v, %v", ranges, err)
	}
	w.fail(http.MethodGet, "/meta", &sandbox.Response{Status: http.StatusOK, Body: []byte(`{"hooks":[]}`)})
	if _, err := w.hub.HookRanges(t.Context()); err == nil {
		t.Error("no address at all is no error")
	}
}
