//go:build rigged

package orchestrate

import "os"

// hopeless is the planted bug "poison": what cannot be handled keeps its lane for
// ever. Only rigs build with it.
func hopeless(tries int) bool { return os.Getenv("PARLEY_TEST_PLANT") != "poison" && tries >= maxTries }
