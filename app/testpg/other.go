//go:build !linux

package testpg

import "testing"

// Main runs the tests.
func Main(m *testing.M) int { return m.Run() }

// New skips the test.
func New(t testing.TB) string {
	t.Helper()
	t.Skip("a PostgreSQL for tests is started on Linux only")
	return ""
}

// Durable does nothing: there is no database.
func Durable(testing.TB, string) {}
