package relay

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/google/uuid"
)

// Read reads a delivery that was saved: what GitHub's API tells of one (GET
// /app/hook/deliveries/ID), a message of a webhook proxy, or a payload alone.
// event names the event where the file doesn't, and wins where it does; "-" is
// standard input.
func Read(path, event string, stdin io.Reader) (Delivery, error) {
	in := stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return Delivery{}, err
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxDelivery+1))
	switch {
	case err != nil:
		return Delivery{}, fmt.Errorf("read %s: %w", path, err)
	case len(text) > maxDelivery:
		return Delivery{}, fmt.Errorf("%s is larger than any delivery of GitHub's", path)
	}
	d, err := parse(text)
	if err != nil {
		return Delivery{}, fmt.Errorf("%s holds no delivery: %w", path, err)
	}
	if event != "" {
		d.Header.Set("X-GitHub-Event", event)
	}
	if d.Header.Get("X-GitHub-Event") == "" {
		return Delivery{}, fmt.Errorf("%s names no event: say which with --event", path)
	}
	return d, nil
}

func parse(text []byte) (Delivery, error) {
	var saved struct {
		Request *struct {
			Headers map[string]json.RawMessage `json:"headers"`
			Payload json.RawMessage            `json:"payload"`
		} `json:"request"`
		Body json.RawMessage `json:"body"`
	}
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	if len(text) == 0 || text[0] != '{' || json.Unmarshal(text, &saved) != nil {
		return Delivery{}, errors.New("it is no JSON object")
	}
	switch {
	case saved.Request != nil && len(saved.Request.Payload) > 0:
		return Delivery{Header: headersOf(saved.Request.Headers), Body: saved.Request.Payload}, nil
	case len(saved.Body) > 0:
		if d, err := unpack(text); err == nil {
			return d, nil
		}
	}
	return Delivery{Header: headersOf(nil), Body: text}, nil
}

// Sign signs the delivery as GitHub would, and gives it an id of its own, so that
// it isn't taken for the one that it was saved from. A payload that was written
// anew, as GitHub's API does, has lost its first signature anyway.
func (d Delivery) Sign(secret []byte) Delivery {
	mac := hmac.New(sha256.New, secret)
	mac.Write(d.Body)
	header := d.Header.Clone()
	header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	header.Set("X-GitHub-Delivery", uuid.NewString())
	return Delivery{Header: header, Body: d.Body}
}
