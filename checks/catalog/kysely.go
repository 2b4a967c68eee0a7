package catalog

import "slices"

// A transaction is taken for the database object itself, so that
// transaction().execute(fn) hands on what can do the same.
var _ = register(Library{
	Name:        "Kysely",
	Source:      "https://kysely-org.github.io/kysely-apidoc/",
	Packages:    []string{"kysely"},
	Distinctive: []string{"Kysely"},
	Meanings:    slices.Concat(kyselyStarts("Kysely.new()."), kyselySteps("Kysely.new()."), kyselyRest()),
})

func kyselyStarts(prefix string) []Meaning {
	return slices.Concat(
		[]Meaning{
			{Path: prefix + "selectFrom()", Query: read("0", Many)},
			{Path: prefix + "execute()", Async: true, Calls: &Callback{Arg: "0", With: []string{"self"}}},
			{Path: prefix + "executeQuery()", Async: true, Query: write(`"raw SQL"`)},
		},
		each(Meaning{Query: insert("0")}, prefix+"insertInto()"),
		each(Meaning{Query: write("0")}, under(prefix, "replaceInto()", "updateTable()", "deleteFrom()", "mergeInto()")...),
		self(under(prefix, "transaction()", "setIsolationLevel()", "setAccessMode()", "connection()", "with()", "withRecursive()",
			"withSchema()", "withPlugin()", "withoutPlugins()", "withTables()")...),
		quiet(under(prefix, "fn.**", "dynamic.**", "schema.**", "introspection.**", "destroy()", "isTransaction", "case()")...),
	)
}

// kyselySteps: only an inner join narrows, and its condition is a callback that
// compares columns.
func kyselySteps(prefix string) []Meaning {
	prefix += "**."
	return slices.Concat(
		each(Meaning{Narrow: &Narrow{Field: "0", Op: "1", Value: "2"}}, prefix+"where()"),
		each(Meaning{Narrow: &Narrow{Select: "0"}}, prefix+"select()"),
		each(Meaning{Narrow: &Narrow{Data: "0"}}, prefix+"values()", prefix+"set()"),
		awaited(Meaning{Self: true}, prefix+"execute()", prefix+"stream()"),
		awaited(Meaning{Narrow: &Narrow{Result: One}}, prefix+"executeTakeFirst()"),
		awaited(Meaning{Narrow: &Narrow{Result: Must}}, prefix+"executeTakeFirstOrThrow()"),
		self(under(prefix, "selectAll()", "distinct()", "distinctOn()", "innerJoin()", "leftJoin()", "rightJoin()", "fullJoin()",
			"innerJoinLateral()", "leftJoinLateral()", "from()", "using()", "whereRef()", "having()", "havingRef()", "groupBy()",
			"orderBy()", "limit()", "offset()", "top()", "fetch()", "forUpdate()", "forShare()", "skipLocked()", "noWait()", "as()",
			"returning()", "returningAll()", "onConflict()", "onDuplicateKeyUpdate()", "ignore()", "union()", "unionAll()",
			"intersect()", "except()", "clearSelect()", "clearWhere()", "$if()", "$call()", "$castTo()", "$narrowType()",
			"$assertType()", "columns()", "expression()", "defaultValues()", "modifyFront()", "modifyEnd()", "compile()", "explain()")...),
	)
}

func kyselyRest() []Meaning {
	return slices.Concat(
		[]Meaning{
			{Path: "sql().execute()", Async: true, Query: &Query{
				Kind: Write, Model: `"raw SQL"`, Result: Many, Envelope: "{rows: result}",
			}},
			{Path: "sql()", Cond: &Cond{Op: "other"}},
		},
		quiet("Kysely.new()", "sql.**", "PostgresDialect.**", "MysqlDialect.**", "SqliteDialect.**", "CamelCasePlugin.**",
			"jsonArrayFrom()", "jsonObjectFrom()", "expressionBuilder.**"),
	)
}
