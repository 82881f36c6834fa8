//go:build !rigged

package store

// What is acknowledged is on the disk. A build with the tag rigged can
// leave it to the system, to show that the rigs see it.
const (
	// synchronous is how SQLite commits; synced is the number it gives that.
	synchronous = "FULL"
	synced      = 2
	// forgetful is the synchronous_commit of PostgreSQL that is refused.
	forgetful = "off"
)

// durable is the address of PostgreSQL as it is given.
func durable(address string) string { return address }
