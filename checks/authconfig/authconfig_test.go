package authconfig

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks/syntax"
)

func parse(t *testing.T, text string) *syntax.File {
	t.Helper()
	f, err := syntax.Parse("auth.tsx", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`a({ dangerouslyAllowBrowser: true })`:                       "dangerouslyAllowBrowser",
		`a({ images: { dangerouslyAllowSVG: true } })`:               "images.dangerouslyAllowSVG",
		`a({ dangerouslyAllowBrowser: false })`:                      "",
		`a({ dangerouslyAllowBrowser: null })`:                       "",
		`a({ dangerouslyAllowBrowser: process.env.X === "1" })`:      "",
		`const x = <p dangerouslySetInnerHTML={{ __html: "" }} />`:   "",
		`a([{ b: [{ allowDangerousEmailAccountLinking: true }] }])`:  "b.allowDangerousEmailAccountLinking",
		`const o = { skipCSRFCheck: "yes", disableCSRFCheck: true }`: "skipCSRFCheck disableCSRFCheck",
	} {
		var got []string
		for _, o := range Options(parse(t, text)) {
			got = append(got, o.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", text, got, want)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`const c = { callbacks: { session({ session, token }) { session.user.role = token.role; session.user.x = null; return session } } }`: {"session.role"},
		`const c = { callbacks: { session: ({ session, user }) => ({ ...session, user: { ...session.user, id: user.id, a: undefined } }) } }`: {
			"session.user", "session.id"},
		`function jwt({ token }) { token.role = "a"; return token } const c = { callbacks: { jwt } }`:              {"jwt.role"},
		`export const jwt = async ({ token }) => { token.role = 1; return token }; a({ callbacks: { jwt: jwt } })`: {"jwt.role"},
		`betterAuth({ plugins: [customSession(async ({ user, session }) => { return { roles: 1, user, session } })] })`: {
			"customSession.roles", "customSession.user", "customSession.session"},
		`const c = { callbacks: { signIn() { return { role: 1 } } } }`: nil,
		`const c = { callbacks: { session: imported } }`:               nil,
	} {
		var got []string
		for _, f := range Fields(parse(t, text)) {
			got = append(got, f.Callback+"."+f.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}
