//go:build rigged

package orchestrate

import (
	"strings"

	"parley/core/canon"
)

// fault panics on a message whose words hold ☠. Only tests build with it.
func fault(e canon.Event) {
	if p, ok := e.(canon.Posted); ok && strings.Contains(p.Message.Plain(), "☠") {
		panic("a planted fault")
	}
}
