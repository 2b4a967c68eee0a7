package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

const (
	connectTimeout = 15 * time.Second
	migrateTimeout = 5 * time.Minute // another replica may be at it
	// migrationLock is the advisory lock that lets one replica migrate at a time.
	// The number means nothing beside being ours.
	migrationLock = 0x61757468_64696666
	// spareConnections are those beside one per worker: deliveries, River's own
	// work, upkeep.
	spareConnections = 8
)

// openPostgres opens a database that several replicas may work on.
func openPostgres(ctx context.Context, address string, workers int) (*database, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, errors.New("DATABASE_URL: it cannot be read: set it to postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	config.MaxConns = max(config.MaxConns, int32(workers+spareConnections))
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "authdiff"
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	driver := riverpgxv5.New(pool)
	d := &database{
		executor: driver.GetExecutor(), client: clients(driver), ping: pool.Ping,
		close:    func() error { pool.Close(); return nil },
		now:      "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
		moment:   "clock_timestamp()",
		numbered: true, shared: true,
	}
	reach, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if err := pool.Ping(reach); err != nil {
		pool.Close()
		at := config.ConnConfig
		return nil, fmt.Errorf("DATABASE_URL: the database at %s:%d cannot be reached: check that it runs and that the address, user and password are right: %w",
			at.Host, at.Port, oneLine(err))
	}
	if err := d.migratePostgres(ctx, pool, driver); err != nil {
		pool.Close()
		return nil, fmt.Errorf("DATABASE_URL: prepare the tables: %w", err)
	}
	return d, nil
}

// migratePostgres brings the tables up to date while no other replica does. The
// lock belongs to a connection: it goes when its process does.
func (d *database) migratePostgres(ctx context.Context, pool *pgxpool.Pool, driver *riverpgxv5.Driver) error {
	ctx, cancel := context.WithTimeout(ctx, migrateTimeout)
	defer cancel()
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	// Closed instead of given back: so the lock is gone in every case.
	defer func() { _ = conn.Hijack().Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return err
	}
	migrator, err := rivermigrate.New(driver, nil)
	if err != nil {
		return err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	return d.createTables(ctx)
}
