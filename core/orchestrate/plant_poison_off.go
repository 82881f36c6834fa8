//go:build !rigged

package orchestrate

// hopeless reports whether an arrival that failed so often is dead. A build with
// the tag rigged can try for ever, to show that the rigs see it.
func hopeless(tries int) bool { return tries >= maxTries }
