package suite

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// named are helpers that say what they assert: expectUnauthorized(response).
var named = regexp.MustCompile(`(?i)^(expect|assert|should|verify)\w*?(unauthori[sz]ed|unauthenticated|forbidden|denied|not_?found|40[134])`)

// refusals are the words of errors that refuse, by their status.
var refusals = []struct {
	status int
	words  *regexp.Regexp
}{
	{401, regexp.MustCompile(`(?i)unauthori[sz]ed|unauthenticated`)},
	{403, regexp.MustCompile(`(?i)forbidden|denied`)},
	{404, regexp.MustCompile(`(?i)not[ _]?found`)},
}

// refusal reports whether a call is an assertion, and which refusal it asserts:
// 0 for another one.
func refusal(call *syntax.Call) (status int, asserts bool) {
	words := calleeWords(call.Callee)
	if len(words) == 0 {
		return 0, false
	}
	if len(words) == 1 && named.MatchString(words[0]) {
		return statusOfWords(words[0]), true
	}
	expected, subject, ok := asserted(call)
	if !ok {
		return 0, false
	}
	for _, w := range words {
		if w == "not" || w == "doesNotThrow" || w == "notEqual" || w == "notStrictEqual" {
			return 0, true
		}
	}
	status, other := statusIn(expected)
	if status == 0 && !other {
		if list, ok := subject.(*syntax.Array); ok { // expect([401, 403]).toContain(status)
			status, other = statusIn(list.Elems)
		}
	}
	if other {
		return 0, true
	}
	return status, true
}

// asserted splits an assertion into what is expected and what it is about.
func asserted(call *syntax.Call) (expected []syntax.Expr, subject syntax.Expr, ok bool) {
	var x syntax.Expr = call
	for range 10 {
		switch e := x.(type) {
		case *syntax.Member:
			x = e.X
			if id, root := e.X.(*syntax.Ident); root && id.Name == "assert" {
				return expected, nil, true
			}
		case *syntax.Await:
			x = e.X
		case *syntax.Call:
			id, root := e.Callee.(*syntax.Ident)
			switch {
			case root && (id.Name == "expect" || id.Name == "expectTypeOf"):
				if len(e.Args) > 0 {
					subject = e.Args[0]
				}
				return expected, subject, true
			case root && id.Name == "assert":
				return append(expected, e.Args...), nil, true
			case root:
				return expected, nil, false
			}
			expected = append(expected, e.Args...)
			if m, isMember := e.Callee.(*syntax.Member); isMember && m.Name == "expect" {
				return e.Args, nil, true // supertest: request(app).get("/").expect(401)
			}
			x = e.Callee
		default:
			return nil, nil, false
		}
	}
	return nil, nil, false
}

// statusIn finds the refusal that expressions name; other says that they name an
// answer that is none as well.
func statusIn(list []syntax.Expr) (status int, other bool) {
	for _, x := range list {
		if x == nil {
			continue
		}
		syntax.Walk(x, func(n syntax.Node) bool {
			l, ok := n.(*syntax.Literal)
			if !ok {
				return true
			}
			switch l.Kind {
			case syntax.Number:
				n, err := strconv.Atoi(l.Value)
				if err != nil || n < 100 || n > 599 {
					break
				}
				if n == 401 || n == 403 || n == 404 {
					status = n
				} else if n < 400 {
					other = true
				}
			case syntax.String, syntax.Regex:
				if s := statusOfWords(l.Value); status == 0 {
					status = s
				}
			}
			return true
		})
	}
	return status, other
}

func statusOfWords(text string) int {
	for _, r := range refusals {
		if r.words.MatchString(text) || strings.Contains(text, strconv.Itoa(r.status)) {
			return r.status
		}
	}
	return 0
}
