package demo

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/checks/compare"
)

// TestSample holds the sample to its promise: four guards are lost, each found
// where the archive marks it, and what else the pull request does stays silent.
func TestSample(t *testing.T) {
	t.Parallel()
	sample, err := readSample()
	if err != nil {
		t.Fatal(err)
	}
	if len(sample.Wants) != 4 {
		t.Errorf("the sample marks %d findings, want 4", len(sample.Wants))
	}
	told, err := play(t.Context(), sandbox.Options{}, testLog(t))
	if err != nil {
		t.Fatal(err)
	}
	if mismatch := sample.Mismatch(told.result); mismatch != "" {
		t.Error(mismatch)
	}
	if told.check.Conclusion != review.Failure {
		t.Errorf("the check run's conclusion is %s, want %s", told.check.Conclusion, review.Failure)
	}
	var got, want []string
	for _, c := range told.comments {
		got = append(got, place(c))
	}
	for _, w := range sample.Wants {
		side := review.Left
		if w.Side == compare.Head {
			side = review.Right
		}
		want = append(want, fmt.Sprintf("%s:%d %s", w.Path, w.Line, side))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("comments at\n%s\nwant them at\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRunWithoutWaiting(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := Run(t.Context(), Options{Out: &out, Log: testLog(t)}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"acme/fieldnotes #1", "authdiff: failure", "Findings      4",
		"GET /api/people/[id]", "DELETE /api/projects/[id]", "GET /api/invoices/[id]",
		"also: changePlan", "Comments      4, in 1 review",
		"app/api/people/[id]/route.ts:8 LEFT",
	} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("the output lacks %q:\n%s", part, out.String())
		}
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	url, end := startPage(t)
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !bytes.Contains(body, []byte(sampleTitle)) {
		t.Errorf("status %d, %v, body:\n%s", response.StatusCode, err, body)
	}
	if err := end(); err != nil {
		t.Errorf("Run after its context's end: %v", err)
	}
}

func TestRunWithoutGit(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	err := Run(t.Context(), Options{Out: io.Discard, Log: testLog(t)})
	if err == nil || !strings.Contains(err.Error(), "git is not installed") {
		t.Errorf("Run = %v, want it to name git", err)
	}
}

func TestRunOnATakenPort(t *testing.T) {
	t.Parallel()
	err := Run(t.Context(), Options{Out: io.Discard, Log: testLog(t), Wait: true, Addr: "127.0.0.1:no"})
	if err == nil || !strings.Contains(err.Error(), "--addr") {
		t.Errorf("Run = %v, want it to name --addr", err)
	}
}

// startPage runs the demo until its page is up, and returns the page's address
// and what ends it and gives Run's error.
func startPage(t *testing.T) (url string, end func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := Run(ctx, Options{Out: writer, Log: testLog(t), Wait: true, Addr: "127.0.0.1:0"})
		writer.CloseWithError(err)
		ended <- err
	}()
	lines := bufio.NewScanner(reader)
	for lines.Scan() {
		if rest, found := strings.CutPrefix(lines.Text(), "Page "); found {
			url = strings.Fields(rest)[0]
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	end = func() error {
		cancel()
		return <-ended
	}
	if url == "" {
		t.Fatalf("no page: %v, %v", lines.Err(), end())
	}
	t.Cleanup(cancel)
	return url, end
}

// testLog is the App's log among the test's own lines, which are shown when it
// fails.
func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

// TestMain keeps the machine's git settings out of the tests.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1"} {
		if err := os.Setenv(name, value); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
