package source

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxAbsent bounds how many of the files asked for at once a repository may
// lack. A partial clone made with a limit on size lacks a few, and those would
// be too large for us; one made without any content is of no use.
const maxAbsent = 20

// fewBlobs is how many blobs are asked of the long-lived process at once. More take
// a process of their own, whose answers git needn't flush one by one.
const fewBlobs = 64

// read reads blobs through one `git cat-file --batch`. A blob that the
// repository lacks is absent from the answer, up to maxAbsent of them; one over
// MaxFileSize has its first MaxFileSize+1 bytes, which is what NewFile needs to
// see it.
func (g *Git) read(ctx context.Context, ids []Blob) (map[Blob][]byte, error) {
	texts := make(map[Blob][]byte, len(ids))
	for _, id := range ids {
		if err := objectName(string(id)); err != nil {
			return nil, err
		}
	}
	if len(ids) == 0 {
		return texts, ctx.Err()
	}
	if len(ids) <= fewBlobs {
		if missing, err := g.blobs.read(ctx, g.dir, ids, texts); err == nil && missing <= maxAbsent {
			return texts, nil
		}
	}
	for absent := 0; len(ids) > 0; {
		n, missing, err := g.batch(ctx, ids, texts)
		if absent += missing; err == nil && absent > maxAbsent {
			err = errors.New("many files' content was never fetched; " + adviceOnPartial)
		}
		if err != nil {
			return nil, err
		}
		ids = ids[n:]
	}
	return texts, ctx.Err()
}

// batch reads blobs until git ends, which it does early at the first one that a
// partial clone lacks. It returns how many ids it is done with, and how many of
// these the repository lacks.
func (g *Git) batch(ctx context.Context, ids []Blob, texts map[Blob][]byte) (done, missing int, err error) {
	var request strings.Builder
	for _, id := range ids {
		request.WriteString(string(id))
		request.WriteByte('\n')
	}
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := gitCommand(running, "--git-dir", g.dir, "cat-file", "--batch", "--buffer")
	errs := &firstBytes{max: 4096}
	cmd.Stdin, cmd.Stderr = strings.NewReader(request.String()), errs
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if ctx.Err() != nil {
		return 0, 0, ctx.Err()
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read blobs: %w", explainGit(ctx, err, ""))
	}
	done, missing, parseErr := parseBatch(bufio.NewReaderSize(out, 1<<16), ids, texts)
	if parseErr != nil {
		cancel() // git may be waiting for us to read on
	}
	waitErr := cmd.Wait()
	stderr := errs.text.String()
	switch {
	case ctx.Err() != nil:
		return 0, 0, ctx.Err()
	case parseErr != nil && strings.Contains(stderr, promisor):
		return done + 1, missing + 1, nil
	case parseErr != nil:
		return 0, 0, fmt.Errorf("read blobs: %w", explainBatch(parseErr, stderr))
	case waitErr != nil:
		return 0, 0, fmt.Errorf("read blobs: %w", explainGit(ctx, waitErr, stderr))
	}
	return done, missing, nil
}

// explainBatch prefers what git said about its failure over what the failure
// looked like from here.
func explainBatch(err error, stderr string) error {
	if strings.TrimSpace(stderr) == "" {
		return err
	}
	return newGitError(-1, stderr)
}

// parseBatch reads the answers to the ids, in their order, into texts:
// `id type size\n<content>\n`, or `id missing\n`. It returns how many ids were
// answered, and how many of them by missing.
func parseBatch(r *bufio.Reader, ids []Blob, texts map[Blob][]byte) (done, missing int, err error) {
	for _, id := range ids {
		line, err := r.ReadString('\n')
		if err != nil {
			return done, missing, fmt.Errorf("git ended before it gave %.12s", id)
		}
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[1] == "missing" {
			done, missing = done+1, missing+1
			continue
		}
		if len(fields) != 3 || fields[0] != string(id) {
			return done, missing, fmt.Errorf("git answered %.80q for %.12s", line, id)
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil || size < 0 {
			return done, missing, fmt.Errorf("git answered %.80q for %.12s", line, id)
		}
		text := make([]byte, min(size, MaxFileSize+1))
		if _, err := io.ReadFull(r, text); err != nil {
			return done, missing, fmt.Errorf("git ended inside of %.12s", id)
		}
		if _, err := io.CopyN(io.Discard, r, size-int64(len(text))+1); err != nil {
			return done, missing, fmt.Errorf("git ended inside of %.12s", id)
		}
		texts[id] = text
		done++
	}
	return done, missing, nil
}
