package syntax

import (
	"fmt"
	"strings"
	"testing"
)

const walked = `
import a from "a"
const { b = c, [d]: e, ...f } = g, [h, , ...i] = j
function k(l = m) { return n }
@o class P extends Q { [r] = s; t(u) { v } static { w } }
enum X { A = y }
namespace Z { z }
if (a1) b1; else c1
for (let d1 = 0; e1; f1++) g1
for (h1.i1 of j1) k1
do l1; while (m1)
switch (n1) { case o1: p1 }
try { q1 } catch (r1) { s1 } finally { t1 }
u1: throw v1
w1 ? x1(...y1) : new z1(a2)[b2]
c2 = { d2, [e2]: f2, ...g2, h2() { i2 } }
j2` + "`${k2}`" + `
export default async () => await l2
export const m2 = <n2.O2 p2={q2} {...r2}>{s2}</n2.O2>
`

func TestWalkVisitsEverythingInOrder(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "a.tsx", walked)
	if len(f.Errors) > 0 {
		t.Fatalf("syntax errors at %v", f.Errors)
	}
	var names []string
	for _, s := range f.Body {
		Walk(s, func(n Node) bool {
			switch n := n.(type) {
			case *Ident:
				names = append(names, n.Name)
			case *NamePattern:
				names = append(names, n.Name)
			}
			return true
		})
	}
	want := "b c d e f g h i j l m n o Q r s u v w y z a1 b1 c1 d1 e1 f1 g1 h1 j1 k1 l1 m1 n1 o1 p1 " +
		"q1 r1 s1 t1 v1 w1 x1 y1 z1 a2 b2 c2 d2 e2 f2 g2 i2 j2 k2 l2 m2 n2 q2 r2 s2"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("visited\n  %s\nwant\n  %s", got, want)
	}
}

func TestWalkSkips(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "a.ts", "a(() => b, c)")
	var kinds []string
	Walk(f.Body[0], func(n Node) bool {
		kinds = append(kinds, fmt.Sprintf("%T", n))
		_, isFunc := n.(*Func)
		return !isFunc
	})
	want := "*syntax.ExprStmt *syntax.Call *syntax.Ident *syntax.Func *syntax.Ident"
	if got := strings.Join(kinds, " "); got != want {
		t.Errorf("visited %s, want %s", got, want)
	}
	Walk(nil, func(Node) bool { t.Error("a nil node is visited"); return true })
}
