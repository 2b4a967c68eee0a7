package catalog

import "slices"

// The first star is the model. Every query is lazy: it runs when it is awaited.
var _ = register(Library{
	Name:   "Prisma",
	Source: "https://www.prisma.io/docs/orm/reference/prisma-client-reference",
	Packages: []string{
		"@prisma/client", "@prisma/client/edge", "@prisma/client/wasm", "@prisma/client/extension", "@prisma/client/sql",
		".prisma/client",
	},
	Distinctive: []string{"PrismaClient"},
	Meanings: slices.Concat(
		prismaReads(), prismaWrites(), prismaClient(),
		each(Meaning{Builtin: "enum"}, "*.*", "$Enums.*.*"), // Role.ADMIN: generated from the schema's enums
		quiet("Prisma.*", "Prisma.**", "default.*"),
	),
})

func prismaReads() []Meaning {
	where, fields := []string{"0.where"}, []string{"0.select"}
	// findUnique refuses what isn't there, the others leave the condition out:
	// https://www.prisma.io/docs/orm/prisma-client/special-fields-and-types/null-and-undefined
	unique := func(result Result) *Query {
		return &Query{Kind: Read, Model: "*", Where: where, Select: fields, Result: result}
	}
	find := func(result Result) *Query {
		q := unique(result)
		q.Lax = true
		return q
	}
	number := &Query{Kind: Read, Model: "*", Where: where, Result: Number, Lax: true}
	return slices.Concat(
		awaited(Meaning{Query: unique(One)}, "PrismaClient.new().*.findUnique()"),
		awaited(Meaning{Query: unique(Must)}, "PrismaClient.new().*.findUniqueOrThrow()"),
		awaited(Meaning{Query: find(One)}, "PrismaClient.new().*.findFirst()"),
		awaited(Meaning{Query: find(Must)}, "PrismaClient.new().*.findFirstOrThrow()"),
		awaited(Meaning{Query: find(Many)}, under("PrismaClient.new().*.", "findMany()")...),
		awaited(Meaning{Query: number}, under("PrismaClient.new().*.", "count()", "aggregate()", "groupBy()")...),
		// findUnique(…).posts() reads on along a relation of the record.
		self("PrismaClient.new().*.findUnique().*()", "PrismaClient.new().*.findUniqueOrThrow().*()", "PrismaClient.new().*.findFirst().*()"),
	)
}

func prismaWrites() []Meaning {
	where, fields := []string{"0.where"}, []string{"0.select"}
	changing := func(data ...string) *Query {
		return &Query{Kind: Write, Model: "*", Where: where, Data: data, Select: fields, Result: Written}
	}
	creating := insert("*", "0.data")
	creating.Select = fields
	return slices.Concat(
		awaited(Meaning{Query: creating}, under("PrismaClient.new().*.", "create()", "createMany()", "createManyAndReturn()")...),
		awaited(Meaning{Query: changing("0.data")}, under("PrismaClient.new().*.", "update()", "updateMany()", "updateManyAndReturn()")...),
		awaited(Meaning{Query: changing("0.create", "0.update")}, "PrismaClient.new().*.upsert()"),
		awaited(Meaning{Query: changing()}, under("PrismaClient.new().*.", "delete()", "deleteMany()")...),
	)
}

func prismaClient() []Meaning {
	return slices.Concat(
		[]Meaning{
			{Path: "PrismaClient.new().$extends()", Self: true},
			{
				Path: "PrismaClient.new().$transaction()", Async: true,
				Calls: &Callback{Arg: "0", With: []string{"self"}}, Builtin: "all",
			},
		},
		awaited(Meaning{Query: &Query{Kind: Read, Model: `"raw SQL"`, Where: []string{"0"}, Result: Many}},
			under("PrismaClient.new().", "$queryRaw()", "$queryRawUnsafe()", "$queryRawTyped()")...),
		awaited(Meaning{Query: &Query{Kind: Write, Model: `"raw SQL"`, Where: []string{"0"}, Result: Written}},
			under("PrismaClient.new().", "$executeRaw()", "$executeRawUnsafe()")...),
		quiet("PrismaClient.new()"),
		awaited(Meaning{Quiet: true}, under("PrismaClient.new().", "$connect()", "$disconnect()")...),
		quiet(under("PrismaClient.new().", "$on()", "$use()", "$metrics.**")...),
	)
}

var _ = register(Library{
	Name:   "Prisma extensions",
	Source: "https://www.prisma.io/docs/orm/prisma-client/client-extensions/shared-extensions/permission-handling",
	Packages: []string{
		"@prisma/extension-accelerate", "@prisma/extension-read-replicas", "@prisma/extension-optimize", "@prisma/adapter-neon",
		"@prisma/adapter-planetscale", "@prisma/adapter-pg", "@prisma/adapter-libsql", "@prisma/adapter-better-sqlite3",
		"@prisma/instrumentation", "@prisma/client/runtime/*",
	},
	Meanings: quiet("**"),
})
