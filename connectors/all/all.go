// Package all is the explicit list of the connectors a hub is built with. It
// holds no state and registers nothing by itself: main asks for the list.
package all

import (
	"parley/core/connector"

	"parley/connectors/http"
)

// Drivers returns a driver of every kind, in the order of the gallery.
func Drivers() []connector.Driver {
	return []connector.Driver{
		http.New(),
	}
}
