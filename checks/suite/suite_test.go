package suite

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/source"
)

// read reads one test file beside a route.
func read(t *testing.T, text string) []Test {
	t.Helper()
	files := map[string]string{"app/api/x/route.ts": "export function GET() {}", "app/api/x/route.test.ts": text}
	repo, err := module.Open(t.Context(), source.NewMemory(files), module.NewCache())
	if err != nil {
		t.Fatal(err)
	}
	return Read(repo, "app/api/x/route.test.ts")
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for assertion, want := range map[string]string{
		`expect(res.status).toBe(401)`:                                      "401",
		`expect(res.status).toEqual(403);`:                                  "403",
		`expect(await res.status()).toStrictEqual(404)`:                     "404",
		`expect(res).toMatchObject({ status: 401 })`:                        "401",
		`expect(res.status).toHaveBeenCalledWith(401)`:                      "401",
		`await expect(call()).rejects.toThrow("UNAUTHORIZED")`:              "401",
		`await expect(call()).rejects.toThrow(/forbidden/i)`:                "403",
		`await expect(call()).rejects.toMatchObject({ code: "NOT_FOUND" })`: "404",
		`expect([401, 403]).toContain(res.status)`:                          "403",
		`expect([200, 401]).toContain(res.status)`:                          "",
		`assert.equal(res.status, 401)`:                                     "401",
		`assert.strictEqual(res.statusCode, 403)`:                           "403",
		`assert(res.status === 401)`:                                        "401",
		`await request(app).get("/api/x").expect(401)`:                      "401",
		`await request(app).get("/api/x").set("a", "b").expect(403, { })`:   "403",
		`expectUnauthorized(res)`:                                           "401",
		`assertForbidden(res)`:                                              "403",
		`expect(res.status).toBe(401); expect(other.status).toBe(403)`:      "401 403",
		`expect(res.status).not.toBe(401)`:                                  "",
		`assert.notEqual(res.status, 401)`:                                  "",
		`expect(res.status).toBe(200)`:                                      "",
		`expect(lookup(401)).toBe(true)`:                                    "",
		`expect(rows).toHaveLength(40)`:                                     "",
		`const status = 401; respond(401)`:                                  "",
		`mock.mockReturnValue({ status: 401 })`:                             "",
		`expect(`:                                                           "",
	} {
		tests := read(t, "it(\"x\", async () => {\n"+assertion+"\n});")
		var got []string
		for _, test := range tests {
			for _, r := range test.Refusals {
				got = append(got, fmt.Sprint(r.Status))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s refuses with %v, want %s", assertion, got, want)
		}
	}
}

func TestGroupsAndSkips(t *testing.T) {
	t.Parallel()
	tests := read(t, `
describe("a", () => {
  it("one", () => {});
  it.skip("two", () => {});
  it.each([1])("three %i", () => {});
  describe.skip("b", () => {
    test("four", () => {});
  });
  context("c", function () {
    specify(`+"`five ${x}`"+`, function () { this.timeout(1); });
  });
});
test.describe("d", () => {
  test("six", async () => { test.skip(); });
  test.fixme("seven", async () => {});
  xit("eight", () => {});
});
test("nine", { timeout: 5 }, () => {});
it.todo("ten");
`)
	var got []string
	for _, test := range tests {
		got = append(got, fmt.Sprint(test.Title, " ", test.Line, " ", test.Live))
	}
	want := []string{
		"a › one 3 true", "a › two 4 false", "a › three %i 5 true", "a › b › four 7 false", "a › c › five … 10 true",
		"d › six 14 false", "d › seven 15 false", "d › eight 16 false", "nine 18 true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestUses(t *testing.T) {
	t.Parallel()
	refuses := "expect(r.status).toBe(401);"
	for name, c := range map[string]struct {
		text string
		want Use
	}{
		"an import":            {`import { GET } from "./route"; it("x", async () => { const r = await GET(); ` + refuses + ` });`, Use{File: "app/api/x/route.ts", Export: "GET"}},
		"a namespace":          {`import * as route from "./route"; it("x", async () => { const r = await route.GET(); ` + refuses + ` });`, Use{File: "app/api/x/route.ts", Export: "GET"}},
		"a helper":             {`import { GET } from "./route"; const call = () => GET(); it("x", async () => { const r = await call(); ` + refuses + ` });`, Use{File: "app/api/x/route.ts", Export: "GET"}},
		"the set-up":           {`describe("d", () => { let h; beforeEach(async () => { h = (await import("./route")).GET; }); it("x", async () => { const r = await h(); ` + refuses + ` }); });`, Use{File: "app/api/x/route.ts"}},
		"a request":            {`it("x", async () => { const r = await fetch("http://localhost:3000/api/x?y=1", { method: "POST" }); ` + refuses + ` });`, Use{Method: "POST", Path: "/api/x"}},
		"a client's request":   {"it(\"x\", async () => { const r = await api.delete(`/api/x/${id}`); " + refuses + ` });`, Use{Method: "DELETE", Path: "/api/x/\x00"}},
		"a procedure's caller": {`it("x", async () => { const r = await caller.post.list({}); ` + refuses + ` });`, Use{Chain: "post.list"}},
	} {
		tests := read(t, c.text)
		if len(tests) != 1 || len(tests[0].Uses) == 0 || !hasUse(tests[0].Uses, c.want) {
			t.Errorf("%s: %+v, want %+v", name, tests, c.want)
		}
	}
}

func hasUse(uses []Use, want Use) bool {
	for _, u := range uses {
		if u == want {
			return true
		}
	}
	return false
}

func TestRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		use         Use
		method, url string
		want        bool
	}{
		{Use{Path: "/api/x"}, "GET", "/api/x", true},
		{Use{Method: "POST", Path: "/api/x"}, "GET", "/api/x", false},
		{Use{Method: "POST", Path: "/api/x"}, "", "/api/x", true},
		{Use{Path: "/api/x/7"}, "GET", "/api/x/[id]", true},
		{Use{Path: "/api/x"}, "GET", "/api/x/[id]", false},
		{Use{Path: "/api/x/7/y"}, "GET", "/api/x/[id]", false},
		{Use{Path: "/api/x/7/y"}, "GET", "/api/x/[...rest]", true},
		{Use{Path: "/api/x"}, "GET", "/api/x/[...rest]", false},
		{Use{Path: "/api/x"}, "GET", "/api/x/[[...rest]]", true},
		{Use{}, "GET", "/", false},
	} {
		if got := c.use.Requests(c.method, c.url); got != c.want {
			t.Errorf("%+v requests %s %s: %v", c.use, c.method, c.url, got)
		}
	}
}
