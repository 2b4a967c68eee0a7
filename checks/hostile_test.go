package checks_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/source"
)

// victim loses its check in the head: whatever else the pull request holds, this
// must still be found.
const (
	victimFile = "app/api/victim/route.ts"
	victimBase = `import { auth } from "@clerk/nextjs/server";
import { prisma } from "@/lib/prisma";
export async function DELETE() {
  const { userId } = await auth();
  if (!userId) return new Response("no", { status: 401 });
  await prisma.post.deleteMany({ where: {} });
  return new Response("done");
}
`
	victimHead = `import { prisma } from "@/lib/prisma";
export async function DELETE() {
  await prisma.post.deleteMany({ where: {} });
  return new Response("done");
}
`
	prismaFile = `import { PrismaClient } from "@prisma/client";
export const prisma = new PrismaClient();
`
)

// attack is a repository made to break or to slow down the analysis.
type attack struct {
	files  map[string]string // added to both trees; those under "head:" to the head alone
	reason string            // what not_analysed says of it; empty when it can be analysed
}

// route gives an endpoint of a body, a file that evaluation enters.
func route(body string) map[string]string {
	return map[string]string{"app/api/hostile/route.ts": body, "head:app/api/hostile/route.ts": body + "\n// changed\n"}
}

// nested gives an endpoint that nests 200,000 deep, or as deep as still fits the
// bound on the size of a file.
func nested(open, middle, closed string) map[string]string {
	deep := min(200_000, (source.MaxFileSize-1000)/(len(open)+len(closed)))
	return route("export const GET = () => " + strings.Repeat(open, deep) + middle + strings.Repeat(closed, deep) + ";\n")
}

// attackSample is of how many attacks one is run outside of CI, where all are:
// together they take most of a minute.
const attackSample = 10

// TestHostile runs each attack in a process of its own, for what it takes of
// processor time, whatever else the machine does.
//
//	AUTHDIFF_CI=1 go test ./checks -run TestHostile -v
func TestHostile(t *testing.T) {
	t.Parallel()
	if file := os.Getenv("AUTHDIFF_ATTACK"); file != "" {
		runAttack(t, file)
		return
	}
	all := attacks()
	for i, name := range slices.Sorted(maps.Keys(all)) {
		if os.Getenv("AUTHDIFF_CI") == "" && i%attackSample != 0 {
			continue
		}
		a := all[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestHostile$")
			cmd.Env = append(os.Environ(), "AUTHDIFF_ATTACK="+a.save(t))
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("the process ended with %v: %.2000s%.2000s", err, stderr.String(), out)
			}
			checkAttack(t, a, out)
			took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			t.Logf("%v of processor time", took.Round(time.Millisecond))
			if took > maxAttack {
				t.Errorf("took %v of processor time, want less than %v", took, maxAttack)
			}
		})
	}
}

// save writes the files of an attack where its process finds them.
func (a attack) save(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "files")
	file, err := os.Create(path)
	if err == nil {
		err = errors.Join(gob.NewEncoder(file).Encode(a.files), file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func runAttack(t *testing.T, path string) {
	var files map[string]string
	file, err := os.Open(path)
	if err == nil {
		err = errors.Join(gob.NewDecoder(file).Decode(&files), file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	base := map[string]string{victimFile: victimBase, "lib/prisma.ts": prismaFile}
	head := map[string]string{victimFile: victimHead, "lib/prisma.ts": prismaFile}
	for path, text := range files {
		if of, ok := strings.CutPrefix(path, "head:"); ok {
			head[of] = text
			continue
		}
		base[path] = text
		if _, ok := files["head:"+path]; !ok {
			head[path] = text
		}
	}
	result, err := checks.Compare(t.Context(), checks.Input{Base: source.NewMemory(base), Head: source.NewMemory(head)})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(result)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%s%s\n", resultMark, text)
}

const resultMark = "result "

func checkAttack(t *testing.T, a attack, out []byte) {
	t.Helper()
	_, text, ok := bytes.Cut(out, []byte(resultMark))
	text, _, _ = bytes.Cut(text, []byte("\n"))
	var result compare.Result
	if !ok || json.Unmarshal(text, &result) != nil {
		t.Fatalf("no result: %.2000s", out)
	}
	if !slices.ContainsFunc(result.Findings, func(f compare.Finding) bool { return f.Endpoint.File == victimFile }) {
		t.Errorf("the finding beside the attack is lost; not analysed: %v", result.NotAnalysed)
	}
	var reasons []string
	for _, n := range result.NotAnalysed {
		reasons = append(reasons, n.File+": "+n.Reason)
	}
	if said := strings.Join(reasons, "\n"); a.reason != "" && !strings.Contains(said, a.reason) || a.reason == "" && said != "" {
		t.Errorf("not analysed: %q, want %q", said, a.reason)
	}
}

func attacks() map[string]attack {
	all := map[string]attack{}
	for _, group := range []map[string]attack{nestings(), texts(), imports(), configs(), matchers(), bombs(), paths()} {
		maps.Copy(all, group)
	}
	return all
}
