package catalog

import "slices"

// A model comes from model(name, schema), or from the table of those that were
// made already.
var _ = register(Library{
	Name:     "Mongoose",
	Source:   "https://mongoosejs.com/docs/api/model.html",
	Packages: []string{"mongoose"},
	Meanings: slices.Concat(
		mongooseModel("models.*.", "*"), mongooseModel("model().", "model(0)"), mongooseModel("connection.model().", "model(0)"),
		[]Meaning{
			{Path: "connect()", Async: true, Quiet: true},
			{Path: "disconnect()", Async: true, Quiet: true},
			{Path: "startSession().withTransaction()", Async: true, Calls: &Callback{Arg: "0", With: []string{"self"}}},
			{Path: "connection.transaction()", Async: true, Calls: &Callback{Arg: "0", With: []string{"unknown"}}},
			{Path: "Types.ObjectId.new()", Same: "0"},
			{Path: "isValidObjectId()", Quiet: true},
		},
		quiet("Schema.**", "Types.**", "models.**", "model()", "connection.**", "startSession.**", "set()", "plugin()"),
	),
})

func mongooseModel(prefix, model string) []Meaning {
	finds := func(result Result, selected ...string) Meaning {
		return Meaning{Async: true, Query: &Query{Kind: Read, Model: model, Where: []string{"0"}, Select: selected, Result: result}}
	}
	changes := func(data ...string) Meaning {
		return Meaning{Async: true, Query: &Query{Kind: Write, Model: model, Where: []string{"0"}, Data: data, Result: Written}}
	}
	creates := Meaning{Async: true, Query: insert(model, "0")}
	bulk := Meaning{Async: true, Query: &Query{Kind: Write, Model: model, Data: []string{"0"}, Result: Written}}
	byID := Meaning{
		Async: true, Query: &Query{Kind: Write, Model: model, Data: []string{"1"}, Result: Written},
		Narrow: &Narrow{Fixed: "_id", Value: "0"},
	}
	return slices.Concat(
		each(finds(One, "1"), prefix+"findOne()"),
		each(finds(Many, "1"), prefix+"find()"),
		each(finds(One), prefix+"exists()"),
		each(finds(Number), under(prefix, "countDocuments()", "distinct()")...),
		awaited(Meaning{Query: read(model, Number)}, prefix+"estimatedDocumentCount()"),
		awaited(Meaning{Query: read(model, Many)}, prefix+"aggregate()"),
		each(changes("1"), under(prefix, "findOneAndUpdate()", "findOneAndReplace()", "updateOne()", "updateMany()", "replaceOne()")...),
		each(changes(), under(prefix, "findOneAndDelete()", "findOneAndRemove()", "deleteOne()", "deleteMany()")...),
		each(creates, under(prefix, "create()", "insertMany()", "insertOne()")...),
		each(bulk, prefix+"bulkWrite()"),
		[]Meaning{{Path: prefix + "new().save()", Async: true, Query: write(model)}},
		each(byID, under(prefix, "findByIdAndUpdate()", "findByIdAndDelete()", "findByIdAndRemove()")...),
		[]Meaning{{
			Path: prefix + "findById()", Async: true,
			Query:  &Query{Kind: Read, Model: model, Select: []string{"1"}, Result: One},
			Narrow: &Narrow{Fixed: "_id", Value: "0"},
		}},
		each(Meaning{Narrow: &Narrow{Select: "0"}}, prefix+"*().**.select()"),
		each(Meaning{Narrow: &Narrow{Result: Must}}, prefix+"*().**.orFail()"),
		self(under(prefix+"*().**.", "lean()", "populate()", "sort()", "limit()", "skip()", "exec()", "session()", "hint()",
			"collation()", "cursor()", "batchSize()", "setOptions()", "maxTimeMS()")...),
	)
}

var _ = register(Library{
	Name:        "MongoDB",
	Source:      "https://mongodb.github.io/node-mongodb-native/",
	Packages:    []string{"mongodb"},
	Distinctive: []string{"MongoClient"},
	Meanings: slices.Concat(
		mongoCollection("**.collection()."),
		awaited(Meaning{Self: true}, "MongoClient.new().connect()", "MongoClient.connect()"),
		[]Meaning{{Path: "ObjectId.new()", Same: "0"}},
		quiet("MongoClient.new()", "MongoClient.new().db()", "MongoClient.new().close()", "**.collection()", "ObjectId.**"),
	),
})

func mongoCollection(prefix string) []Meaning {
	query := func(kind EffectKind, result Result, where, data []string) Meaning {
		return Meaning{Async: true, Query: &Query{Kind: kind, Model: "collection(0)", Where: where, Data: data, Result: result}}
	}
	first, second := []string{"0"}, []string{"1"}
	return slices.Concat(
		each(query(Read, One, first, nil), prefix+"findOne()"),
		each(query(Read, Many, first, nil), prefix+"find()"),
		each(query(Read, Many, second, nil), prefix+"distinct()"),
		each(query(Read, Many, nil, nil), prefix+"aggregate()"),
		each(query(Read, Number, first, nil), under(prefix, "countDocuments()", "estimatedDocumentCount()")...),
		each(query(Write, Written, first, second), under(prefix,
			"updateOne()", "updateMany()", "replaceOne()", "findOneAndUpdate()", "findOneAndReplace()")...),
		each(query(Write, Written, first, nil), under(prefix, "deleteOne()", "deleteMany()", "findOneAndDelete()")...),
		each(Meaning{Async: true, Query: insert("collection(0)", "0")}, under(prefix, "insertOne()", "insertMany()")...),
		each(query(Write, Written, nil, first), prefix+"bulkWrite()"),
		self(under(prefix+"*().**.", "toArray()", "sort()", "limit()", "skip()", "project()", "next()", "map()", "hint()", "batchSize()")...),
	)
}
