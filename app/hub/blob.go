package hub

import (
	"context"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/authdiff/authdiff/checks/source"
)

const (
	// blobsAtATime bounds the requests that are under way for one tree. GitHub
	// allows 100 for the whole App.
	blobsAtATime = 8

	// How much is asked for in one query. GitHub ends a query that takes ten
	// seconds.
	blobsPerQuery = 100
	bytesPerQuery = 4 << 20

	// longestText is how long a text GraphQL gives whole, in bytes. GitHub
	// documents no number; it was seen to cut there.
	longestText = 512_000
)

// fetchBlobs adds the contents of the entries to texts: many by one query, and
// one by one what GraphQL doesn't give whole or as it is.
func (r *Repository) fetchBlobs(ctx context.Context, entries []source.Entry, texts map[source.Blob][]byte) error {
	var single []source.Entry
	for _, part := range portions(entries) {
		left, err := r.queryBlobs(ctx, part, texts)
		if err != nil {
			return err
		}
		single = append(single, left...)
	}
	return r.fetchSingly(ctx, single, texts)
}

// portions cuts entries into what one query asks for.
func portions(entries []source.Entry) [][]source.Entry {
	var parts [][]source.Entry
	bytes := int64(0)
	for _, e := range entries {
		size := max(0, e.Size)
		if n := len(parts); n == 0 || len(parts[n-1]) == blobsPerQuery || bytes+size > bytesPerQuery {
			parts, bytes = append(parts, nil), 0
		}
		bytes += size
		parts[len(parts)-1] = append(parts[len(parts)-1], e)
	}
	return parts
}

// objectID is what may stand in a query as an id.
var objectID = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)

// queryBlobs asks for the entries in one query, and returns those that it
// didn't get: binary ones, texts that aren't UTF-8 or too long, and all of them
// when the query failed and there is no reason to wait.
func (r *Repository) queryBlobs(ctx context.Context, entries []source.Entry, texts map[source.Blob][]byte) (left []source.Entry, err error) {
	var query strings.Builder
	query.WriteString("query Blobs($owner: String!, $name: String!) { repository(owner: $owner, name: $name) {\n")
	asked := 0
	for i, e := range entries {
		if e.Size <= longestText && objectID.MatchString(string(e.Blob)) {
			asked++
			fmt.Fprintf(&query, "b%d: object(oid: %q) { ... on Blob { text } }\n", i, e.Blob)
		}
	}
	query.WriteString("} }")
	if asked < 2 {
		return entries, nil
	}
	var data struct {
		Repository map[string]struct{ Text *string }
	}
	err = r.ask(ctx, "read files", query.String(), map[string]any{"owner": r.owner, "name": r.name}, &data)
	if err != nil {
		if waits(err) || ctx.Err() != nil {
			return nil, err
		}
		r.hub.log.WarnContext(ctx, "query failed, files are read one by one", "files", len(entries), "error", err)
	}
	for i, e := range entries {
		if text := data.Repository[fmt.Sprintf("b%d", i)].Text; text == nil || !r.keep(e.Blob, []byte(*text), texts) {
			left = append(left, e)
		}
	}
	return left, nil
}

// keep adds a content to texts and to the cache; false when it isn't the blob's.
func (r *Repository) keep(id source.Blob, text []byte, texts map[source.Blob][]byte) bool {
	if source.BlobOf(text) != id {
		return false
	}
	texts[id] = text
	r.hub.blobs.put(id, text)
	return true
}

func (r *Repository) fetchSingly(ctx context.Context, entries []source.Entry, texts map[source.Blob][]byte) error {
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(blobsAtATime)
	for _, e := range entries {
		if ctx.Err() != nil {
			break // one has failed: Wait tells
		}
		group.Go(func() error {
			text, err := r.fetchBlob(ctx, e)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if !r.keep(e.Blob, text, texts) {
				return fmt.Errorf("read %s: the content is not that of blob %s", e.Path, e.Blob)
			}
			return nil
		})
	}
	return group.Wait()
}

func (r *Repository) fetchBlob(ctx context.Context, e source.Entry) ([]byte, error) {
	blob, _, err := r.client.Git.GetBlob(ctx, r.owner, r.name, string(e.Blob))
	if err != nil {
		return nil, r.hub.failure("read "+e.Path, err)
	}
	text := []byte(blob.GetContent())
	if blob.GetEncoding() == "base64" {
		if text, err = base64.StdEncoding.DecodeString(blob.GetContent()); err != nil {
			return nil, fmt.Errorf("read %s: %w", e.Path, err)
		}
	}
	return text, nil
}
