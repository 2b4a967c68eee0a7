package settings

// Rules are the rules whose severity can be set, sorted.
var Rules = []string{
	"auth-guard-bypassed", "auth-guard-removed", "auth-guard-weakened", "middleware-coverage-lost", "new-endpoint-unguarded",
	"not-found-became-forbidden", "owner-check-removed", "owner-id-from-request", "owner-scope-removed", "user-fields-unselected",
	"validation-before-auth", "validation-removed",
}
