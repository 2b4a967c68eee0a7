package syntax

import (
	"path"
	"slices"
	"sync"

	sitter "github.com/smacker/go-tree-sitter"
	"github.com/smacker/go-tree-sitter/typescript/tsx"
	"github.com/smacker/go-tree-sitter/typescript/typescript"
)

// grammar is one tree-sitter language with its symbols translated, so that a
// node costs one look-up and no string.
type grammar struct {
	lang  *sitter.Language
	kinds []kind   // symbol → what lowering does with it
	names []string // symbol → its name; a token's own text for punctuation and keywords
}

var (
	tsGrammar  = sync.OnceValue(func() *grammar { return newGrammar(typescript.GetLanguage()) })
	tsxGrammar = sync.OnceValue(func() *grammar { return newGrammar(tsx.GetLanguage()) })
)

// grammarFor chooses by extension. JavaScript goes through the TSX grammar: JSX
// is allowed in it, and `<T>x` assertions, the one form that TSX lacks, are not.
func grammarFor(file string) *grammar {
	switch path.Ext(file) {
	case ".ts", ".mts", ".cts":
		return tsGrammar()
	default:
		return tsxGrammar()
	}
}

func newGrammar(lang *sitter.Language) *grammar {
	n := int(lang.SymbolCount())
	g := &grammar{lang: lang, kinds: make([]kind, n), names: make([]string, n)}
	for i := range n {
		sym := sitter.Symbol(i)
		g.names[i] = lang.SymbolName(sym)
		switch lang.SymbolType(sym) {
		case sitter.SymbolTypeRegular:
			g.kinds[i] = kindOf(g.names[i])
		case sitter.SymbolTypeAnonymous:
			g.kinds[i] = kToken
		}
	}
	return g
}

// kind is what a node of the concrete tree is to lowering.
type kind uint8

const (
	kOther kind = iota // named, of no meaning of its own: descend
	kToken             // punctuation or keyword
	kError             // text that the grammar could not place
	kSkip              // comments, types and declarations without effect: not even copied

	kProgram
	kExport
	kExportClause
	kExportSpecifier
	kNamespaceExport
	kImport
	kImportWord
	kImportClause
	kImportRequire
	kImportAlias
	kImportSpecifier
	kNamedImports
	kNamespaceImport
	kExprStmt
	kVarDecl
	kDeclarator
	kBlock
	kElse
	kIf
	kSwitch
	kSwitchBody
	kCase
	kDefault
	kFor
	kForIn
	kWhile
	kDo
	kTry
	kCatch
	kFinally
	kBreak
	kContinue
	kReturn
	kThrow
	kEmpty
	kLabeled
	kEnum
	kEnumBody
	kEnumAssign
	kNamespace
	kFuncDecl
	kClassDecl
	kClassBody
	kHeritage
	kExtends
	kMethod
	kField
	kStaticBlock
	kDecorator
	kAccess
	kParams
	kParam
	kFunc
	kArrow
	kClass
	kName
	kKeyword // this, super: an expression that is a word
	kPrivateName
	kString
	kTemplate
	kSubstitution
	kNumber
	kRegex
	kBool
	kNull
	kObject
	kArray
	kPair
	kComputed
	kSpread
	kShorthand
	kObjectPattern
	kArrayPattern
	kPairPattern
	kRestPattern
	kDefaultPattern
	kWrapper // parentheses, assertions: stands for its first operand
	kAssertion
	kCall
	kNew
	kMember
	kSubscript
	kOptional
	kArgs
	kAwait
	kYield
	kUnary
	kUpdate
	kBinary
	kSequence
	kTernary
	kAssign
	kMeta
	kJSXElement
	kJSXOpening
	kJSXSelfClosing
	kJSXAttribute
	kJSXExpr
	kJSXName
	kJSXText
)

// namedKinds maps the names of tree-sitter-typescript 0.21
// (https://github.com/tree-sitter/tree-sitter-typescript) that lowering knows.
var namedKinds = map[string]kind{
	"program":                               kProgram,
	"export_statement":                      kExport,
	"export_clause":                         kExportClause,
	"export_specifier":                      kExportSpecifier,
	"namespace_export":                      kNamespaceExport,
	"import_statement":                      kImport,
	"import":                                kImportWord,
	"import_clause":                         kImportClause,
	"import_require_clause":                 kImportRequire,
	"import_alias":                          kImportAlias,
	"import_specifier":                      kImportSpecifier,
	"named_imports":                         kNamedImports,
	"namespace_import":                      kNamespaceImport,
	"expression_statement":                  kExprStmt,
	"variable_declaration":                  kVarDecl,
	"lexical_declaration":                   kVarDecl,
	"variable_declarator":                   kDeclarator,
	"statement_block":                       kBlock,
	"else_clause":                           kElse,
	"if_statement":                          kIf,
	"switch_statement":                      kSwitch,
	"switch_body":                           kSwitchBody,
	"switch_case":                           kCase,
	"switch_default":                        kDefault,
	"for_statement":                         kFor,
	"for_in_statement":                      kForIn,
	"while_statement":                       kWhile,
	"do_statement":                          kDo,
	"try_statement":                         kTry,
	"catch_clause":                          kCatch,
	"finally_clause":                        kFinally,
	"break_statement":                       kBreak,
	"continue_statement":                    kContinue,
	"return_statement":                      kReturn,
	"throw_statement":                       kThrow,
	"empty_statement":                       kEmpty,
	"debugger_statement":                    kEmpty,
	"labeled_statement":                     kLabeled,
	"enum_declaration":                      kEnum,
	"enum_body":                             kEnumBody,
	"enum_assignment":                       kEnumAssign,
	"module":                                kNamespace,
	"internal_module":                       kNamespace,
	"function_declaration":                  kFuncDecl,
	"generator_function_declaration":        kFuncDecl,
	"class_declaration":                     kClassDecl,
	"abstract_class_declaration":            kClassDecl,
	"class_body":                            kClassBody,
	"class_heritage":                        kHeritage,
	"extends_clause":                        kExtends,
	"method_definition":                     kMethod,
	"public_field_definition":               kField,
	"class_static_block":                    kStaticBlock,
	"decorator":                             kDecorator,
	"accessibility_modifier":                kAccess,
	"formal_parameters":                     kParams,
	"required_parameter":                    kParam,
	"optional_parameter":                    kParam,
	"function_expression":                   kFunc,
	"generator_function":                    kFunc,
	"arrow_function":                        kArrow,
	"class":                                 kClass,
	"identifier":                            kName,
	"property_identifier":                   kName,
	"statement_identifier":                  kName,
	"type_identifier":                       kName,
	"undefined":                             kName,
	"this":                                  kKeyword,
	"super":                                 kKeyword,
	"private_property_identifier":           kPrivateName,
	"string":                                kString,
	"template_string":                       kTemplate,
	"template_substitution":                 kSubstitution,
	"number":                                kNumber,
	"regex":                                 kRegex,
	"true":                                  kBool,
	"false":                                 kBool,
	"null":                                  kNull,
	"object":                                kObject,
	"array":                                 kArray,
	"pair":                                  kPair,
	"computed_property_name":                kComputed,
	"spread_element":                        kSpread,
	"shorthand_property_identifier":         kShorthand,
	"shorthand_property_identifier_pattern": kShorthand,
	"object_pattern":                        kObjectPattern,
	"array_pattern":                         kArrayPattern,
	"pair_pattern":                          kPairPattern,
	"rest_pattern":                          kRestPattern,
	"assignment_pattern":                    kDefaultPattern,
	"object_assignment_pattern":             kDefaultPattern,
	"parenthesized_expression":              kWrapper,
	"as_expression":                         kWrapper,
	"satisfies_expression":                  kWrapper,
	"non_null_expression":                   kWrapper,
	"instantiation_expression":              kWrapper,
	"type_assertion":                        kAssertion,
	"call_expression":                       kCall,
	"new_expression":                        kNew,
	"member_expression":                     kMember,
	"nested_identifier":                     kMember,
	"subscript_expression":                  kSubscript,
	"optional_chain":                        kOptional,
	"arguments":                             kArgs,
	"await_expression":                      kAwait,
	"yield_expression":                      kYield,
	"unary_expression":                      kUnary,
	"update_expression":                     kUpdate,
	"binary_expression":                     kBinary,
	"sequence_expression":                   kSequence,
	"ternary_expression":                    kTernary,
	"assignment_expression":                 kAssign,
	"augmented_assignment_expression":       kAssign,
	"meta_property":                         kMeta,
	"jsx_element":                           kJSXElement,
	"jsx_opening_element":                   kJSXOpening,
	"jsx_self_closing_element":              kJSXSelfClosing,
	"jsx_attribute":                         kJSXAttribute,
	"jsx_expression":                        kJSXExpr,
	"jsx_namespace_name":                    kJSXName,
	"jsx_text":                              kJSXText,
	"html_character_reference":              kJSXText,
	"jsx_closing_element":                   kSkip,
}

// skipped are nodes that mean nothing to the analysis: comments, types, and
// declarations that leave nothing at run time (ambient ones, overloads,
// abstract members).
var skipped = []string{
	"comment", "html_comment", "hash_bang_line",
	"ambient_declaration", "interface_declaration", "type_alias_declaration",
	"function_signature", "method_signature", "abstract_method_signature", "index_signature",
	"import_attribute", "implements_clause", "override_modifier",
	"type_annotation", "type_arguments", "type_parameters", "omitting_type_annotation",
	"adding_type_annotation", "opting_type_annotation", "asserts_annotation",
	"type_predicate_annotation", "asserts", "type_predicate",
	"optional_type", "rest_type", "constructor_type", "template_literal_type", "infer_type",
	"conditional_type", "generic_type", "type_query", "index_type_query", "lookup_type",
	"literal_type", "existential_type", "flow_maybe_type", "parenthesized_type",
	"predefined_type", "object_type", "array_type", "tuple_type", "readonly_type", "union_type",
	"intersection_type", "function_type", "this_type", "nested_type_identifier",
}

func kindOf(name string) kind {
	if slices.Contains(skipped, name) {
		return kSkip
	}
	return namedKinds[name]
}

// leaf reports whether a node's children say nothing that its text does not.
func (k kind) leaf() bool {
	switch k {
	case kName, kKeyword, kPrivateName, kString, kNumber, kRegex, kBool, kNull, kShorthand,
		kAccess, kOptional, kMeta, kImportWord, kJSXName, kJSXText, kEmpty, kToken:
		return true
	}
	return false
}
