package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
)

// database is what differs between SQLite and PostgreSQL; everything else of
// the queue is the same code. Its statements go through River's own executor,
// so that they share a transaction with River's.
type database struct {
	executor riverdriver.Executor
	client   func(*river.Config) (client, error)
	ping     func(context.Context) error
	close    func() error

	// now is the database's clock in SQL, in milliseconds: replicas needn't agree
	// on the time.
	now string
	// moment is the same as the type that River's columns have.
	moment string
	// numbered says that placeholders are $1, $2 instead of ?.
	numbered bool
	// shared says that other processes may work on the same database. What is
	// found running in a database that isn't belongs to a process that is gone.
	shared bool
}

// client is River's, whatever its transactions are made of.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	insert(ctx context.Context, tx riverdriver.ExecutorTx, args river.JobArgs, opts *river.InsertOpts) (int64, error)
}

type typedClient[Tx any] struct {
	*river.Client[Tx]
	driver riverdriver.Driver[Tx]
}

// clients makes the client of a database from its driver.
func clients[Tx any](driver riverdriver.Driver[Tx]) func(*river.Config) (client, error) {
	return func(config *river.Config) (client, error) {
		c, err := river.NewClient(driver, config)
		return &typedClient[Tx]{c, driver}, err
	}
}

func (c *typedClient[Tx]) insert(ctx context.Context, tx riverdriver.ExecutorTx, args river.JobArgs, opts *river.InsertOpts) (int64, error) {
	result, err := c.InsertTx(ctx, c.driver.UnwrapTx(tx), args, opts)
	if err != nil {
		return 0, err
	}
	return result.Job.ID, nil
}

// inTx runs f in a transaction, which is committed when f returns nil.
func (d *database) inTx(ctx context.Context, f func(riverdriver.ExecutorTx) error) error {
	tx, err := d.executor.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // without effect after the commit
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// row runs a statement that gives one row at most. In it, ? stands for an
// argument, NOW for the database's clock, MOMENT for the same in River's type.
func (d *database) row(ctx context.Context, on riverdriver.Executor, statement string, args ...any) riverdriver.Row {
	return on.QueryRow(ctx, d.dialect(statement), args...)
}

// found is row for statements of which only the existence of a row counts, and
// the number in it.
func (d *database) found(ctx context.Context, on riverdriver.Executor, statement string, args ...any) (n int64, ok bool, err error) {
	err = d.row(ctx, on, statement, args...).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return n, err == nil, err
}

func (d *database) exec(ctx context.Context, on riverdriver.Executor, statement string, args ...any) error {
	return on.Exec(ctx, d.dialect(statement), args...)
}

func (d *database) dialect(statement string) string {
	statement = strings.NewReplacer("NOW", d.now, "MOMENT", d.moment).Replace(statement)
	if !d.numbered {
		return statement
	}
	var b strings.Builder
	for n, part := range strings.Split(statement, "?") {
		if n > 0 {
			fmt.Fprintf(&b, "$%d", n)
		}
		b.WriteString(part)
	}
	return b.String()
}

// tables are the queue's own, beside River's. Times are milliseconds of the
// database's clock; 0 stands for no job, no holder, no time.
var tables = []string{
	// What GitHub delivered, for as long as it may deliver it again.
	`CREATE TABLE IF NOT EXISTS authdiff_delivery (
		id TEXT PRIMARY KEY,
		received BIGINT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS authdiff_delivery_received ON authdiff_delivery (received)`,

	// What jobs are about, while there are any: the job that hasn't begun and
	// takes up further events, the newest job, who has the turn until when, and
	// the commits whose check an attempt may have left unfinished.
	`CREATE TABLE IF NOT EXISTS authdiff_subject (
		name TEXT PRIMARY KEY,
		waiting BIGINT NOT NULL,
		latest BIGINT NOT NULL,
		running BIGINT NOT NULL,
		holder BIGINT NOT NULL,
		until BIGINT NOT NULL,
		heads TEXT NOT NULL)`,

	// The jobs that haven't ended, and which of an installation's may run now.
	`CREATE TABLE IF NOT EXISTS authdiff_job (
		job BIGINT PRIMARY KEY,
		installation BIGINT NOT NULL,
		priority BIGINT NOT NULL,
		state TEXT NOT NULL,
		since BIGINT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS authdiff_subject_running ON authdiff_subject (running)`,
	`CREATE INDEX IF NOT EXISTS authdiff_job_share ON authdiff_job (installation, state, priority, job)`,

	// How far sweeps have come.
	`CREATE TABLE IF NOT EXISTS authdiff_sweep (
		name TEXT PRIMARY KEY,
		place TEXT NOT NULL)`,
}

// createTables makes the queue's own tables where they are missing.
func (d *database) createTables(ctx context.Context) error {
	for _, statement := range tables {
		if err := d.exec(ctx, d.executor, statement); err != nil {
			return err
		}
	}
	return nil
}
