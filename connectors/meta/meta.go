package meta

import (
	"parley/connectors/meta/cloud"
	"parley/connectors/meta/messaging"
	"parley/core/connector"
)

// WhatsApp returns the driver of the WhatsApp Cloud API.
func WhatsApp() connector.Driver { return cloud.New() }

// Messenger returns the driver of Facebook pages.
func Messenger() connector.Driver { return messaging.NewMessenger() }

// Instagram returns the driver of Instagram professional accounts.
func Instagram() connector.Driver { return messaging.NewInstagram() }
