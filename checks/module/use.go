package module

// SameDeclaration reports whether a file says the same in both trees of what it
// declares under a name at its top level: the same text, the same import of the same
// thing, or nothing. What it leads to isn't looked at.
func (c *Changes) SameDeclaration(file, name string) bool {
	if !c.within(file) {
		return true
	}
	b, h := c.base.outline(file), c.head.outline(file)
	if b == nil || h == nil || b != h && (b.broken || h.broken) {
		return false
	}
	from, there := b.names.locals[name], h.names.locals[name]
	if from.From != "" && there.From != "" {
		_, same := c.imported(file, from, there)
		return same && b.decls[name].same(h.decls[name])
	}
	return from == there && b.decls[name].same(h.decls[name]) && (!b.decls[name].stirred() || b.decls[ambient].same(h.decls[ambient]))
}

// stirred reports whether what stands at the top level of the file beside a
// declaration may change what it is.
func (s *sketch) stirred() bool { return s != nil && s.stirs }

// SameExport reports whether a file's export under a name leads to the same in both
// trees.
func (c *Changes) SameExport(file, name string) bool {
	if !c.within(file) {
		return true
	}
	b, h := c.base.outline(file), c.head.outline(file)
	if b == nil || h == nil {
		return false
	}
	to, _ := c.base.export(file, b.names, name, true)
	there, _ := c.head.export(file, h.names, name, true)
	return to == there
}

// SameImport reports whether a specifier in a file leads to the same in both trees.
func (c *Changes) SameImport(file, spec string) bool {
	return c.base.Resolve(file, spec) == c.head.Resolve(file, spec)
}
