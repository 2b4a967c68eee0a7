package crash

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/testpg"
)

// Outside of CI the test is small, so that all tests together stay quick.
var inCI = os.Getenv("AUTHDIFF_CI") != ""

var (
	seedFlag   = flag.Uint64("crash.seed", 0, "seed of the crash test; 0 takes one by chance")
	pullsFlag  = flag.Int("crash.pulls", map[bool]int{true: 200, false: 20}[inCI], "pull requests of the crash test")
	forFlag    = flag.Duration("crash.for", map[bool]time.Duration{true: 20 * time.Second, false: 4 * time.Second}[inCI], "how long the crash test kills and breaks")
	faultsFlag = flag.Float64("crash.faults", 0.02, "share of requests to GitHub that go wrong")
)

// healing bounds the time from the last kill to the last verdict, in which
// nothing is broken any more: a job of a replica that was killed runs again
// within three minutes.
const healing = 3 * time.Minute

// storm is one run: deliveries that come twice, late, in another order or never,
// a GitHub that fails, and processes that are killed.
type storm struct {
	*testing.T
	world   *world
	servers []*server
	chance  *rand.Rand
	mu      sync.Mutex // guards chance
	kills   int
}

func TestCrashSQLite(t *testing.T) {
	skipShort(t)
	w := newWorld(t, seed(), *pullsFlag)
	s := &storm{T: t, world: w, servers: []*server{newServer(t, w.github, "STATE_DIR="+t.TempDir())}}
	s.run()
}

func TestCrashPostgres(t *testing.T) {
	skipShort(t)
	w := newWorld(t, seed(), *pullsFlag)
	database := "DATABASE_URL=" + testpg.New(t)
	s := &storm{T: t, world: w, servers: []*server{newServer(t, w.github, database), newServer(t, w.github, database)}}
	s.run()
}

func skipShort(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: killing and healing takes a while")
	}
}

// seed is the same for all tests of one process.
var seed = sync.OnceValue(func() uint64 {
	if *seedFlag != 0 {
		return *seedFlag
	}
	return 1 + rand.Uint64N(1<<32)
})

func (s *storm) run() {
	s.Logf("seed %d: repeat with -crash.seed %d", seed(), seed())
	s.chance = rand.New(rand.NewPCG(seed(), 2))
	var starting errgroup.Group
	for _, server := range s.servers {
		starting.Go(func() error { return server.start(s.Context()) })
	}
	if err := starting.Wait(); err != nil {
		s.Fatal(err)
	}
	s.world.github.Intercept(sandbox.Faults(seed(), *faultsFlag))
	killing, stopKilling := context.WithTimeout(s.Context(), *forFlag)
	defer stopKilling()
	var group errgroup.Group
	group.Go(func() error { return s.killAtRandom(killing) })
	group.Go(func() error { return s.tell(*forFlag) })
	if err := group.Wait(); err != nil {
		s.Fatal(err)
	}
	s.world.github.Intercept(nil)
	ended := time.Now()
	s.heal()
	s.Logf("%d pull requests, %d requests to GitHub, %d kills, slowest start %v, healed %v after the last trouble",
		len(s.world.pulls), len(s.world.github.Requests()), s.kills, s.slowestStart().Round(time.Millisecond), time.Since(ended).Round(time.Millisecond))
	s.check()
}

// below is a number by chance, for several goroutines.
func (s *storm) below(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chance.IntN(n)
}

// killAtRandom kills one process after the other, and starts each again.
func (s *storm) killAtRandom(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Duration(500+s.below(2500)) * time.Millisecond):
		}
		victim := s.servers[s.below(len(s.servers))]
		victim.kill()
		s.kills++
		if err := victim.start(s.Context()); err != nil {
			return err
		}
	}
}

// tell opens and pushes, and delivers what GitHub would, over the given time.
func (s *storm) tell(span time.Duration) error {
	var sending sync.WaitGroup
	defer sending.Wait()
	var group errgroup.Group
	group.SetLimit(8)
	for i := range s.world.pulls {
		group.Go(func() error {
			s.pause(int(span.Milliseconds()) * 8 / len(s.world.pulls))
			p, d, err := s.world.open(i)
			for more := true; more && err == nil; {
				told := d
				sending.Go(func() { s.send(told) })
				s.pause(300)
				d, more, err = p.push()
			}
			return err
		})
	}
	return group.Wait()
}

func (s *storm) pause(most int) { time.Sleep(time.Duration(s.below(most+1)) * time.Millisecond) }

// send delivers: at once or late, once or several times, or never.
func (s *storm) send(d sandbox.Delivery) {
	times := 1
	switch s.below(10) {
	case 0:
		s.world.github.Miss(d)
		return
	case 1, 2:
		times = 2 + s.below(4)
	case 3, 4:
		s.pause(3000) // later events overtake it
	}
	var sending sync.WaitGroup
	for range times {
		server := s.servers[s.below(len(s.servers))]
		sending.Go(func() {
			// What fails is in GitHub's list, for the sweep.
			_, _, _ = s.world.github.Deliver(s.Context(), server.hook(), d)
		})
	}
	sending.Wait()
}

// heal restarts the first process, whose start sweeps up what was missed, and
// waits until every head has its verdict and nothing is left to do.
func (s *storm) heal() {
	s.servers[0].kill()
	if err := s.servers[0].start(s.Context()); err != nil {
		s.Fatal(err)
	}
	s.world.github.SetHook(s.servers[0].hook())
	ctx, cancel := context.WithTimeout(s.Context(), healing)
	defer cancel()
	err := s.world.github.Wait(ctx, func() bool {
		return !slices.ContainsFunc(s.world.pulls, func(p *pull) bool { return !p.finished() })
	})
	for err == nil {
		var left float64
		if left, err = s.servers[0].metric("authdiff_queue_jobs"); err == nil && left == 0 {
			return
		}
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	for _, p := range s.world.pulls {
		if !p.finished() {
			s.Logf("%s#%d: no verdict on %s: %+v", p.repository.FullName(), p.number, p.head(), p.repository.CheckRuns(p.head()))
		}
	}
	s.Fatalf("it didn't heal: %v; the end of the log: %s", err, s.servers[0].tail())
}

func (s *storm) slowestStart() (slowest time.Duration) {
	for _, server := range s.servers {
		slowest = max(slowest, server.slowestStart)
	}
	return slowest
}

// check compares with a clean run, and reads the logs.
func (s *storm) check() {
	want := clean(s.T)
	for i, p := range s.world.pulls {
		for _, problem := range p.problems() {
			s.Error(problem)
		}
		if got := p.verdict(); got != want[i] {
			s.Errorf("%s#%d doesn't end as in a clean run: %s", p.repository.FullName(), p.number, difference(got, want[i]))
		}
	}
	for _, server := range s.servers {
		text, err := os.ReadFile(server.log.Name())
		if err != nil {
			s.Fatal(err)
		}
		for _, secret := range []string{"ghs_", "eyJ", s.world.github.WebhookSecret(), "PRIVATE KEY", "await auth()"} {
			if strings.Contains(string(text), secret) {
				s.Errorf("the log holds %q", secret)
			}
		}
	}
}

var (
	cleanOnce     sync.Once
	cleanVerdicts []string
)

// clean gives the verdicts of the same pull requests with nothing going wrong.
func clean(t *testing.T) []string {
	cleanOnce.Do(func() {
		w := newWorld(t, seed(), *pullsFlag)
		server := newServer(t, w.github, "STATE_DIR="+t.TempDir())
		if err := server.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		var group errgroup.Group
		group.SetLimit(8)
		for i := range w.pulls {
			group.Go(func() error { return tellInOrder(t.Context(), w, server, i) })
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), healing)
		defer cancel()
		if err := w.github.Wait(ctx, func() bool {
			return !slices.ContainsFunc(w.pulls, func(p *pull) bool { return !p.finished() })
		}); err != nil {
			t.Fatalf("the clean run: %v: %s", err, server.tail())
		}
		server.kill()
		for _, p := range w.pulls {
			for _, problem := range p.problems() {
				t.Errorf("the clean run: %s", problem)
			}
			cleanVerdicts = append(cleanVerdicts, p.verdict())
		}
	})
	if len(cleanVerdicts) == 0 {
		t.Fatal("there was no clean run to compare with")
	}
	return cleanVerdicts
}

// tellInOrder opens a pull request and pushes, and delivers each event once.
func tellInOrder(ctx context.Context, w *world, server *server, i int) error {
	p, d, err := w.open(i)
	for more := true; more && err == nil; {
		if status, answer, err := w.github.Deliver(ctx, server.hook(), d); err != nil || status != http.StatusAccepted {
			return fmt.Errorf("the delivery got %d %s (%w)", status, answer, err)
		}
		d, more, err = p.push()
	}
	return err
}
