package module

import (
	"path"
	"slices"
	"strings"
)

// Reads reports whether the analysis of a tree may depend on a file, by its path.
func Reads(p string) bool {
	// A config file may extend one of any name, which ends in .json.
	return isSource(p) || isConfig(p) || path.Ext(p) == ".json"
}

// extensions lists those of source files, in the order in which an import
// without extension tries them.
var extensions = []string{".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs"}

// written maps the extension of a compiled file to those that it may have been
// compiled from: TypeScript lets an import name the output.
var written = map[string][]string{
	".js":  {".ts", ".tsx", ".jsx"},
	".jsx": {".tsx"},
	".mjs": {".mts"},
	".cjs": {".cts"},
}

// isSource reports whether a path is that of a file with code: no type
// declarations, and nothing that was installed.
func isSource(p string) bool {
	return slices.Contains(extensions, path.Ext(p)) && !isDeclaration(p) && !installed(p)
}

func isDeclaration(p string) bool {
	base := path.Base(p)
	return strings.HasSuffix(base, ".d.ts") || strings.HasSuffix(base, ".d.mts") || strings.HasSuffix(base, ".d.cts")
}

// installed reports whether a path lies in a package manager's folder.
func installed(p string) bool {
	return strings.HasPrefix(p, "node_modules/") || strings.Contains(p, "/node_modules/")
}

// isTest reports whether a source file is a test, a mock or a story: no part of
// the running application. Below pages/ there are none, since Next.js serves
// every file there.
func isTest(p string) bool {
	if strings.HasPrefix(p, "pages/") || strings.Contains(p, "/pages/") {
		return false
	}
	if strings.Contains("/"+p, "/__tests__/") || strings.Contains("/"+p, "/__mocks__/") {
		return true
	}
	name := strings.TrimSuffix(path.Base(p), path.Ext(p))
	switch path.Ext(name) {
	case ".test", ".spec", ".stories":
		return true
	}
	return false
}

// SettingsFile is what a repository says to the analysis. It is read with the
// rest, and understood elsewhere.
const SettingsFile = ".github/authdiff.yml"

// isConfig reports whether a file decides how imports are resolved, or is the
// settings file. What such a file extends may have any name (see loadExtended).
func isConfig(p string) bool {
	if installed(p) {
		return false
	}
	if p == SettingsFile {
		return true
	}
	base := path.Base(p)
	switch base {
	case "package.json", "pnpm-workspace.yaml", "jsconfig.json":
		return true
	}
	return strings.HasPrefix(base, "tsconfig") && strings.HasSuffix(base, ".json")
}

// inside joins a folder and a relative path; ok is false when the result lies
// outside of the repository.
func inside(dir, rel string) (joined string, ok bool) {
	joined = path.Join(dir, rel)
	return joined, joined != ".." && !strings.HasPrefix(joined, "../") && !strings.HasPrefix(joined, "/")
}

// parents calls visit with the folder and each one above it, the last one being
// ".", until visit returns true. A tree may hold a path that starts with "/", which
// leads to "/" instead.
func parents(dir string, visit func(dir string) (done bool)) {
	for !visit(dir) && dir != "." && dir != "/" {
		dir = path.Dir(dir)
	}
}
