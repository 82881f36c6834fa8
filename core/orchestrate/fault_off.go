//go:build !plantedfault

package orchestrate

import "parley/core/canon"

// fault does nothing. A build with the tag plantedfault fails here on demand:
// the tests of what happens then need a message that cannot be handled.
func fault(canon.Event) {}
