package crash

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/testpg"
	"github.com/authdiff/authdiff/app/webhook"
)

func TestMain(m *testing.M) {
	code := testpg.Main(m)
	if folder != "" {
		_ = os.RemoveAll(folder)
	}
	os.Exit(code)
}

var folder string // of the binary

// binary builds the server once.
var binary = sync.OnceValues(func() (string, error) {
	var err error
	if folder, err = os.MkdirTemp("", "authdiff-crash-"); err != nil {
		return "", err
	}
	path := filepath.Join(folder, "authdiff")
	out, err := exec.Command("go", "build", "-o", path, "github.com/authdiff/authdiff/cmd/authdiff").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the server: %w: %s", err, out)
	}
	return path, nil
})

// server is one replica, a process that can be killed and started again.
type server struct {
	environment  []string
	public       string // host:port
	admin        string
	log          *os.File
	mu           sync.Mutex
	cmd          *exec.Cmd
	ended        chan struct{}
	starts       int
	slowestStart time.Duration
}

// newServer prepares a replica; DATABASE_URL or STATE_DIR come with more.
func newServer(t testing.TB, github *sandbox.Server, more ...string) *server {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	public, admin := freeAddress(t), freeAddress(t)
	_, port, _ := net.SplitHostPort(public)
	s := &server{public: public, admin: admin, log: log, environment: append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "SETUP=off", "LOG_FORMAT=json", "LOG_LEVEL=info",
		"APP_ID=" + strconv.FormatInt(github.AppID(), 10), "PRIVATE_KEY=" + string(github.PrivateKey()),
		"WEBHOOK_SECRET=" + github.WebhookSecret(), "GITHUB_API_URL=" + github.URL(),
		"HOST=127.0.0.1", "PORT=" + port, "ADMIN_ADDR=" + admin,
	}, more...)}
	t.Cleanup(func() {
		s.kill()
		_ = log.Close()
	})
	return s
}

// freeAddress finds a port that nobody uses, for a process that opens its own.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (s *server) hook() string { return "http://" + s.public + webhook.Path }

// start runs the process and waits until it is ready.
func (s *server) start(ctx context.Context) error {
	path, err := binary()
	if err != nil {
		return err
	}
	cmd := exec.Command(path, "serve")
	cmd.Env, cmd.Stdout, cmd.Stderr = s.environment, s.log, s.log
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	s.mu.Lock()
	s.cmd, s.ended = cmd, ended
	s.mu.Unlock()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !s.ready(ctx) {
		select {
		case <-ended:
			return fmt.Errorf("the server ended instead of getting ready: %s", s.tail())
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	s.starts++
	s.slowestStart = max(s.slowestStart, time.Since(began))
	return nil
}

func (s *server) ready(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.admin+"/readyz", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// kill ends the process as kill -9 does, and waits for it to be gone.
func (s *server) kill() {
	s.mu.Lock()
	cmd, ended := s.cmd, s.ended
	s.cmd = nil
	s.mu.Unlock()
	if cmd == nil {
		return
	}
	_ = cmd.Process.Kill()
	<-ended
}

// tail is the end of the log.
func (s *server) tail() string {
	text, _ := os.ReadFile(s.log.Name())
	return string(text[max(0, len(text)-4000):])
}

// metric sums the samples of a metric whose line begins with the prefix.
func (s *server) metric(prefix string) (sum float64, err error) {
	response, err := http.Get("http://" + s.admin + "/metrics")
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	found := false
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, prefix) {
			value, err := strconv.ParseFloat(strings.TrimSpace(line[strings.LastIndex(line, " "):]), 64)
			if err != nil {
				return 0, err
			}
			sum, found = sum+value, true
		}
	}
	if !found {
		return 0, fmt.Errorf("no metric %s", prefix)
	}
	return sum, nil
}
