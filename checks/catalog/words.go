package catalog

// The constructors of this file are what many library files say. They are here
// so that a library reads as a table.

// quiet gives the paths that are neither effect nor guard.
func quiet(paths ...string) []Meaning {
	return each(Meaning{Quiet: true}, paths...)
}

// self gives the paths whose step gives its receiver: chained settings.
func self(paths ...string) []Meaning {
	return each(Meaning{Self: true}, paths...)
}

// each gives every path the same meaning.
func each(m Meaning, paths ...string) []Meaning {
	all := make([]Meaning, len(paths))
	for i, path := range paths {
		all[i] = m
		all[i].Path = path
	}
	return all
}

// awaited is each, for steps that give a promise.
func awaited(m Meaning, paths ...string) []Meaning {
	m.Async = true
	return each(m, paths...)
}

// proves is a result that shows the credential.
func proves(shape string, kind Credential) Outcome {
	return Outcome{Shape: shape, Proves: &Proof{Kind: kind}}
}

// gives is a result that shows nothing.
func gives(shape string) Outcome { return Outcome{Shape: shape} }

// throws is the end of a step that gives no result.
func throws() Outcome { return Outcome{Throws: true} }

// callerOr is what a step gives that finds the caller, or the shape.
func callerOr(none string, kind Credential) []Outcome {
	return []Outcome{proves("identity", kind), gives(none)}
}

// callerOrThrows is what a step gives that demands the caller.
func callerOrThrows(kind Credential) []Outcome {
	return []Outcome{proves("identity", kind), throws()}
}

// read is a query that reads.
func read(model string, result Result) *Query {
	return &Query{Kind: Read, Model: model, Result: result}
}

// write is a query that changes data.
func write(model string) *Query {
	return &Query{Kind: Write, Model: model, Result: Written}
}

// insert is a query that adds rows.
func insert(model string, data ...string) *Query {
	return &Query{Kind: Write, Model: model, Data: data, Adds: true, Result: Written}
}

// calls is a call of another service; model names it in quotes, or says where
// the name is.
func calls(model string) *Query {
	return &Query{Kind: Service, Model: model, Data: []string{"0"}}
}

// under puts a common beginning before paths.
func under(prefix string, paths ...string) []string {
	all := make([]string, len(paths))
	for i, path := range paths {
		all[i] = prefix + path
	}
	return all
}

// nonZero is the list of one text, or of none when it is empty.
func nonZero(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
