//go:build linux

package testpg

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// startTimeout bounds the cluster's start; it takes a second or two.
const startTimeout = time.Minute

var (
	shared   = sync.OnceValues(start)
	stopOnce = func() {}
	count    atomic.Int64
)

// Main runs the tests and ends the cluster, when one was started.
func Main(m *testing.M) int {
	defer func() { stopOnce() }()
	return m.Run()
}

// New gives the address of a new, empty database.
func New(t testing.TB) string {
	t.Helper()
	if _, err := binary("initdb"); err != nil {
		if os.Getenv("AUTHDIFF_CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	port, err := shared()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	conn, err := pgx.Connect(t.Context(), address(port, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	name := fmt.Sprintf("test_%d", count.Add(1))
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return address(port, name)
}

// Durable lets the server that holds the database wait for the disk at each
// commit, as it does by default: for measurements.
func Durable(t testing.TB, address string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	for _, statement := range []string{"ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()"} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func address(port int, database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", port, database)
}

// binary finds one of PostgreSQL's programs. Debian keeps them out of PATH.
func binary(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			return real, nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed: no " + name + " in PATH or below /usr/lib/postgresql")
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}

// start makes a cluster and runs its server.
func start() (port int, err error) {
	dir, err := os.MkdirTemp("", "authdiff-postgres-")
	if err != nil {
		return 0, err
	}
	as, err := credential(dir)
	if err != nil {
		return 0, err
	}
	data := filepath.Join(dir, "data")
	if err := run(as, dir, "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"); err != nil {
		return 0, err
	}
	if port, err = freePort(); err != nil {
		return 0, err
	}
	if err := addLine(filepath.Join(data, "postgresql.conf"), "fsync = off"); err != nil {
		return 0, err
	}
	server, ended, err := serve(as, dir, data, port)
	if err != nil {
		return 0, err
	}
	stopOnce = sync.OnceFunc(func() {
		_ = server.Signal(syscall.SIGQUIT)
		<-ended
		_ = os.RemoveAll(dir)
	})
	return port, ready(port, ended)
}

// credential is the user to run as: PostgreSQL refuses root.
func credential(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, int(uid), int(gid))
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody")
}

func command(as *syscall.Credential, dir, name string, args ...string) (*exec.Cmd, error) {
	path, err := binary(name)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = dir
	// Quit ends the server at once when the tests are killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as, Pdeathsig: syscall.SIGQUIT}
	return cmd, nil
}

func run(as *syscall.Credential, dir, name string, args ...string) error {
	cmd, err := command(as, dir, name, args...)
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}

// serve runs the server without waiting for the disk, as only the programs under
// test are killed, never the machine. Its thread lives as long as the server does:
// the signal of Pdeathsig comes when the thread ends.
func serve(as *syscall.Credential, dir, data string, port int) (server *os.Process, ended chan struct{}, err error) {
	cmd, err := command(as, dir, "postgres", "-D", data, "-p", strconv.Itoa(port), "-k", dir,
		"-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200")
	if err != nil {
		return nil, nil, err
	}
	started, ended := make(chan error, 1), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer close(ended)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, nil, err
	}
	return cmd.Process, ended, nil
}

func addLine(path, line string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, line)
	return errors.Join(err, f.Close())
}

// ready waits until the server answers.
func ready(port int, ended <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		conn, err := pgx.Connect(ctx, address(port, "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ended:
			return errors.New("the server ended")
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
