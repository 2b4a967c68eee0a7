// Command benchmark measures authdiff on a repository, side by side with what
// its speed is held to: tree-sitter parsing the same files, ast-grep with one
// rule and oxlint. It prints a table in Markdown.
//
//	npm install --prefix tools @ast-grep/cli oxlint
//	go run ./checks/benchmark --repo DIR --tools tools/node_modules/.bin
//
// The commands take turns, so that whatever else the machine does falls on all
// of them alike; what counts are the ratios.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/source"
	"github.com/authdiff/authdiff/checks/syntax"
)

func main() {
	repo := flag.String("repo", "", "the git repository to measure on; may be bare")
	tools := flag.String("tools", "", "the folder that has ast-grep and oxlint")
	program := flag.String("authdiff", "authdiff", "the program to measure")
	commits := flag.Int("commits", 200, "how many commits of the first-parent history to compare")
	rounds := flag.Int("rounds", 5, "how often the other commands run")
	floor := flag.String("floor", "", "parse the source files of a folder and end; for the program's own use")
	flag.Parse()
	err := run(context.Background(), options{*repo, *tools, *program, *commits, *rounds}, *floor)
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
}

type options struct {
	repo, tools, program string
	commits, rounds      int
}

func run(ctx context.Context, o options, floor string) error {
	if floor != "" {
		return parseAll(ctx, floor)
	}
	dir, err := os.MkdirTemp("", "authdiff-benchmark")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := checkout(ctx, o.repo, dir); err != nil {
		return err
	}
	heads, err := revisions(ctx, o.repo, o.commits)
	if err != nil {
		return err
	}
	kept, err := os.MkdirTemp("", "authdiff-benchmark-kept")
	if err != nil {
		return err
	}
	defer os.RemoveAll(kept)
	large, err := enlarge(ctx, o.repo, heads[0])
	if err != nil {
		return err
	}
	defer os.RemoveAll(large)
	list, err := subjects(o, places{dir, kept, large}, heads)
	if err != nil {
		return err
	}
	for turn := range max(o.rounds, len(heads)) {
		for _, s := range list {
			if turn < s.turns {
				if err := s.measure(ctx, turn); err != nil {
					return err
				}
			}
		}
	}
	print(list, len(heads))
	return nil
}

// checkout puts the files of the repository's HEAD into a folder.
func checkout(ctx context.Context, repo, dir string) error {
	script := `git -C "$1" archive HEAD | tar -x -C "$2"`
	if out, err := exec.CommandContext(ctx, "sh", "-c", script, "sh", repo, dir).CombinedOutput(); err != nil {
		return fmt.Errorf("check out %s: %w: %s", repo, err, out)
	}
	return nil
}

// revisions lists the last commits of the first-parent history that change
// TypeScript and have a parent.
func revisions(ctx context.Context, repo string, n int) ([]string, error) {
	out, err := exec.CommandContext(ctx, "git", "-C", repo, "log", "--first-parent", "--min-parents=1",
		fmt.Sprintf("--max-count=%d", n), "--format=%H", "--", "*.ts", "*.tsx").Output()
	if err != nil {
		return nil, fmt.Errorf("list the commits of %s: %w", repo, err)
	}
	return strings.Fields(string(out)), nil
}

// copies is how often the files of a repository stand in the enlarged one.
const copies = 10

// enlarge makes a repository that has a commit's files ten times over and its change
// once: HEAD against HEAD^. It shares the objects of the other.
func enlarge(ctx context.Context, repo, commit string) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "authdiff-benchmark-large"); err != nil {
		return "", err
	}
	script := `set -e
objects=$(cd "$1" && cd "$(git rev-parse --git-dir)" && pwd)/objects
git init -q "$2" && cd "$2" && echo "$objects" > .git/objects/info/alternates
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
for n in $(seq 2 "$4"); do git read-tree --prefix="copy$n/" "$3^"; done
rest=$(git write-tree)
git read-tree --prefix=copy1/ "$3^" && base=$(git commit-tree -m base "$(git write-tree)")
git read-tree "$rest" && git read-tree --prefix=copy1/ "$3"
git update-ref HEAD "$(git commit-tree -p "$base" -m head "$(git write-tree)")"`
	if out, err := exec.CommandContext(ctx, "sh", "-c", script, "sh", repo, dir, commit, fmt.Sprint(copies)).CombinedOutput(); err != nil {
		return "", fmt.Errorf("enlarge %s: %w: %s", repo, err, out)
	}
	return dir, nil
}

// rule is one that ast-grep scans for.
const rule = "{id: query, language: tsx, rule: {pattern: prisma.$MODEL.$METHOD($$$)}}"

// places are the folders that the benchmark made: the files of HEAD, what the
// program keeps, and the enlarged repository.
type places struct{ files, kept, large string }

// subject is a command that is measured.
type subject struct {
	name  string
	turns int
	warm  bool // run once more before, unmeasured
	args  func(turn int) []string
	wall  []time.Duration
	cpu   []time.Duration
	rss   int64 // the largest, in KiB
}

func subjects(o options, at places, heads []string) ([]*subject, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	always := func(args ...string) func(int) []string { return func(int) []string { return args } }
	diff := func(cache, repo, head string) []string {
		return []string{"env", "AUTHDIFF_CACHE=" + cache, o.program, "diff", "--two-dot", "--fail-on", "never", "--repo", repo, "--base", head + "^", "--head", head}
	}
	return []*subject{
		{name: "tree-sitter alone, the whole repository", turns: o.rounds, args: always(self, "--floor", at.files)},
		{name: "`ast-grep scan` with one rule", turns: o.rounds,
			args: always(filepath.Join(o.tools, "ast-grep"), "scan", "--inline-rules", rule, at.files)},
		{name: "`oxlint`", turns: o.rounds, args: always(filepath.Join(o.tools, "oxlint"), at.files)},
		{name: "`authdiff diff`, one commit, nothing cached", turns: len(heads), args: func(turn int) []string { return diff("off", o.repo, heads[turn]) }},
		{name: "the same, warm", turns: len(heads), warm: true, args: func(turn int) []string { return diff(at.kept, o.repo, heads[turn]) }},
		{name: "the newest of them, warm", turns: o.rounds, warm: true, args: always(diff(at.kept, o.repo, heads[0])...)},
		{name: fmt.Sprintf("the same among %d times the files, warm", copies), turns: o.rounds, warm: true, args: always(diff(at.kept, at.large, "HEAD")...)},
		{name: "`authdiff audit`", turns: o.rounds, args: always("env", "AUTHDIFF_CACHE=off", o.program, "audit", "--repo", o.repo, "--format", "json")},
		{name: fmt.Sprintf("`authdiff history`, the last %d commits", o.commits), turns: 1,
			args: always("env", "AUTHDIFF_CACHE=off", o.program, "history", "--repo", o.repo, "--max", fmt.Sprint(o.commits), "--format", "json")},
	}, nil
}

// measure runs the command once. Its exit status says what it found, and doesn't
// matter.
func (s *subject) measure(ctx context.Context, turn int) error {
	args := s.args(turn)
	if s.warm {
		// its exit status says what it found, and doesn't matter either
		_ = exec.CommandContext(ctx, args[0], args[1:]...).Run()
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	start := time.Now()
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		return fmt.Errorf("run %s: %w", args[0], err)
	}
	s.wall = append(s.wall, time.Since(start))
	s.cpu = append(s.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.rss = max(s.rss, usage.Maxrss)
	}
	return nil
}

// parseAll is the floor: it parses every source file, on all processors, and
// does nothing with the result.
func parseAll(ctx context.Context, dir string) error {
	tree, err := source.OpenDir(dir)
	if err != nil {
		return err
	}
	entries, err := tree.Entries(ctx)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e source.Entry) bool { return !module.Reads(e.Path) || filepath.Ext(e.Path) == ".json" })
	files, err := tree.Read(ctx, entries)
	if err != nil {
		return err
	}
	next := make(chan source.File)
	done := make(chan bool)
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for f := range next {
				syntax.ParseOnly(f.Path, f.Text)
			}
			done <- true
		}()
	}
	for _, f := range files {
		next <- f
	}
	close(next)
	for range runtime.GOMAXPROCS(0) {
		<-done
	}
	return nil
}

func print(list []*subject, commits int) {
	unit := list[2] // what the goals are held to
	fmt.Printf("| command | runs | processor time, median | 90 %% | against oxlint | elapsed, median | against oxlint | peak memory |\n|---|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, s := range list {
		fmt.Printf("| %s | %d | %v | %v | %.2f | %v | %.2f | %d MiB |\n", s.name, len(s.cpu), quantile(s.cpu, 0.5), quantile(s.cpu, 0.9),
			ratio(s.cpu, unit.cpu), quantile(s.wall, 0.5), ratio(s.wall, unit.wall), s.rss>>10)
	}
	fmt.Printf("\n%d processors, %d commits; every command's children are counted.\n", runtime.NumCPU(), commits)
}

// ratio is how the medians of two lists compare.
func ratio(a, b []time.Duration) float64 {
	return float64(quantile(a, 0.5)) / float64(quantile(b, 0.5))
}

func quantile(list []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[int(q*float64(len(sorted)-1))].Round(time.Millisecond)
}
