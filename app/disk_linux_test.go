package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/webhook"
	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/compare"
)

// onSmallDisk names the environment variable of the process that has a disk of
// its own.
const onSmallDisk = "AUTHDIFF_TEST_SMALL_DISK"

// A disk that is really full: deliveries are refused, so that GitHub counts them
// as failed. Once there is space again they are accepted, and what was accepted
// before is not lost. The test runs itself again where it may mount a small disk.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if os.Getenv(onSmallDisk) != "" {
		fillDisk(t)
		return
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	command.Env = append(os.Environ(), onSmallDisk+"=1")
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := command.CombinedOutput()
	var ended *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &ended):
		t.Skipf("a process may not have a disk of its own here: %v", err)
	case err != nil:
		t.Errorf("%v:\n%s", err, out)
	}
	t.Logf("%s", out)
}

func fillDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("no disk can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	s := newStageOn(t, sandbox.Options{})
	s.settings.StateDir = filepath.Join(disk, "state")
	begun, release := make(chan struct{}, 100), make(chan struct{})
	s.runWith(t, context.WithoutCancel(t.Context()), slog.New(slog.DiscardHandler),
		options{analyse: func(ctx context.Context, in checks.Input) (*compare.Result, error) {
			begun <- struct{}{}
			<-release
			return byText(ctx, in)
		}})
	var accepted []string
	for range 3 { // whose jobs are at work when the disk fills up
		d, sha := s.another(t)
		s.redeliver(t, d)
		accepted = append(accepted, sha)
		<-begun
	}
	full := filepath.Join(disk, "full")
	if err := os.WriteFile(full, make([]byte, 8<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk isn't full: %v", err)
	}
	refused, last := s.until(t, http.StatusServiceUnavailable, &accepted)
	close(release) // the jobs end while nothing can be kept of it
	if err := os.Remove(full); err != nil {
		t.Fatal(err)
	}
	s.redeliver(t, refused)
	for _, sha := range append(accepted, last) {
		s.completed(t, sha)
		s.only(t, sha, "failure")
	}
}

// another opens a pull request, and tells of it.
func (s *stage) another(t *testing.T) (d sandbox.Delivery, sha string) {
	t.Helper()
	_, head := sample(t)
	head["more.ts"] = fmt.Sprintf("export const more = %d\n", time.Now().UnixNano()) // no two have one head
	p, err := s.repo.OpenPull(sandbox.PullSpec{Files: head})
	if err != nil {
		t.Fatal(err)
	}
	if d, err = s.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: p.Number}); err != nil {
		t.Fatal(err)
	}
	return d, p.HeadSHA
}

// until delivers until an answer has the status: a database has some space of its
// own. What is accepted before is added to the list.
func (s *stage) until(t *testing.T, status int, accepted *[]string) (sandbox.Delivery, string) {
	t.Helper()
	for range 200 {
		d, sha := s.another(t)
		got, answer, err := s.github.Deliver(t.Context(), s.url+webhook.Path, d)
		switch {
		case err != nil:
			t.Fatal(err)
		case got == status:
			return d, sha
		case got != http.StatusAccepted:
			t.Fatalf("a delivery got %d %s", got, answer)
		}
		*accepted = append(*accepted, sha)
	}
	t.Fatal("the full disk takes everything")
	panic("unreachable")
}
