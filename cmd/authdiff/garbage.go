package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// calm is how large the memory grows, in bytes, before garbage is collected at all.
// Most runs end below it, and would collect a small heap over and over while it grows.
const calm = 96 << 20

// collectLate puts the first collection off. From then on garbage is collected as ever:
// a limit on memory makes the first one happen, and goes with it. What the environment
// says of either (GOGC, GOMEMLIMIT) holds instead.
func collectLate() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(calm)
	runtime.AddCleanup(new([64]byte), func(struct{}) {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}, struct{}{})
}
