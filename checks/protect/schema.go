package protect

import "slices"

// Written is what of the caller's input an effect writes, by the names of the
// fields: those that are named, and where the input is written as a whole, those
// that its schema lets through.
type Written struct {
	Fields []string
	Whole  bool
	// Any: whatever the caller sends is written.
	Any bool
	// Unread: the schema can't be told.
	Unread bool
	// Picked: the schema names some fields of a larger one; Omitted: it names those
	// that it leaves out.
	Picked, Omitted bool
}

// settleWritten notes which of the caller's input an effect writes.
func (ev *eval) settleWritten(e *Effect) {
	e.Written = Written{}
	for _, d := range e.Data {
		o, ok := ev.st.see(d.Value).(*Opaque)
		switch {
		case !ok || o.Root.Origin != FromRequest:
		case lastField(d.Field) == "*" || d.Field == "":
			ev.writtenWhole(e, o)
		default:
			e.Written.Fields = append(e.Written.Fields, d.Field)
		}
	}
}

func (ev *eval) writtenWhole(e *Effect, in *Opaque) {
	w := &e.Written
	w.Whole = true
	if !isPart(in.Path) {
		w.Unread = true
		return
	}
	i := slices.IndexFunc(ev.st.facts, func(f *Fact) bool { return f.Kind == Input && f.Key == inputKey(in) })
	if i < 0 {
		w.Any = true
		return
	}
	allowed := ev.st.facts[i].allowed
	if allowed == nil {
		w.Unread = true
		return
	}
	w.Picked, w.Omitted = w.Picked || allowed.picked, w.Omitted || allowed.omitted
	w.Fields = append(w.Fields, allowed.names...)
}

// isPart reports whether a path is that of a whole part of the request: its body,
// an action's argument.
func isPart(path string) bool {
	switch path {
	case ".body", ".input", ".args.0", ".args.1", ".args.2":
		return true
	}
	return false
}

// fields are the names that a schema of an object lets through, and how it came to
// them; see Written.
type fields struct {
	names           []string
	picked, omitted bool
}

// fieldsOf reads a schema's fields; nil when they can't be told, or are any.
// https://zod.dev/api#objects
func (ev *eval) fieldsOf(schema Value, depth int) *fields {
	x, ok := ev.st.see(schema).(*Extern)
	if !ok || x.Prev == nil || depth > maxChain {
		return nil
	}
	given := arg(x.Args, 0)
	switch x.Step {
	case "object", "strictObject":
		if names := ev.namesOf(given); names != nil {
			return &fields{names: names}
		}
	case "pick", "omit":
		of := ev.fieldsOf(x.Prev, depth+1)
		if of == nil {
			return nil
		}
		chosen := ev.namesOf(given)
		kept := slices.DeleteFunc(slices.Clone(of.names), func(n string) bool { return slices.Contains(chosen, n) != (x.Step == "pick") })
		return &fields{kept, of.picked || x.Step == "pick", of.omitted || x.Step == "omit"}
	case "extend", "safeExtend", "augment":
		return bothFields(ev.fieldsOf(x.Prev, depth+1), &fields{names: ev.namesOf(given)})
	case "merge", "and", "or":
		return bothFields(ev.fieldsOf(x.Prev, depth+1), ev.fieldsOf(given, depth+1))
	case "partial", "required", "deepPartial", "strict", "strip", "optional", "nullable", "nullish", "refine", "superRefine", "default",
		"describe", "brand", "readonly", "meta", "check", "openapi":
		return ev.fieldsOf(x.Prev, depth+1)
	}
	return nil
}

func bothFields(a, b *fields) *fields {
	if a == nil || b == nil {
		return nil
	}
	return &fields{unite(a.names, b.names), a.picked || b.picked, a.omitted || b.omitted}
}

// namesOf are the names of a wholly known object's members; nil for any other
// value.
func (ev *eval) namesOf(v Value) []string {
	o, ok := ev.st.see(v).(*Object)
	if !ok || o.List {
		return nil
	}
	c := ev.st.content(o)
	if c.rest != nil {
		return nil
	}
	return append([]string{}, c.names...)
}
