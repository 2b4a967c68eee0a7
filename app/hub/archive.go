package hub

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/checks/source"
)

// When and how far an archive is read. It costs one request where single files
// cost one each, of 5,000 an hour.
const (
	archiveFrom = 100     // files
	maxUnpacked = 4 << 30 // bytes, of the whole archive
	maxArchived = 1 << 20 // entries
)

var errTooLarge = errors.New("it is larger than is read")

// fetchArchive adds to texts what the commit's archive holds of the wanted
// entries. Nothing is written to disk, and a file counts only when its content
// is that of the blob: attributes in the repository may leave files out of
// archives or change them.
func (t *tree) fetchArchive(ctx context.Context, wanted []source.Entry, texts map[source.Blob][]byte) error {
	link, _, err := t.repo.client.Repositories.GetArchiveLink(ctx, t.repo.owner, t.repo.name, github.Tarball,
		&github.RepositoryContentGetOptions{Ref: t.commit}, 0)
	if err != nil {
		return t.repo.hub.failure("find the archive of commit "+t.commit, err)
	}
	body, err := openArchive(ctx, link)
	if err != nil {
		return fmt.Errorf("read the archive of commit %s: %w", t.commit, err)
	}
	defer body.Close()
	byPath := make(map[string]source.Blob, len(wanted))
	for _, e := range wanted {
		byPath[e.Path] = e.Blob
	}
	err = unpack(body, byPath, func(id source.Blob, text []byte) {
		texts[id] = text
		t.repo.hub.blobs.put(id, text)
	})
	if err != nil {
		return fmt.Errorf("read the archive of commit %s: %w", t.commit, err)
	}
	return nil
}

// openArchive downloads without the App's token: the link carries its own, and
// leads to another host. Its errors don't show the link.
func openArchive(ctx context.Context, link *url.URL) (io.ReadCloser, error) {
	if link.Scheme != "https" && link.Scheme != "http" {
		return nil, errors.New("its address is neither http nor https")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, link.String(), nil)
	if err != nil {
		return nil, withoutURL(err)
	}
	client := &http.Client{Transport: archiveNetwork}
	response, err := client.Do(request)
	if err != nil {
		return nil, withoutURL(err)
	}
	if response.StatusCode != http.StatusOK {
		_ = response.Body.Close()
		return nil, fmt.Errorf("the answer is %s", response.Status)
	}
	return response.Body, nil
}

// archiveNetwork has no bound on the answer's length: unpack counts.
var archiveNetwork = func() http.RoundTripper {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = headerTimeout
	return transport
}()

// unpack reads a tar.gz and hands over the files whose path (below the
// archive's one top folder) and content are those of a wanted blob. It stops
// when it has all.
func unpack(archive io.Reader, wanted map[string]source.Blob, found func(source.Blob, []byte)) error {
	plain, err := gzip.NewReader(archive)
	if err != nil {
		return err
	}
	files := tar.NewReader(&quota{r: plain, left: maxUnpacked})
	for n, missing := 0, len(wanted); missing > 0; n++ {
		if n > maxArchived {
			return errTooLarge
		}
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		_, path, _ := strings.Cut(header.Name, "/")
		id, ok := wanted[path]
		if !ok || header.Typeflag != tar.TypeReg || header.Size > source.MaxFileSize {
			continue
		}
		missing--
		text, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		if source.BlobOf(text) == id {
			found(id, text)
		}
	}
	return nil
}

// quota ends with an error after a number of bytes, however well they were
// packed.
type quota struct {
	r    io.Reader
	left int64
}

func (q *quota) Read(p []byte) (int, error) {
	n, err := q.r.Read(p)
	if q.left -= int64(n); q.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
