package job

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/authdiff/authdiff/app/testpg"
)

// A job that can't be kept isn't accepted, so that GitHub counts the delivery as
// failed; once the database works again, the same delivery is accepted.
func TestWhatCannotBeKeptIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, spoil, want, mend string }{
		{"disk full", `PRAGMA max_page_count = 1`, "full", `PRAGMA max_page_count = 1000000`},
		{"read-only", `PRAGMA query_only = 1`, "readonly", `PRAGMA query_only = 0`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := open(t, where{Dir: t.TempDir()}, reviewer{})
			defer stop(t, q)
			statement(t, q, tt.spoil)
			var err error
			for i := 0; err == nil && i < 1000; i++ { // until the pages that are there are full
				a := sample()
				a.Number, a.Delivery = i+1, strings.Repeat("d", i+1)
				_, err = q.Enqueue(t.Context(), a)
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error that says %q", err, tt.want)
			}
			statement(t, q, tt.mend)
			a := sample()
			a.Number, a.Delivery = 5000, "again"
			if got := enqueue(t, q, a); got != Queued {
				t.Errorf("afterwards the delivery is %s", got)
			}
		})
	}
}

// A database that is stuck is told before GitHub stops waiting.
func TestALockedDatabaseIsToldInTime(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		q := open(t, at, reviewer{})
		defer stop(t, q)
		tx, err := q.db.executor.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := q.db.exec(t.Context(), tx,
			`INSERT INTO authdiff_delivery (id, received) VALUES (?, NOW)`, sample().Delivery); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), enqueueTimeout/40)
		defer cancel()
		if _, err := q.Enqueue(ctx, sample()); err == nil {
			t.Error("accepted")
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := enqueue(t, q, sample()); got != Queued {
			t.Errorf("afterwards the delivery is %s", got)
		}
	})
}

func TestPostgresThatGoesAway(t *testing.T) {
	t.Parallel()
	at := where{DatabaseURL: testpg.New(t)}
	q := open(t, at, reviewer{})
	defer stop(t, q)
	admin, err := pgx.Connect(t.Context(), testpg.New(t))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.WithoutCancel(t.Context()))
	about, err := pgx.ParseConfig(at.DatabaseURL)
	if err != nil {
		t.Fatal(err)
	}
	name := about.Database
	allow := func(allowed string) {
		t.Helper()
		if _, err := admin.Exec(t.Context(), "ALTER DATABASE "+name+" ALLOW_CONNECTIONS "+allowed); err != nil {
			t.Fatal(err)
		}
		if _, err := admin.Exec(t.Context(),
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name); err != nil {
			t.Fatal(err)
		}
	}
	allow("false")
	if _, err := q.Enqueue(t.Context(), sample()); err == nil {
		t.Error("accepted without a database")
	}
	q.running.Store(true)
	if q.Ready(t.Context()) == nil {
		t.Error("ready without a database")
	}
	allow("true")
	if got := enqueue(t, q, sample()); got != Queued {
		t.Errorf("afterwards the delivery is %s", got)
	}
}
