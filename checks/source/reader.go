package source

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os/exec"
	"strings"
	"sync"
)

// reader is one long-lived `git cat-file --batch`, for the few blobs that are
// asked for one after the other: starting a process for each takes longer than
// the work that needs them. The zero value is ready to use; it is safe for
// concurrent use. The process ends with close, or with ours, when its input does.
type reader struct {
	mu  sync.Mutex
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// errReader means that the process can't be used; what it was to read must be read
// otherwise.
var errReader = errors.New("git's answers ended early")

// read adds blobs to texts. A blob that the repository lacks is left out, and
// counted.
func (r *reader) read(ctx context.Context, dir string, ids []Blob, texts map[Blob][]byte) (missing int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd == nil {
		if err := r.start(dir); err != nil {
			return 0, errReader
		}
	}
	kill := context.AfterFunc(ctx, func() { _ = r.cmd.Process.Kill() }) // it ends what is being read
	defer kill()
	// As many as this fit into the pipe together with their answers' heads, so
	// that writing can't wait for git while git waits for us.
	var request strings.Builder
	for _, id := range ids {
		request.WriteString(string(id) + "\n")
	}
	if _, err = io.WriteString(r.in, request.String()); err == nil {
		_, missing, err = parseBatch(r.out, ids, texts)
	}
	if err != nil || ctx.Err() != nil {
		r.stop()
		return 0, errReader
	}
	return missing, nil
}

func (r *reader) start(dir string) error {
	cmd := gitCommand(context.Background(), "--git-dir", dir, "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	r.cmd, r.in, r.out = cmd, in, bufio.NewReaderSize(out, 1<<16)
	return nil
}

func (r *reader) stop() {
	_ = r.in.Close()
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait() // it was killed: how it ended says nothing
	r.cmd = nil
}

func (r *reader) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cmd != nil {
		r.stop()
	}
}
