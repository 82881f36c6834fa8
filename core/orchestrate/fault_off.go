//go:build !rigged

package orchestrate

import "parley/core/canon"

// fault does nothing. A build with the tag rigged fails here on demand:
// the tests of what happens then need a message that cannot be handled.
func fault(canon.Event) {}
