package catalog

import "slices"

// Every driver exports one function, drizzle, that makes the same database
// object. A query runs when it is awaited.
var _ = register(Library{
	Name:     "Drizzle",
	Source:   "https://orm.drizzle.team/docs/select",
	Packages: []string{"drizzle-orm/*"},
	Meanings: slices.Concat(
		drizzleSelects(), drizzleWrites(), drizzleSteps(),
		[]Meaning{
			{Path: "drizzle().transaction()", Async: true, Calls: &Callback{Arg: "0", With: []string{"self"}}},
			{Path: "drizzle().batch()", Async: true, Builtin: "all"},
		},
		awaited(Meaning{Query: &Query{Kind: Write, Model: `"raw SQL"`, Where: []string{"0"}, Result: Many}},
			under("drizzle().", "execute()", "run()")...),
		awaited(Meaning{Query: &Query{Kind: Read, Model: `"raw SQL"`, Where: []string{"0"}, Result: Many}},
			under("drizzle().", "all()", "values()")...),
		awaited(Meaning{Query: &Query{Kind: Read, Model: `"raw SQL"`, Where: []string{"0"}, Result: One}}, "drizzle().get()"),
		self("drizzle().with()"),
		quiet("drizzle()", "drizzle().$with.**", "drizzle().$with().**", "drizzle().$client.**", "migrate()"),
	),
})

func drizzleSelects() []Meaning {
	relational := func(result Result) *Query {
		return &Query{
			Kind: Read, Model: "*", Where: []string{"0.where"}, With: []string{"unknown", `@"drizzle-orm:*"`},
			Select: []string{"0.columns"}, Result: result,
		}
	}
	selecting := func(fields string) *Query {
		return &Query{Kind: Read, Select: []string{fields}, Result: Many}
	}
	return []Meaning{
		{Path: "drizzle().select()", Async: true, Query: selecting("0")},
		{Path: "drizzle().selectDistinct()", Async: true, Query: selecting("0")},
		{Path: "drizzle().selectDistinctOn()", Async: true, Query: selecting("1")},
		{Path: "drizzle().query.*.findFirst()", Async: true, Query: relational(One)},
		{Path: "drizzle().query.*.findMany()", Async: true, Query: relational(Many)},
		{Path: "drizzle().$count()", Async: true, Query: &Query{Kind: Read, Model: "0", Where: []string{"1"}, Result: Number}},
	}
}

func drizzleWrites() []Meaning {
	return []Meaning{
		{Path: "drizzle().insert()", Async: true, Query: insert("0")},
		{Path: "drizzle().insert().values()", Narrow: &Narrow{Data: "0"}},
		{Path: "drizzle().insert().select()", Narrow: &Narrow{Data: "0"}},
		{Path: "drizzle().update()", Async: true, Query: write("0")},
		{Path: "drizzle().update().set()", Narrow: &Narrow{Data: "0"}},
		{Path: "drizzle().delete()", Async: true, Query: write("0")},
	}
}

// drizzleSteps says what follows: only an inner join's condition narrows what is
// selected, an outer join's adds columns.
func drizzleSteps() []Meaning {
	return slices.Concat(
		each(Meaning{Narrow: &Narrow{Cond: "0"}}, "drizzle().**.where()"),
		each(Meaning{Narrow: &Narrow{Cond: "1"}}, "drizzle().**.innerJoin()"),
		each(Meaning{Narrow: &Narrow{Model: "0"}}, "drizzle().**.from()"),
		each(Meaning{Narrow: &Narrow{Result: One}}, "drizzle().select().**.get()", "drizzle().selectDistinct().**.get()"),
		self(under("drizzle().**.",
			"leftJoin()", "rightJoin()", "fullJoin()", "crossJoin()", "leftJoinLateral()", "innerJoinLateral()", "orderBy()",
			"groupBy()", "having()", "limit()", "offset()", "for()", "$dynamic()", "as()", "union()", "unionAll()", "intersect()",
			"except()", "onConflictDoNothing()", "onConflictDoUpdate()", "onDuplicateKeyUpdate()", "overridingSystemValue()",
			"returning()", "$returningId()", "prepare()", "$withCache()", "execute()", "all()", "run()", "get()", "values()",
			"toSQL()", "getSQL()")...),
	)
}

// The conditions, and what describes tables.
var _ = register(Library{
	Name:     "Drizzle operators",
	Source:   "https://orm.drizzle.team/docs/operators",
	Packages: []string{"drizzle-orm", "drizzle-orm/sql"},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "eq()", Cond: &Cond{Op: "eq", Field: "0", Value: "1"}},
			{Path: "inArray()", Cond: &Cond{Op: "in", Field: "0", Value: "1"}},
			{Path: "and()", Cond: &Cond{Op: "and"}},
			{Path: "or()", Cond: &Cond{Op: "or"}},
			{Path: "not()", Cond: &Cond{Op: "not"}},
		},
		each(Meaning{Cond: &Cond{Op: "other"}},
			"ne()", "gt()", "gte()", "lt()", "lte()", "isNull()", "isNotNull()", "notInArray()", "exists()", "notExists()",
			"between()", "notBetween()", "like()", "notLike()", "ilike()", "notIlike()", "arrayContains()", "arrayContained()",
			"arrayOverlaps()", "sql()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:   "Drizzle schema",
	Source: "https://orm.drizzle.team/docs/sql-schema-declaration",
	Packages: []string{
		"drizzle-orm/pg-core", "drizzle-orm/mysql-core", "drizzle-orm/sqlite-core", "drizzle-orm/singlestore-core",
		"drizzle-kit", "drizzle-seed",
	},
	Meanings: quiet("**"),
})
