package relay

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// How long to wait before a channel is opened again, the first time and at most.
const (
	firstWait = time.Second
	maxWait   = 30 * time.Second
)

// silence is how long a channel may say nothing: smee.io sends a ping every half
// minute.
const silence = 2 * time.Minute

// CheckChannel says what is wrong with a channel's address. Deliveries travel
// through it, so plain http is for this machine only.
func CheckChannel(address string) error {
	u, err := url.Parse(address)
	if err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())) {
		return nil
	}
	return fmt.Errorf("%q is not the address of a channel: begin one at https://smee.io/new", address)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Follow brings every delivery of the channel to the server's address, until ctx
// ends. It opens the channel again when it breaks.
func Follow(ctx context.Context, channel, to string, log *slog.Logger) {
	wait := firstWait
	for ctx.Err() == nil {
		began := time.Now()
		err := listen(ctx, channel, func(message []byte) {
			d, err := unpack(message)
			if err != nil {
				log.Warn("the channel sent what is no delivery", "reason", err)
				return
			}
			status, answer, err := Post(ctx, to, d)
			log.Info("relayed a delivery", "event", d.Header.Get("X-GitHub-Event"), "delivery", d.Header.Get("X-GitHub-Delivery"),
				"status", status, "answer", answer, "error", err)
		})
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > maxWait {
			wait = firstWait
		}
		log.Warn("the channel broke, it is opened again", "wait", wait.String(), "error", err)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
		wait = min(2*wait, maxWait)
	}
}

// listen reads a stream of server-sent events, and hands on the data of each
// message. Named events, such as smee's "ready" and "ping", carry none.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
func listen(ctx context.Context, channel string, message func([]byte)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watchdog := time.AfterFunc(silence, cancel)
	defer watchdog.Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, channel, nil)
	if err != nil {
		return fmt.Errorf("open the channel: %w", err)
	}
	request.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("open the channel: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("open the channel: it answers %s", response.Status)
	}
	rows := bufio.NewScanner(response.Body)
	rows.Buffer(make([]byte, 0, 64<<10), maxDelivery)
	named, data := false, []byte(nil)
	for rows.Scan() {
		watchdog.Reset(silence)
		field, value, _ := bytes.Cut(rows.Bytes(), []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "event":
			named = string(value) != "message"
		case "data":
			data = append(append(data, value...), '\n')
		case "":
			if len(rows.Bytes()) > 0 { // a comment
				continue
			}
			if len(data) > 0 && !named {
				message(bytes.TrimSuffix(data, []byte("\n")))
			}
			named, data = false, nil
		}
		if len(data) > maxDelivery {
			return errors.New("the channel sent a message without end")
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the channel: %w", err)
	}
	return io.EOF
}
