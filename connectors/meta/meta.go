package meta

import (
	"parley/connectors/meta/cloud"
	"parley/core/connector"
)

// WhatsApp returns the driver of the WhatsApp Cloud API.
func WhatsApp() connector.Driver { return cloud.New() }
