package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	_ "modernc.org/sqlite" // the database/sql driver "sqlite", without cgo
)

// databaseFile is the database's name in the state directory.
const databaseFile = "authdiff.db"

// store is the one place that chooses the database.
type store struct {
	db     *sql.DB
	driver riverdriver.Driver[*sql.Tx]
}

func openStore(ctx context.Context, dir string) (*store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the state directory: %w", err)
	}
	path := filepath.Join(dir, databaseFile)
	db, err := sql.Open("sqlite", dataSource(path))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	// SQLite has one writer; a second connection could only be refused. River
	// asks for it too.
	db.SetMaxOpenConns(1)
	s := &store{db: db, driver: riversqlite.New(db)}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare %s: %w", path, err), db.Close())
	}
	return s, nil
}

// dataSource sets what each connection needs. FULL makes a commit survive a
// power cut: GitHub has been told "accepted" by then, and does not ask again.
func dataSource(path string) string {
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: url.Values{
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"},
		"_txlock": {"immediate"},
	}.Encode()}
	return u.String()
}

func (s *store) prepare(ctx context.Context) error {
	migrator, err := rivermigrate.New(s.driver, nil)
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	// One process uses the file, so what it finds running belongs to a process
	// that is gone. The attempt still counts: a job that kills its process must
	// come to an end.
	_, err = s.db.ExecContext(ctx,
		`UPDATE river_job SET state = 'available', max_attempts = max(max_attempts, attempt + 1) WHERE state = 'running'`)
	return err
}
