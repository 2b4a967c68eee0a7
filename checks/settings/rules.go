package settings

// Rules are the rules whose severity can be set, with the severity that they
// have by themselves; the gravest, where it depends.
var Rules = map[string]Level{
	"auth-guard-bypassed":        Error,
	"auth-guard-removed":         Error,
	"auth-guard-weakened":        Error,
	"auth-option-relaxed":        Warning,
	"declared-guard-changed":     Warning,
	"guard-test-lost":            Notice,
	"middleware-coverage-lost":   Error,
	"new-endpoint-unguarded":     Warning,
	"not-found-became-forbidden": Notice,
	"owner-check-removed":        Error,
	"owner-id-from-request":      Error,
	"owner-scope-removed":        Error,
	"row-policies-bypassed":      Warning,
	"session-field-dropped":      Warning,
	"settings-invalid":           Error,
	"settings-relaxed":           Warning,
	"table-grown":                Error,
	"user-fields-unselected":     Notice,
	"validation-before-auth":     Warning,
	"validation-removed":         Warning,
}

// Rank orders levels: Error 3, Warning 2, Notice 1, anything else 0.
func (l Level) Rank() int {
	switch l {
	case Error:
		return 3
	case Warning:
		return 2
	case Notice:
		return 1
	}
	return 0
}
