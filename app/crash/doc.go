// Package crash holds the App's promises against killed processes, an unreliable
// GitHub and heavy load. Its tests run the server as a process of its own,
// against the sandbox; its benchmark measures how deliveries are accepted.
//
//	go test ./app/crash -run Crash -v                    a small one
//	AUTHDIFF_CI=1 go test ./app/crash -run Crash -v      that of CI: 200 pull requests
//	go test ./app/crash -run Crash -v -timeout 1h -crash.for 10m -crash.pulls 1000 -crash.seed 42
//	go test ./app/crash -run '^$' -bench Deliveries -benchtime 1x
package crash
