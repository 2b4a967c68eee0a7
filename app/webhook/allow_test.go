package webhook

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/labstack/echo/v4"
	"log/slog"
)

func TestAllow(t *testing.T) {
	t.Parallel()
	github := []netip.Prefix{netip.MustParsePrefix("192.30.252.0/22"), netip.MustParsePrefix("2a0a:a440::/29")}
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	tests := []struct {
		name, peer, forwarded string
		want                  int
	}{
		{"GitHub", "192.30.252.7:443", "", 202},
		{"GitHub over IPv6", "[2a0a:a440::1]:443", "", 202},
		{"GitHub, as mapped", "[::ffff:192.30.252.7]:443", "", 202},
		{"somebody", "203.0.113.5:443", "", 403},
		{"somebody who says to be GitHub", "203.0.113.5:443", "192.30.252.7", 403},
		{"GitHub behind a proxy", "10.1.2.3:80", "192.30.252.7", 202},
		{"GitHub behind two", "10.1.2.3:80", "192.30.252.7, 10.9.9.9", 202},
		{"somebody behind a proxy", "10.1.2.3:80", "203.0.113.5", 403},
		{"somebody behind a proxy who says to be GitHub", "10.1.2.3:80", "192.30.252.7, 203.0.113.5", 403},
		{"a proxy that says nothing", "10.1.2.3:80", "", 403},
		{"a proxy that says nonsense", "10.1.2.3:80", "unknown", 403},
	}
	for _, tt := range tests {
		allow := &Allow{Proxies: proxies}
		if got := deliverFrom(allow, tt.peer, tt.forwarded); got != http.StatusServiceUnavailable {
			t.Errorf("%s: %d before GitHub's addresses are known, want 503", tt.name, got)
		}
		allow.Set(github)
		if got := deliverFrom(allow, tt.peer, tt.forwarded); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func deliverFrom(allow *Allow, peer, forwarded string) int {
	receiver := &Receiver{Secrets: [][]byte{[]byte(testSecret)}, Queue: &list{}, Log: slog.New(slog.DiscardHandler), Allow: allow}
	e := echo.New()
	e.POST(Path, receiver.Receive)
	r := delivery(payload())
	r.RemoteAddr = peer
	if forwarded != "" {
		r.Header.Set("X-Forwarded-For", forwarded)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w.Code
}
