package crash

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/testpg"
)

// The burst: deliveries of as many pull requests, sent by as many connections at
// a time as GitHub might open.
var burst = flag.Int("load.burst", 5000, "deliveries of a burst")

const (
	connections = 32
	// flat is how much the server's memory may grow from one burst to the next:
	// what was accepted is in the database and not in memory.
	flat = 64 << 20
)

// BenchmarkDeliveries measures how deliveries are accepted while the workers are
// busy with those before: acknowledgement time and deliveries per second, and
// that memory stays flat from one burst to the next.
func BenchmarkDeliveries(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { deliver(b, "STATE_DIR="+b.TempDir()) })
	b.Run("postgres", func(b *testing.B) {
		address := testpg.New(b)
		testpg.Durable(b, address) // as SQLite is: a commit is on the disk
		deliver(b, "DATABASE_URL="+address)
	})
}

func deliver(b *testing.B, database string) {
	w := newWorld(b, 1, 0)
	server := newServer(b, w.github, database, "LOG_LEVEL=error")
	if err := server.start(b.Context()); err != nil {
		b.Fatal(err)
	}
	var acknowledged []time.Duration
	var busy time.Duration
	var before, after float64
	for b.Loop() {
		// The first burst fills what is kept for ever; the second one is measured.
		for range 2 {
			before = after
			deliveries := burstOf(b, w)
			began := time.Now()
			acknowledged = send(b, w.github, server, deliveries)
			busy = time.Since(began)
			var err error
			if after, err = server.metric("process_resident_memory_bytes"); err != nil {
				b.Fatal(err)
			}
		}
	}
	slices.Sort(acknowledged)
	at := func(share float64) float64 {
		i := int(math.Ceil(share*float64(len(acknowledged)))) - 1
		return float64(acknowledged[i].Microseconds()) / 1000
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(at(.5), "p50-ms")
	b.ReportMetric(at(.99), "p99-ms")
	b.ReportMetric(float64(len(acknowledged))/busy.Seconds(), "deliveries/s")
	b.ReportMetric(after/(1<<20), "MB")
	b.ReportMetric((after-before)/(1<<20), "MB-growth")
	if after-before > flat {
		b.Errorf("memory grew by %.0f MB over a burst", (after-before)/(1<<20))
	}
}

// burstOf gives the events of as many pull requests, spread over the
// repositories. One of each repository is there to be reviewed; the others are
// gone when their jobs look, as the sandbox would take minutes to make them.
func burstOf(b *testing.B, w *world) []sandbox.Delivery {
	b.Helper()
	templates := make([]sandbox.Delivery, len(w.repositories))
	for n, r := range w.repositories {
		p, err := r.OpenPull(sandbox.PullSpec{Files: files(1, fmt.Sprint(time.Now().UnixNano()))})
		if err != nil {
			b.Fatal(err)
		}
		if templates[n], err = r.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: p.Number}); err != nil {
			b.Fatal(err)
		}
	}
	deliveries := slices.Clone(templates)
	for number := 1_000_000; len(deliveries) < *burst; number++ {
		deliveries = append(deliveries, renumbered(b, w.github, templates[number%len(templates)], number))
	}
	return deliveries
}

// renumbered is the same event of another pull request.
func renumbered(b *testing.B, github *sandbox.Server, d sandbox.Delivery, number int) sandbox.Delivery {
	b.Helper()
	var payload map[string]any
	if err := json.Unmarshal(d.Body, &payload); err != nil {
		b.Fatal(err)
	}
	payload["number"] = number
	payload["pull_request"].(map[string]any)["number"] = number
	body, err := json.Marshal(payload)
	if err != nil {
		b.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(github.WebhookSecret()))
	mac.Write(body)
	header := d.Header.Clone()
	header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	header.Set("X-GitHub-Delivery", uuid.NewString())
	return sandbox.Delivery{Header: header, Body: body}
}

// send delivers all and returns how long each took.
func send(b *testing.B, github *sandbox.Server, server *server, deliveries []sandbox.Delivery) []time.Duration {
	b.Helper()
	var mu sync.Mutex
	var took []time.Duration
	var group errgroup.Group
	group.SetLimit(connections)
	for _, d := range deliveries {
		group.Go(func() error {
			began := time.Now()
			status, answer, err := github.Deliver(b.Context(), server.hook(), d)
			mine := time.Since(began)
			if err != nil || status != http.StatusAccepted {
				return fmt.Errorf("the delivery got %d %s (%w)", status, answer, err)
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, mine)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		b.Fatal(err)
	}
	return took
}
