package source

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// blobs reads blobs through one `git cat-file --batch`. A blob that the
// repository lacks is absent from the answer; one over MaxFileSize has its
// first MaxFileSize+1 bytes, which is what NewFile needs to see it.
func (g *Git) blobs(ctx context.Context, ids []Blob) (map[Blob][]byte, error) {
	if len(ids) == 0 {
		return nil, ctx.Err()
	}
	var request strings.Builder
	for _, id := range ids {
		if err := objectName(string(id)); err != nil {
			return nil, err
		}
		request.WriteString(string(id))
		request.WriteByte('\n')
	}
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := gitCommand(running, "--git-dir", g.dir, "cat-file", "--batch")
	errs := &firstBytes{max: 4096}
	cmd.Stdin, cmd.Stderr = strings.NewReader(request.String()), errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("read blobs: %w", err)
	}
	if err := cmd.Start(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("read blobs: %w", explainGit(ctx, err, ""))
	}
	texts, parseErr := parseBatch(bufio.NewReaderSize(out, 1<<16), ids)
	if parseErr != nil {
		cancel() // git may be waiting for us to read on
	}
	waitErr := cmd.Wait()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if parseErr != nil {
		return nil, fmt.Errorf("read blobs: %w", explainBatch(parseErr, errs.text.String()))
	}
	if waitErr != nil {
		return nil, fmt.Errorf("read blobs: %w", explainGit(ctx, waitErr, errs.text.String()))
	}
	return texts, nil
}

// explainBatch prefers what git said about its failure over what the failure
// looked like from here.
func explainBatch(err error, stderr string) error {
	if strings.TrimSpace(stderr) == "" {
		return err
	}
	return newGitError(-1, stderr)
}

// parseBatch reads the answers to the ids, in their order:
// `id type size\n<content>\n`, or `id missing\n`.
func parseBatch(r *bufio.Reader, ids []Blob) (map[Blob][]byte, error) {
	texts := make(map[Blob][]byte, len(ids))
	for _, id := range ids {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("git ended before it gave %.12s", id)
		}
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[1] == "missing" {
			continue
		}
		if len(fields) != 3 || fields[0] != string(id) {
			return nil, fmt.Errorf("git answered %.80q for %.12s", line, id)
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil || size < 0 {
			return nil, fmt.Errorf("git answered %.80q for %.12s", line, id)
		}
		text := make([]byte, min(size, MaxFileSize+1))
		if _, err := io.ReadFull(r, text); err != nil {
			return nil, fmt.Errorf("git ended inside of %.12s", id)
		}
		if _, err := io.CopyN(io.Discard, r, size-int64(len(text))+1); err != nil {
			return nil, fmt.Errorf("git ended inside of %.12s", id)
		}
		texts[id] = text
	}
	return texts, nil
}
