//go:build rigged

package orchestrate

import (
	"os"

	"parley/core/canon"
)

// complete is the planted bug "media": words whose file is not here are dropped. Only rigs
// build with it.
func complete(m canon.Message) bool {
	if os.Getenv("PARLEY_TEST_PLANT") != "media" {
		return true
	}
	for _, p := range m.Parts {
		if media, ok := p.(canon.Media); ok && media.File.IsZero() {
			return false
		}
	}
	return true
}
