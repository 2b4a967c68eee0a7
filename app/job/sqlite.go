package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// databaseFile is the database's name in the state directory.
const databaseFile = "authdiff.db"

// openSQLite opens the embedded database, which one process at a time works on.
func openSQLite(ctx context.Context, dir string) (*database, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("STATE_DIR: make the state directory: %w", err)
	}
	path := filepath.Join(dir, databaseFile)
	pool, err := sql.Open("sqlite", dataSource(path))
	if err != nil {
		return nil, fmt.Errorf("STATE_DIR: open %s: %w", path, err)
	}
	// SQLite has one writer; a second connection could only be refused. River
	// asks for it too.
	pool.SetMaxOpenConns(1)
	driver := riversqlite.New(pool)
	d := &database{
		executor: driver.GetExecutor(), client: clients(driver), ping: pool.PingContext, close: pool.Close,
		now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)", moment: "datetime('now', 'subsec')",
	}
	migrator, err := rivermigrate.New(driver, nil)
	if err == nil {
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err == nil {
		err = errors.Join(d.createTables(ctx), d.takeBack(ctx))
	}
	if err != nil {
		return nil, errors.Join(refusedFile(path, err), pool.Close())
	}
	return d, nil
}

// refusedFile says what can be done about a file that SQLite can't work with.
func refusedFile(path string, err error) error {
	var coded *sqlite.Error
	if errors.As(err, &coded) && coded.Code()&0xff == sqlite3.SQLITE_BUSY {
		return fmt.Errorf("STATE_DIR: %s is in use by another process: stop that, or set DATABASE_URL=postgres://… for several replicas", path)
	}
	return fmt.Errorf("STATE_DIR: prepare %s: %w", path, err)
}

// dataSource sets what each connection needs. EXCLUSIVE keeps a second process
// out for as long as this one lives, and not longer. FULL makes a commit survive
// a power cut: GitHub has been told "accepted" by then, and does not ask again.
func dataSource(path string) string {
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: url.Values{
		"_pragma": {"busy_timeout(5000)", "locking_mode(EXCLUSIVE)", "journal_mode(WAL)", "synchronous(FULL)"},
		"_txlock": {"immediate"},
	}.Encode()}
	return u.String()
}

// takeBack frees what the process before this one held. The attempts still
// count: a job that kills its process must come to an end.
func (d *database) takeBack(ctx context.Context) error {
	for _, statement := range []string{
		`UPDATE river_job SET state = 'available' WHERE state = 'running'`,
		`UPDATE authdiff_subject SET holder = 0, running = 0, until = 0`,
		`DELETE FROM river_leader`,
	} {
		if err := d.exec(ctx, d.executor, statement); err != nil {
			return err
		}
	}
	return nil
}
