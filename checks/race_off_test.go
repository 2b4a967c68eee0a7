//go:build !race

package checks_test

import "time"

// maxAttack bounds the processor time of one attack: a second, and as much again
// for a processor that is shared.
const maxAttack = 2 * time.Second
