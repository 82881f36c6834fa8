// Package testenv gives tests the real servers Parley works with: PostgreSQL,
// Redis, Dovecot with Exim in front of it, an S3 gateway, Chromium.
//
// Each server runs from its own configuration in a temporary folder, on
// loopback, on a port that was free a moment before, and touches nothing of the
// system's own servers. The command internal/testenv/servers starts the shared
// ones once for a whole `go test ./...`; without it, a test binary starts
// what it asks for and shares it among its tests. Either way the servers end with the
// process that started them, even if that process is killed.
//
// The package is for tests alone: nothing that ships may import it. It never
// skips a test: a missing program fails the test and is named with its package.
package testenv

import "os"

// Variables by which internal/testenv/servers tells test binaries what runs.
// PARLEY_TEST_* is reserved for tests; the hub itself ignores these names.
const (
	envPostgres = "PARLEY_TEST_POSTGRES_URL" // connection URL of a superuser
	envMail     = "PARLEY_TEST_MAIL"         // JSON of Mail
	envS3       = "PARLEY_TEST_S3"           // JSON of Bucket without a name
	envLong     = "PARLEY_TEST_LONG"         // "1": run promises in full length
)

// Long reports whether tests should run in full length (`make torture`)
// rather than in the short form of `make test`.
func Long() bool { return os.Getenv(envLong) == "1" }
