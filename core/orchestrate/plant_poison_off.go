//go:build !plantedbug_poison

package orchestrate

// hopeless reports whether an arrival that failed so often is dead. A build with
// the tag plantedbug_poison tries for ever, to show that the rigs see it.
func hopeless(tries int) bool { return tries >= maxTries }
