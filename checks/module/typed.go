package module

import (
	"bytes"
	"regexp"
	"slices"
)

// Types leave nothing in the syntax tree. Where one says what a value is, as
// that of a router's context does, it is read as text.

// maxTypeText bounds how much of a type's declaration is read, in bytes.
const maxTypeText = 4000

// TypeText is the text behind a type's name where the file declares it: up to
// its end, where that is easily told.
func (m *Module) TypeText(name string) (string, bool) { return typeText(m.File.Text, name) }

func typeText(file []byte, name string) (string, bool) {
	name = regexp.QuoteMeta(name)
	at := regexp.MustCompile(`\btype\s+` + name + `\s*=|\binterface\s+` + name + `\b[^{]*`).FindIndex(file)
	if at == nil {
		return "", false
	}
	text := file[at[1]:min(len(file), at[1]+maxTypeText)]
	end := "\n}"
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		end = ";"
	}
	text, _, _ = bytes.Cut(text, []byte(end))
	return string(text), true
}

// TypeFile is the file from which a file imports a name as a type or otherwise;
// empty when it isn't found.
func (r *Repo) TypeFile(path, name string) string {
	name = regexp.QuoteMeta(name)
	found := regexp.MustCompile(`\bimport\s+(?:type\s+)?\{[^}]*\b` + name + `\b[^}]*\}\s*from\s*["']([^"']+)["']`).FindSubmatch(r.Text(path))
	if found == nil {
		return ""
	}
	return r.Resolve(path, string(found[1])).Path
}

var identifier = regexp.MustCompile(`[A-Za-z_$][\w$]*`)

// typeNames lists the names in the text of a type, each once, sorted.
func typeNames(text []byte) []string {
	var names []string
	for _, name := range identifier.FindAll(text[:min(len(text), maxTypeText)], -1) {
		names = append(names, string(name))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// typed is what the type of a name says, in its file or where it is imported
// from. Those names that are values are followed as values.
func (c *Changes) typed(n Root) (next []Root, same bool) {
	b, h := c.base.outline(n.File), c.head.outline(n.File)
	if b == nil || h == nil {
		return nil, false
	}
	local, value := b.names.locals[n.Name]
	if there, valueThere := h.names.locals[n.Name]; value != valueThere || (local.From == "") != (there.From == "") {
		return nil, false
	} else if local.From != "" {
		to, ok := c.imported(n.File, local, there)
		if !ok {
			return nil, false
		}
		next = append(next, to...)
	} else if value {
		next = append(next, Root{File: n.File, Name: n.Name})
	}
	text, ok := typeText(c.base.Text(n.File), n.Name)
	other, there := typeText(c.head.Text(n.File), n.Name)
	if ok != there || text != other {
		return nil, false
	}
	if ok {
		for _, name := range typeNames([]byte(text)) {
			next = append(next, Root{File: n.File, Name: name, typed: true})
		}
		return next, true
	}
	from, fromThere := c.base.TypeFile(n.File, n.Name), c.head.TypeFile(n.File, n.Name)
	if from == "" || from != fromThere {
		return next, from == fromThere
	}
	if o := c.base.outline(from); o != nil {
		if to, _ := c.base.export(from, o.names, n.Name, true); to.Missing == "" {
			next = append(next, Root{File: from, Name: n.Name, Export: true})
		}
	}
	return append(next, Root{File: from, Name: n.Name, typed: true}), true
}
