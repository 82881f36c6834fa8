//go:build !nogpl

package all

import (
	"parley/connectors/whatsapp"
	"parley/core/connector"
)

// linked are the connectors that need code under GPL-3.0.
func linked(o Options) []connector.Driver {
	return []connector.Driver{whatsapp.New(whatsapp.Options{Played: o.WhatsApp.At, Sees: o.WhatsApp.Sees})}
}
