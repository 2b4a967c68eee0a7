package hub

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/checks/source"
)

// pack makes a tar.gz of headers; each body is the header's Linkname for a
// regular file.
func pack(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	files := tar.NewWriter(zipped)
	for _, h := range headers {
		text := ""
		if h.Typeflag == tar.TypeReg {
			text, h.Linkname = h.Linkname, ""
		}
		h.Size, h.Mode = int64(len(text)), 0o644
		if err := files.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(files, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := files.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func file(name, text string) tar.Header {
	return tar.Header{Typeflag: tar.TypeReg, Name: name, Linkname: text}
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		archive []tar.Header
		found   int
	}{
		{"the file", []tar.Header{file("acme-shop-1234/a.ts", "a\n")}, 1},
		{"among others", []tar.Header{file("x/z.ts", "z"), file("x/b.ts", "b"), file("x/a.ts", "a\n")}, 1},
		{"another content", []tar.Header{file("x/a.ts", "b\n")}, 0},
		{"another path", []tar.Header{file("x/y/a.ts", "a\n")}, 0},
		{"out of the folder", []tar.Header{file("../x/../a.ts", "a\n")}, 0},
		{"a link", []tar.Header{{Typeflag: tar.TypeSymlink, Name: "x/a.ts", Linkname: "/etc/passwd"}}, 0},
		{"too large", []tar.Header{file("x/a.ts", strings.Repeat("a", source.MaxFileSize+1))}, 0},
		{"nothing", nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found := 0
			wanted := map[string]source.Blob{"a.ts": source.BlobOf([]byte("a\n"))}
			err := unpack(bytes.NewReader(pack(t, tt.archive...)), wanted, func(source.Blob, []byte) { found++ })
			if err != nil || found != tt.found {
				t.Errorf("found %d (%v), want %d", found, err, tt.found)
			}
		})
	}
}

func TestUnpackRefusesDamage(t *testing.T) {
	t.Parallel()
	whole := pack(t, file("x/b.ts", strings.Repeat("b", 4000)), file("x/a.ts", "a\n"))
	wanted := map[string]source.Blob{"a.ts": source.BlobOf([]byte("a\n"))}
	for _, archive := range [][]byte{nil, []byte("no gzip"), whole[:len(whole)/2]} {
		if err := unpack(bytes.NewReader(archive), wanted, func(source.Blob, []byte) {}); err == nil {
			t.Errorf("%d bytes were taken for an archive", len(archive))
		}
	}
}

func TestQuota(t *testing.T) {
	t.Parallel()
	n, err := io.Copy(io.Discard, &quota{r: strings.NewReader(strings.Repeat("x", 100)), left: 100})
	if n != 100 || err != nil {
		t.Errorf("within the quota: %d bytes, %v", n, err)
	}
	if _, err := io.Copy(io.Discard, &quota{r: strings.NewReader(strings.Repeat("x", 101)), left: 100}); err == nil {
		t.Error("read beyond the quota")
	}
}

func TestArchiveErrorsHideTheLink(t *testing.T) {
	t.Parallel()
	for _, link := range []string{"http://127.0.0.1:1/x?token=hush", "file:///etc/passwd?token=hush"} {
		u, err := url.Parse(link)
		if err != nil {
			t.Fatal(err)
		}
		_, err = openArchive(t.Context(), u)
		if err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: got %v", u.Scheme, err)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(pack(f, file("x/a.ts", "a\n")))
	f.Fuzz(func(_ *testing.T, archive []byte) {
		_ = unpack(bytes.NewReader(archive), map[string]source.Blob{"a.ts": "1"}, func(source.Blob, []byte) {})
	})
}
