//go:build race

package checks_test

import "time"

// maxAttack bounds the processor time of one attack; the race detector makes
// everything some ten times slower.
const maxAttack = 20 * time.Second
