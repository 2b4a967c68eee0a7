// Package catalog says what the functions of published packages mean for the
// protection of an endpoint: as data, one file per library.
//
// A Meaning hangs on a path: how a program reaches a value from a package's
// export, by member access (`.name`), call (`()`) and construction (`.new()`).
// `getServerSession()` is the result of calling that export; in
// `PrismaClient.new().*.findUnique()` the star stands for one name, and `**` for
// any number of steps (`**.parse()`). The evaluator in package protect walks the
// program and asks for each step what it means; a step without meaning is an
// unknown value of that package, and an awaited call of one is an effect of
// unknown kind.
package catalog

// Library is one published package, or a family that means the same.
type Library struct {
	Name     string   // as its authors write it
	Source   string   // where the meanings were checked: documentation or source
	Packages []string // import specifiers; "next-auth/*" covers every subpath
	// Distinctive lists exports so telling that an import which leads nowhere
	// (a generated client, a file that isn't in the repository) may be taken for
	// this library's when it imports one of them.
	Distinctive []string
	Meanings    []Meaning
}

// Meaning is what one step means. Path and exactly one other field are set, but
// for two pairs: Calls beside another field holds when its argument is a
// function, the other field when it isn't (auth() and auth(handler)); Query with
// Narrow is a query that has a condition from the start (findById). Arguments
// are counted from 0; an argument path like "0.where" leads into an object
// argument. A tagged template is a call, with the template as argument 0.
type Meaning struct {
	Path  string
	Async bool // the step gives a promise: nothing is known until it is awaited

	Outcomes []Outcome // the step's possible results
	Never    string    // it never returns; says why: "redirects", "throws 404"
	Self     bool      // it gives its receiver: $extends, chained settings
	Same     string    // it gives an argument: "0" for cache(fn)
	Request  string    // it gives input of the caller: "header", "cookie", "body"
	Secret   bool      // it gives a secret of the deployment: process.env
	Calls    *Callback // it calls a function that it was given
	Query    *Query    // it starts an effect
	Narrow   *Narrow   // it adds conditions to the query that is its receiver
	Cond     *Cond     // it makes a condition for a query
	Validate *Validate // it checks input against a schema
	Verify   *Verify   // it checks a credential, and fails otherwise
	Respond  *Respond  // it makes a response
	Chain    *Chain    // it ends a builder chain and makes a callable endpoint
	Builtin  string    // evaluated by a rule of its own in package protect
	// Quiet: neither effect nor guard: logging, formatting, a client's
	// construction. The result is made of receiver and arguments, and the path
	// leads on from it.
	Quiet bool
}

// Outcome is one possible result of a step.
//
// Shape is the result: identity (the caller, known), null, undefined, true,
// false, unknown, request (input), error, self, arg0 … arg9, a quoted string, or
// an object `{data: {user: identity}, error: null}`; `...identity` in an object
// says what every other member is. Type Shape has the whole language.
type Outcome struct {
	Shape  string
	Proves *Proof // what is known in this case
	Throws bool   // the step throws instead of giving a result
	// If bounds the case by an argument's constant: "0.or=redirect" when it is
	// that, "0.or!=redirect|throw" when it is neither. A case with = is out when
	// the argument isn't known, one with != is in.
	If string
}

// Proof is what a guard of a library shows about the caller.
type Proof struct {
	Kind Credential
	// Demands names arguments whose constant strings are the demanded role or
	// permission: "0", "0.role", "1".
	Demands []string
	What    string // in the reader's words, when the callee's name doesn't say it
	// Rights: it is a check of the caller's rights, also where no demand is known.
	Rights bool
}

// Credential is by what a caller was recognised, or what was demanded of it.
type Credential string

// The credentials. All but Cookie and Decoded are verified.
const (
	Session    Credential = "session"    // a verified session or user
	Token      Credential = "token"      // a verified bearer token, API key or JWT
	Secret     Credential = "secret"     // a shared secret was presented
	Signature  Credential = "signature"  // a signature over the request was verified
	Capability Credential = "capability" // a share key, signed link or link password
	Decoded    Credential = "decoded"    // a token or session that nobody verified
	Cookie     Credential = "cookie"     // a cookie is there, whatever it holds
	Role       Credential = "role"       // authorization: the caller's role
	Permission Credential = "permission" // authorization: a permission
	Human      Credential = "human"      // a captcha, a rate limit: no protection
	Ownership  Credential = "ownership"  // what was asked for belongs to the caller
	Validation Credential = "validation" // the input went through a schema
)

// Callback says that a step calls a function argument.
type Callback struct {
	Arg string // which argument: "0", "1.handler", "last"
	// With are the shapes of the arguments that the function gets; "pass" stands
	// for what the step's own result is called with (a wrapper), from there on.
	With []string
	// Later: the step gives a function, which calls the argument when it is
	// called (a wrapper); otherwise it is called at once (a transaction).
	Later bool
	// Outcomes are what may hold when the function runs; a wrapper that lets
	// everybody through has both a proved and an unproved outcome. The With
	// shape "outcome" stands for the outcome's Shape; "request{auth: outcome}"
	// for the request with the outcome as a member.
	Outcomes []Outcome
}

// Query is an effect on data or on another service.
type Query struct {
	Kind EffectKind
	// Model says where its name is: "*" the first starred name, "0" an argument,
	// "collection(0)" one of an earlier step, or a literal in quotes.
	Model    string
	Where    []string // argument paths of the conditions: "0.where"
	With     []string // the shapes that a condition which is a function gets
	Data     []string // argument paths of what is written: "0.data"
	Select   []string // argument paths of the field selection: "0.select"
	Adds     bool     // it adds rows, and touches none that are there
	Lax      bool     // a condition whose value is undefined is left out
	Result   Result
	Envelope string // the result inside a shape: "{data: result, error: unknown}"
}

// EffectKind is what an effect does.
type EffectKind string

// The kinds of effect.
const (
	Read    EffectKind = "read"    // reads data
	Write   EffectKind = "write"   // changes data
	Service EffectKind = "service" // calls another service
	Mail    EffectKind = "mail"    // sends a message
	File    EffectKind = "file"    // reads or writes a file or an object store
	Unknown EffectKind = "unknown" // an awaited call into code that can't be read
)

// Result is what a query gives.
type Result string

// The results of a query.
const (
	One     Result = "one"     // a record or null
	Must    Result = "must"    // a record, or it throws
	Many    Result = "many"    // a list
	Number  Result = "number"  // a number of records
	Written Result = "written" // a record or a count, of no use as a guard
)

// Narrow adds conditions to a query. Either Field and Value are arguments (a
// column and what it must equal), or Cond is one: a condition value, an object
// of fields, or a function that gives one. An Op argument that holds anything
// but "=", "==", "===", "eq" or "in" makes no equality.
type Narrow struct {
	Field, Op, Value, Cond string
	Model                  string // it names the query's table: from(links)
	Data                   string // it gives what is written: set(values)
	Select                 string // it gives the field selection: select("id name")
	Fixed                  string // the field, where the method's name implies it: findById
	Result                 Result // it changes what the query gives: single()
	Kind                   EffectKind
	Adds                   bool // it makes of the query one that adds rows
	Envelope               string
}

// Cond is a query condition as a value: eq(col, v), and(…), or(…).
type Cond struct {
	Op           string // "eq", "in", "and", "or", "not", "other"
	Field, Value string // argument paths
}

// Validate checks input against a schema.
type Validate struct {
	Input string // argument: "0"
	// Safe: it gives an object whose OK member says whether it went well ("!error":
	// whose error member says that it went wrong) and whose Data member is the
	// input; without OK it gives true or false. Else it throws and gives the input.
	Safe     bool
	OK, Data string
}

// Verify checks a credential of the request. It throws when it is wrong, or
// with Bool gives false; the result has the Shape.
type Verify struct {
	Proof Proof
	Bool  bool
	Shape string
}

// Respond makes a response. Status is an argument path ("1.status"), or a number
// in quotes; Body an argument path.
type Respond struct {
	Status, Body string
	Redirect     bool
}

// Chain is a builder whose steps were collected on the way: `base.use(mw)
// .input(schema).mutation(handler)`. Handler and middleware get one object, or
// with Positional the input and the context.
//
// A step is named; what it adds is its argument 0, or what "name(1.path)" says.
// The name may be empty, for a call of the builder itself. An argument that is a
// builder adds its steps.
type Chain struct {
	Use        []string // steps that add a middleware
	Input      []string // steps that add an input schema
	Meta       []string // steps whose argument the middleware sees as meta, metadata
	Handler    string   // argument path of the handler: "0"
	Context    string   // the step that sets the first context: "context"
	Positional bool
	Returns    bool // a middleware gives the context by returning it, not by next
	Schema     bool // the handler gets no input unless there is a schema
	// Server: calling the value is calling the endpoint (a server action); else
	// it is reached through a router.
	Server bool
}
