//go:build plantedbug_poison

package orchestrate

// hopeless is a planted bug: what cannot be handled keeps its lane for ever. Only
// rigs build with it.
func hopeless(int) bool { return false }
