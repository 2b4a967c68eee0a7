package webhook

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
)

// Allow limits who may deliver, by address. The signature is what protects the
// App; this keeps others from making it compute any. It is safe for concurrent
// use.
type Allow struct {
	// Proxies are those whose X-Forwarded-For header is believed.
	Proxies []netip.Prefix

	ranges atomic.Pointer[[]netip.Prefix]
}

// Set replaces the addresses that may deliver.
func (a *Allow) Set(ranges []netip.Prefix) { a.ranges.Store(&ranges) }

// allows reports whether the sender of a request may deliver; known is false
// while no addresses were set.
func (a *Allow) allows(request *http.Request) (allowed, known bool) {
	ranges := a.ranges.Load()
	if ranges == nil {
		return false, false
	}
	sender, ok := a.sender(request)
	return ok && within(*ranges, sender), true
}

// sender is the nearest address that isn't one of our proxies.
func (a *Allow) sender(request *http.Request) (netip.Addr, bool) {
	peer, err := netip.ParseAddrPort(request.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	sender := peer.Addr().Unmap()
	forwarded := strings.Split(strings.Join(request.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(forwarded) {
		if !within(a.Proxies, sender) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			break
		}
		sender = next.Unmap()
	}
	return sender, true
}

func within(ranges []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(address) })
}
