package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
)

// review is a review with one comment on one line.
func review(path string, line int, side string) object {
	return object{"event": "COMMENT", "body": "b", "comments": []object{{"path": path, "line": line, "side": side, "body": "c"}}}
}

// TestPlaces knows the hunks of app.ts: -1,5 +1,5 around line 2 and -27,7
// +27,6 around line 30.
func TestPlaces(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	ranged := func(start int, startSide string, line int, side string) object {
		return object{"event": "COMMENT", "comments": []object{{
			"path": "app.ts", "start_line": start, "start_side": startSide, "line": line, "side": side, "body": "c",
		}}}
	}
	for _, test := range []struct {
		name   string
		body   object
		status int
	}{
		{"a removed line", review("app.ts", 30, "LEFT"), 200},
		{"an added line", review("app.ts", 2, "RIGHT"), 200},
		{"a line of context", review("app.ts", 5, "RIGHT"), 200},
		{"a line below the hunk", review("app.ts", 6, "RIGHT"), 422},
		{"a line between hunks", review("app.ts", 15, "LEFT"), 422},
		{"a line past the file", review("app.ts", 400, "RIGHT"), 422},
		{"no line", review("app.ts", 0, "RIGHT"), 422},
		{"the head of a removed file", review("old.ts", 1, "RIGHT"), 422},
		{"the base of a removed file", review("old.ts", 1, "LEFT"), 200},
		{"a file that did not change", review("lib/[id]/keep.ts", 1, "RIGHT"), 422},
		{"a renamed file without changes", review("b.ts", 1, "RIGHT"), 422},
		{"a file that isn't there", review("none.ts", 1, "RIGHT"), 422},
		{"an odd side", review("app.ts", 2, "BOTH"), 422},
		{"a range", ranged(27, "LEFT", 30, "LEFT"), 200},
		{"a range over the sides", ranged(2, "LEFT", 4, "RIGHT"), 200},
		{"a range over two hunks", ranged(2, "LEFT", 30, "LEFT"), 422},
		{"a range backwards", ranged(30, "LEFT", 28, "LEFT"), 422},
		{"a range of one line", ranged(30, "LEFT", 30, "LEFT"), 422},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(b.repo.Comments(1))
			b.do("POST", "/pulls/1/reviews", test.body, test.status)
			added := len(b.repo.Comments(1)) - before
			if want := map[int]int{200: 1, 422: 0}[test.status]; added != want {
				t.Errorf("%d comments were added, want %d", added, want)
			}
		})
	}
}

func TestOneBadCommentRefusesTheReview(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	body := review("app.ts", 2, "RIGHT")
	body["comments"] = append(body["comments"].([]object), object{"path": "app.ts", "line": 20, "side": "RIGHT", "body": "c"})
	got := b.do("POST", "/pulls/1/reviews", body, 422)
	if o := got.object(); o["message"] != "Unprocessable Entity" || fmt.Sprint(o["errors"]) != "[Line could not be resolved]" {
		t.Errorf("refused by %s", got.body)
	}
	if n := len(b.repo.Reviews(1)) + len(b.repo.Comments(1)); n != 0 {
		t.Errorf("the refused review left %d reviews and comments", n)
	}
}

func TestReviewRules(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	for name, test := range map[string]struct {
		body   object
		status int
	}{
		"a comment without words":        {object{"event": "COMMENT"}, 422},
		"changes requested without why":  {object{"event": "REQUEST_CHANGES"}, 422},
		"approval without words":         {object{"event": "APPROVE"}, 200},
		"an odd event":                   {object{"event": "LIKE", "body": "b"}, 422},
		"another commit":                 {object{"event": "COMMENT", "body": "b", "commit_id": b.pull.BaseSHA}, 422},
		"its own commit":                 {object{"event": "COMMENT", "body": "b", "commit_id": b.pull.HeadSHA}, 200},
		"too many words":                 {object{"event": "COMMENT", "body": strings.Repeat("x", 65537)}, 422},
		"a comment without body in line": {object{"event": "COMMENT", "comments": []object{{"path": "app.ts", "line": 2, "body": ""}}}, 422},
		"a comment on a file":            {object{"event": "COMMENT", "comments": []object{{"path": "app.ts", "subject_type": "file", "body": "b"}}}, 422},
	} {
		t.Run(name, func(t *testing.T) { b.do("POST", "/pulls/1/reviews", test.body, test.status) })
	}
}

func TestCommentRules(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	with := func(fields object) object {
		o := object{"body": "b", "commit_id": b.pull.HeadSHA, "path": "app.ts"}
		for name, value := range fields {
			o[name] = value
		}
		return o
	}
	for name, test := range map[string]struct {
		body   object
		status int
	}{
		"on a line":              {with(object{"line": 30, "side": "LEFT"}), 201},
		"by position":            {with(object{"position": 2}), 201},
		"off the diff":           {with(object{"line": 20}), 422},
		"nowhere":                {with(nil), 422},
		"on a renamed file":      {with(object{"path": "b.ts", "subject_type": "file"}), 201},
		"on an unchanged file":   {with(object{"path": "lib/[id]/keep.ts", "subject_type": "file"}), 422},
		"on another commit":      {with(object{"line": 2, "commit_id": b.pull.BaseSHA}), 422},
		"without a body":         {with(object{"line": 2, "body": ""}), 422},
		"as an answer to nobody": {with(object{"in_reply_to": 1}), 422},
	} {
		t.Run(name, func(t *testing.T) { b.do("POST", "/pulls/1/comments", test.body, test.status) })
	}
	for _, c := range b.repo.Comments(1) {
		if c.Position == 2 && (c.Line != 2 || c.Side != "LEFT") {
			t.Errorf("position 2 is line %d on the %s, want 2 on the LEFT", c.Line, c.Side)
		}
	}
}

func TestThreads(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.do("POST", "/pulls/1/reviews", review("app.ts", 30, "LEFT"), 200)
	first := b.repo.Comments(1)[0]
	if want := "@@ -27,7 +27,6 @@ line 26\n line 27\n line 28\n line 29\n-line 30"; first.DiffHunk != want {
		t.Errorf("hunk %q, want %q", first.DiffHunk, want)
	}
	id, err := b.repo.Reply(1, first.ID, "mona", "why?")
	if err != nil {
		t.Fatal(err)
	}
	b.do("PATCH", fmt.Sprintf("/pulls/comments/%d", first.ID), object{"body": "restored"}, 200)
	b.do("PATCH", fmt.Sprintf("/pulls/comments/%d", id), object{"body": "never mind"}, 403)
	b.do("DELETE", fmt.Sprintf("/pulls/comments/%d", id), nil, 403)
	said, err := b.repo.Say(1, "mona", "hello")
	if err != nil {
		t.Fatal(err)
	}
	b.do("PATCH", fmt.Sprintf("/issues/comments/%d", said), object{"body": "bye"}, 403)
	list := b.do("GET", "/pulls/1/comments", nil, 200).list()
	if list[0]["body"] != "restored" || list[1]["body"] != "why?" || list[1]["in_reply_to_id"] != float64(first.ID) {
		t.Errorf("the thread is %v", list)
	}
}

func TestCommentsFollowPushes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		line     int
		side     string
		push     func(app string) string
		wantLine int
	}{
		{"a line that moved", 2, "RIGHT", func(s string) string { return "new\n" + s }, 3},
		{"a line that stayed", 2, "RIGHT", func(s string) string { return s + "more\n" }, 2},
		{"a line that went away", 2, "RIGHT", func(s string) string { return strings.Replace(s, "two\n", "zwei\n", 1) }, 0},
		{"a removed line", 30, "LEFT", func(s string) string { return "new\n" + s }, 30},
		{"a removed line that came back", 30, "LEFT", func(s string) string {
			return strings.Replace(s, "line 29\n", "line 29\nline 30\n", 1)
		}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{})
			b.do("POST", "/pulls/1/reviews", review("app.ts", test.line, test.side), 200)
			files := headFiles()
			files["app.ts"] = test.push(files["app.ts"])
			sha, err := b.repo.PushHead(1, files)
			if err != nil {
				t.Fatal(err)
			}
			got := b.repo.Comments(1)[0]
			if got.Line != test.wantLine || got.OriginalLine != test.line || got.OriginalCommitID != b.pull.HeadSHA {
				t.Errorf("line %d, want %d; originally %d at %s", got.Line, test.wantLine, got.OriginalLine, got.OriginalCommitID)
			}
			if p, _ := b.repo.Pull(1); p.HeadSHA != sha {
				t.Errorf("head is %s, want %s", p.HeadSHA, sha)
			}
			o := b.do("GET", "/pulls/1/comments", nil, 200).list()[0]
			if _, placed := o["line"]; placed != (test.wantLine != 0) {
				t.Errorf("the answer's line is %v", o["line"])
			}
		})
	}
}
