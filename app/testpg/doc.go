// Package testpg gives tests a PostgreSQL of their own: a private cluster on a
// free port of this machine, in a temporary folder, that ends with the tests.
//
//	func TestMain(m *testing.M) { os.Exit(testpg.Main(m)) }
//
// A test that asks for a database where PostgreSQL isn't installed is skipped,
// and fails in CI (AUTHDIFF_CI), which installs it.
package testpg
