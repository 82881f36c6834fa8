//go:build rigged

package ingest

import (
	"os"
	"time"
)

// durable is two planted bugs. Only rigs build with it. "ackfirst": what it says is
// durable is committed later, and whether that went well nobody learns. "swallow":
// a commit that failed, because the database is away or the disk is full, is
// acknowledged all the same.
func durable(commit func() error) error {
	switch os.Getenv("PARLEY_TEST_PLANT") {
	case "ackfirst":
		go func() {
			time.Sleep(30 * time.Millisecond)
			_ = commit()
		}()
		return nil
	case "swallow":
		_ = commit()
		return nil
	}
	return commit()
}
