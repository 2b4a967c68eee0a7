package catalog

import "slices"

// A repository knows its entity, the entity manager is told it. A query
// builder's conditions are text, which names no field. A condition whose value is
// undefined is left out: https://github.com/typeorm/typeorm/issues/2500.
var _ = register(Library{
	Name:        "TypeORM",
	Source:      "https://typeorm.io/docs/working-with-entity-manager/repository-api",
	Packages:    []string{"typeorm"},
	Distinctive: []string{"DataSource"},
	Meanings: slices.Concat(
		typeormRepository("**.getRepository()."), typeormManager("**.manager."), typeormBuilder(),
		[]Meaning{
			{Path: "DataSource.new().transaction()", Async: true, Calls: &Callback{Arg: "0", With: []string{`@"typeorm:DataSource.new().manager"`}}},
			{Path: "DataSource.new().query()", Async: true, Query: &Query{Kind: Write, Model: `"raw SQL"`, Where: []string{"0"}, Result: Many}},
			{Path: "DataSource.new().initialize()", Async: true, Self: true},
			{Path: "DataSource.new().destroy()", Async: true, Quiet: true},
		},
		each(Meaning{Cond: &Cond{Op: "other"}}, "Not()", "IsNull()", "Like()", "ILike()", "MoreThan()", "LessThan()",
			"MoreThanOrEqual()", "LessThanOrEqual()", "Between()", "Raw()"),
		each(Meaning{Same: "0"}, "In()", "Equal()", "Any()"),
		quiet("DataSource.new()", "DataSource.**", "Entity()", "Column()", "PrimaryColumn()", "PrimaryGeneratedColumn()", "ManyToOne()",
			"OneToMany()", "OneToOne()", "ManyToMany()", "JoinColumn()", "JoinTable()", "Index()", "CreateDateColumn()",
			"UpdateDateColumn()", "DeleteDateColumn()", "**.getRepository()", "**.manager"),
	),
})

func typeormRepository(prefix string) []Meaning {
	const model = "getRepository(0)"
	finds := func(result Result, where, selected string) Meaning {
		return Meaning{Async: true, Query: &Query{
			Kind: Read, Model: model, Where: []string{where}, Select: nonZero(selected), Result: result, Lax: true,
		}}
	}
	changes := func(where, data string) Meaning {
		return Meaning{Async: true, Query: &Query{
			Kind: Write, Model: model, Where: nonZero(where), Data: nonZero(data), Result: Written,
		}}
	}
	return slices.Concat(
		each(finds(One, "0.where", "0.select"), prefix+"findOne()"),
		each(finds(Must, "0.where", "0.select"), prefix+"findOneOrFail()"),
		each(finds(One, "0", ""), prefix+"findOneBy()"),
		each(finds(Must, "0", ""), prefix+"findOneByOrFail()"),
		each(finds(Many, "0.where", "0.select"), under(prefix, "find()", "findAndCount()")...),
		each(finds(Many, "0", ""), under(prefix, "findBy()", "findAndCountBy()")...),
		each(finds(Number, "0.where", ""), under(prefix, "count()", "exists()", "exist()")...),
		each(finds(Number, "0", ""), under(prefix, "countBy()", "existsBy()")...),
		each(changes("", "0"), prefix+"save()"),
		each(Meaning{Async: true, Query: insert(model, "0")}, prefix+"insert()"),
		each(changes("0", "1"), under(prefix, "update()", "increment()", "decrement()")...),
		each(changes("", "0"), prefix+"upsert()"),
		each(changes("0", ""), under(prefix, "delete()", "softDelete()", "restore()", "remove()", "softRemove()")...),
		quiet(under(prefix, "create()", "merge()", "preload()", "metadata.**")...),
	)
}

func typeormManager(prefix string) []Meaning {
	finds := func(result Result, where string) Meaning {
		return Meaning{Async: true, Query: &Query{Kind: Read, Model: "0", Where: []string{where}, Result: result, Lax: true}}
	}
	changes := func(where, data string) Meaning {
		return Meaning{Async: true, Query: &Query{Kind: Write, Model: "0", Where: nonZero(where), Data: nonZero(data), Result: Written}}
	}
	return slices.Concat(
		each(finds(One, "1.where"), prefix+"findOne()"),
		each(finds(Must, "1.where"), prefix+"findOneOrFail()"),
		each(finds(One, "1"), prefix+"findOneBy()"),
		each(finds(Must, "1"), prefix+"findOneByOrFail()"),
		each(finds(Many, "1.where"), prefix+"find()"),
		each(finds(Many, "1"), prefix+"findBy()"),
		each(finds(Number, "1.where"), prefix+"count()"),
		each(changes("", "1"), prefix+"save()"),
		each(Meaning{Async: true, Query: insert("0", "1")}, prefix+"insert()"),
		each(changes("1", "2"), prefix+"update()"),
		each(changes("1", ""), under(prefix, "delete()", "softDelete()", "remove()")...),
		[]Meaning{{Path: prefix + "transaction()", Async: true, Calls: &Callback{Arg: "0", With: []string{"self"}}}},
		quiet(prefix+"create()"),
	)
}

func typeormBuilder() []Meaning {
	const steps = "**.createQueryBuilder().**."
	return slices.Concat(
		[]Meaning{
			{Path: "**.getRepository().createQueryBuilder()", Query: read("getRepository(0)", Many)},
			{Path: "**.createQueryBuilder()", Query: read("", Many)},
		},
		awaited(Meaning{Narrow: &Narrow{Result: One}}, steps+"getOne()", steps+"getRawOne()"),
		awaited(Meaning{Narrow: &Narrow{Result: Must}}, steps+"getOneOrFail()"),
		awaited(Meaning{Narrow: &Narrow{Result: Number}}, steps+"getCount()"),
		awaited(Meaning{Self: true}, under(steps, "getMany()", "getRawMany()", "getManyAndCount()", "execute()")...),
		each(Meaning{Narrow: &Narrow{Kind: Write, Model: "0", Result: Written}}, steps+"update()"),
		each(Meaning{Narrow: &Narrow{Kind: Write, Result: Written}}, steps+"delete()"),
		each(Meaning{Narrow: &Narrow{Kind: Write, Adds: true, Result: Written}}, steps+"insert()"),
		each(Meaning{Narrow: &Narrow{Data: "0"}}, steps+"set()", steps+"values()"),
		each(Meaning{Narrow: &Narrow{Select: "0"}}, steps+"select()"),
		each(Meaning{Narrow: &Narrow{Model: "0"}}, steps+"from()", steps+"into()"),
		self(under(steps, "where()", "andWhere()", "orWhere()", "leftJoin()", "leftJoinAndSelect()", "innerJoin()",
			"innerJoinAndSelect()", "addSelect()", "orderBy()", "addOrderBy()", "groupBy()", "limit()", "offset()", "take()", "skip()",
			"setParameter()", "setParameters()", "returning()", "orIgnore()", "cache()")...),
	)
}
