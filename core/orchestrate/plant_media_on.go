//go:build plantedbug_media

package orchestrate

import "parley/core/canon"

// complete is a planted bug: words whose file is not here are dropped. Only rigs
// build with it.
func complete(m canon.Message) bool {
	for _, p := range m.Parts {
		if media, ok := p.(canon.Media); ok && media.File.IsZero() {
			return false
		}
	}
	return true
}
