//go:build nogpl

package all

import "parley/core/connector"

// linked is empty: this build has nothing under GPL-3.0.
func linked(Options) []connector.Driver { return nil }
