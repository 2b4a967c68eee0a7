package catalog

import "slices"

// What is sent is SQL: a text with parameters, or a tagged template. Whether it
// reads or writes stands in the text.
var (
	sqlRows = &Query{Kind: Read, Model: `"SQL"`, Where: []string{"0"}, Result: Many, Envelope: "{rows: result, rowCount: unknown}"}
	sqlList = &Query{Kind: Read, Model: `"SQL"`, Where: []string{"0"}, Result: Many}
	sqlPair = &Query{Kind: Read, Model: `"SQL"`, Where: []string{"0"}, Result: Many, Envelope: "{0: result, 1: unknown}"}
)

var _ = register(Library{
	Name:     "node-postgres",
	Source:   "https://node-postgres.com/apis/client",
	Packages: []string{"pg", "@neondatabase/serverless", "@vercel/postgres"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: sqlRows}, "Pool.new().query()", "Client.new().query()", "sql()", "sql.query()", "db.query()", "db.sql()",
			"createPool().query()", "createPool().sql()", "createClient().query()", "createClient().sql()"),
		// Neon's function gives the rows themselves.
		awaited(Meaning{Query: sqlList}, "neon()()", "neon().query()"),
		[]Meaning{{Path: "neon().transaction()", Async: true, Builtin: "all"}},
		awaited(Meaning{Self: true}, "Pool.new().connect()", "Client.new().connect()", "db.connect()",
			"createPool().connect()", "createClient().connect()", "sql.connect()"),
		quiet("Pool.new()", "Pool.new().**", "Client.new()", "Client.new().**", "neon()", "createPool()", "createClient()", "types.**",
			"neonConfig.**", "createClient().end()"),
	),
})

var _ = register(Library{
	Name:     "Postgres.js",
	Source:   "https://github.com/porsager/postgres",
	Packages: []string{"postgres", "bun"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: sqlList}, "default()()", "default().unsafe()", "sql()", "SQL.new()()"),
		[]Meaning{{Path: "default().begin()", Async: true, Calls: &Callback{Arg: "0", With: []string{"self"}}}},
		quiet("default()", "default().end()", "default().json()", "default().array()", "SQL.new()"),
	),
})

var _ = register(Library{
	Name:     "MySQL2",
	Source:   "https://sidorares.github.io/node-mysql2/docs",
	Packages: []string{"mysql2/promise", "mysql2", "mysql"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: sqlPair}, "createPool().query()", "createPool().execute()", "createConnection().query()", "createConnection().execute()"),
		awaited(Meaning{Self: true}, "createPool().getConnection()"),
		quiet("createPool()", "createConnection()", "createPool().**", "createConnection().**"),
	),
})

var _ = register(Library{
	Name:     "SQL clients",
	Source:   "https://planetscale.com/docs/vitess/tutorials/planetscale-serverless-driver",
	Packages: []string{"@planetscale/database", "@libsql/client", "@libsql/client/web", "@libsql/client/http"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: sqlRows}, "connect().execute()", "Client.new().execute()", "createClient().execute()"),
		[]Meaning{
			{Path: "createClient().batch()", Async: true, Query: write(`"SQL"`)},
			{Path: "connect().transaction()", Async: true, Calls: &Callback{Arg: "0", With: []string{"self"}}},
			{Path: "Client.new().transaction()", Async: true, Calls: &Callback{Arg: "0", With: []string{"self"}}},
		},
		quiet("connect()", "Client.new()", "Client.new().connection()", "createClient()", "cast()"),
	),
})

var _ = register(Library{
	Name:     "better-sqlite3",
	Source:   "https://github.com/WiseLibs/better-sqlite3/blob/master/docs/api.md",
	Packages: []string{"better-sqlite3", "bun:sqlite", "node:sqlite"},
	Meanings: slices.Concat(
		each(Meaning{Query: &Query{Kind: Read, Model: `"SQL"`, Result: One}}, sqliteRoots("prepare().get()")...),
		each(Meaning{Query: &Query{Kind: Read, Model: `"SQL"`, Result: Many}}, sqliteRoots("prepare().all()", "prepare().iterate()")...),
		each(Meaning{Query: write(`"SQL"`)}, sqliteRoots("prepare().run()", "exec()")...),
		quiet(sqliteRoots("prepare()", "pragma()", "close()")...),
	),
})

func sqliteRoots(paths ...string) []string {
	return slices.Concat(under("default.new().", paths...), under("Database.new().", paths...), under("DatabaseSync.new().", paths...))
}
