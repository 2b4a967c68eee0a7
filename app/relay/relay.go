// Package relay brings deliveries to a server that GitHub can't reach itself: as
// they come from a webhook proxy's channel, or from a file. It is for
// development; what it brings goes through the same door as GitHub's own
// deliveries, signature and all.
package relay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Delivery is one delivery on its way.
type Delivery struct {
	Header http.Header
	Body   []byte
}

const (
	postTimeout = 30 * time.Second
	maxAnswer   = 64 << 10
	// maxDelivery is what GitHub caps a payload at, with room for what a proxy or
	// a file has around it.
	maxDelivery = 40 << 20
)

// carried are the headers of a delivery that mean something to the server.
var carried = []string{
	"Content-Type", "User-Agent", "X-GitHub-Delivery", "X-GitHub-Event", "X-GitHub-Hook-ID",
	"X-GitHub-Hook-Installation-Target-ID", "X-GitHub-Hook-Installation-Target-Type",
	"X-GitHub-Enterprise-Host", "X-GitHub-Enterprise-Version", "X-Hub-Signature-256",
}

// Post delivers to the server's address, and returns its answer.
func Post(ctx context.Context, to string, d Delivery) (status int, answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, postTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(d.Body))
	if err != nil {
		return 0, "", fmt.Errorf("deliver to %s: %w", to, err)
	}
	request.Header = d.Header.Clone()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", fmt.Errorf("deliver: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return 0, "", fmt.Errorf("read the answer of %s: %w", to, err)
	}
	return response.StatusCode, strings.TrimSpace(string(text)), nil
}

// unpack reads a delivery as a webhook proxy tells of it: one object with the
// headers, in lower case, and the body beside them.
func unpack(message []byte) (Delivery, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(message, &fields); err != nil {
		return Delivery{}, errors.New("it is no JSON object")
	}
	if len(fields["body"]) == 0 {
		return Delivery{}, errors.New("it has no body")
	}
	d := Delivery{Header: headersOf(fields), Body: fields["body"]}
	var text string // some proxies keep the body as it came
	if json.Unmarshal(d.Body, &text) == nil {
		d.Body = []byte(text)
	}
	if d.Header.Get("X-GitHub-Event") == "" {
		return Delivery{}, errors.New("it names no event")
	}
	return d, nil
}

// headersOf takes the headers that are carried from an object of texts.
func headersOf(fields map[string]json.RawMessage) http.Header {
	header := http.Header{"Content-Type": {"application/json"}}
	for name, raw := range fields {
		for _, known := range carried {
			var value string
			if strings.EqualFold(name, known) && json.Unmarshal(raw, &value) == nil {
				header.Set(known, value)
			}
		}
	}
	return header
}
