package hub

import (
	"container/list"
	"context"
	"encoding/base64"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/authdiff/authdiff/checks/source"
)

// blobsAtATime bounds the requests that are under way for one tree. GitHub
// allows 100 for the whole App.
const blobsAtATime = 8

// fetchBlobs adds the contents of the entries to texts.
func (r *Repository) fetchBlobs(ctx context.Context, entries []source.Entry, texts map[source.Blob][]byte) error {
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
			texts[e.Blob] = text
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
	if source.BlobOf(text) != e.Blob {
		return nil, fmt.Errorf("read %s: the content is not that of blob %s", e.Path, e.Blob)
	}
	r.hub.blobs.put(e.Blob, text)
	return text, nil
}

// blobCache keeps the contents that were used last, within a bound in bytes.
// An id stands for its content wherever it comes from, so repositories share
// it: who doesn't know the id can't ask for it.
type blobCache struct {
	mu    sync.Mutex
	most  int64
	size  int64
	order *list.List // of *cachedBlob, the last used first
	byID  map[source.Blob]*list.Element
}

type cachedBlob struct {
	id   source.Blob
	text []byte
}

// entryCost is about what an entry takes beside its text.
const entryCost = 200

func newBlobCache(most int64) *blobCache {
	return &blobCache{most: most, order: list.New(), byID: map[source.Blob]*list.Element{}}
}

func (c *blobCache) get(id source.Blob) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.byID[id]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(element)
	return element.Value.(*cachedBlob).text, true
}

func (c *blobCache) put(id source.Blob, text []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byID[id]; ok {
		return
	}
	c.byID[id] = c.order.PushFront(&cachedBlob{id, text})
	c.size += int64(len(text)) + entryCost
	for c.size > c.most {
		last := c.order.Remove(c.order.Back()).(*cachedBlob)
		delete(c.byID, last.id)
		c.size -= int64(len(last.text)) + entryCost
	}
}
