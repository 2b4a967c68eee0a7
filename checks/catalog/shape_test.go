package catalog

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseShape(t *testing.T) {
	t.Parallel()
	object := func(members ...ShapeMember) Shape { return Shape{Kind: ObjectShape, Members: members} }
	identity, null := Shape{Kind: IdentityShape}, Shape{Kind: NullShape}
	tests := []struct {
		text string
		want Shape
	}{
		{"identity", identity},
		{" null ", null},
		{"arg3", Shape{Kind: ArgShape, Arg: 3}},
		{`"admin"`, Shape{Kind: TextShape, Text: "admin"}},
		{`""`, Shape{Kind: TextShape}},
		{"{}", Shape{Kind: ObjectShape}},
		{"{data: {user: identity}, error: null}", object(
			ShapeMember{"data", object(ShapeMember{"user", identity})}, ShapeMember{"error", null})},
		{"{0: null, 1: identity}", object(ShapeMember{"0", null}, ShapeMember{"1", identity})},
		{"{ok: true, ...identity}", Shape{Kind: ObjectShape, Members: []ShapeMember{{"ok", Shape{Kind: TrueShape}}}, Rest: &identity}},
		{"request", Shape{Kind: RequestShape}},
		{"request{auth: outcome}", Shape{Kind: RequestShape, Members: []ShapeMember{{"auth", Shape{Kind: OutcomeShape}}}}},
		{`@"node:crypto:verify"`, Shape{Kind: ExportShape, Package: "node:crypto", Text: "verify"}},
		{`@"drizzle-orm:*"`, Shape{Kind: ExportShape, Package: "drizzle-orm", Text: "*"}},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			got, err := ParseShape(tt.text)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("ParseShape = %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestParseShapeRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "caller", "arg", "arg12", "identity null", `"open`, "{", "{a}", "{a:}", "{a: null b: null}", "{a: null,", "{: null}",
		"{a: null, a: null}", "{...null, ...null}", "{..null}", "null{a: null}", "@auth", `@"auth"`, `@":auth"`, `@"pkg:"`, "}",
		strings.Repeat("{a: ", maxShapeDepth+2) + "null" + strings.Repeat("}", maxShapeDepth+2),
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			if s, err := ParseShape(text); err == nil {
				t.Errorf("ParseShape(%q) = %+v, want an error", text, s)
			}
		})
	}
}

func TestMember(t *testing.T) {
	t.Parallel()
	s := MustShape("{error: null, ...identity}")
	open := MustShape("{error: null}")
	for _, tt := range []struct {
		shape Shape
		name  string
		want  ShapeKind
	}{
		{s, "error", NullShape},
		{s, "user", IdentityShape},
		{open, "user", PathShape},
		{MustShape(""), "user", PathShape},
	} {
		if got := tt.shape.Member(tt.name).Kind; got != tt.want {
			t.Errorf("Member(%s) of %+v = %s, want %s", tt.name, tt.shape, got, tt.want)
		}
	}
}

func TestMustShapePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("MustShape took a text that is no shape")
		}
	}()
	MustShape("no shape at all")
}

func FuzzParseShape(f *testing.F) {
	f.Add("{data: {user: identity}, ...unknown}")
	f.Add(`request{a: @"p:e"}`)
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := ParseShape(text); err != nil && !strings.Contains(err.Error(), "want") {
			t.Errorf("error %q doesn't say what it wants", err)
		}
	})
}
