// Package all is the explicit list of the connectors a hub is built with. It
// holds no state and registers nothing by itself: main asks for the list.
package all

import (
	"slices"

	"parley/core/connector"

	"parley/connectors/email"
	"parley/connectors/http"
	"parley/connectors/line"
	"parley/connectors/meta"
	"parley/connectors/telegram"
	"parley/connectors/web"
	"parley/connectors/wechat"
	"parley/connectors/wecom"
)

// Options are what connectors need besides their links.
type Options struct {
	Web      web.Options
	WhatsApp PlayedWhatsApp
}

// PlayedWhatsApp stands in for the real one, for the demo and tests; the zero
// value is the real one.
type PlayedWhatsApp struct {
	At   string            // its address
	Sees func(code string) // is told the QR codes shown; nil: nobody
}

// Drivers returns a driver of every kind, in the order of the gallery.
func Drivers(o Options) []connector.Driver {
	return slices.Concat([]connector.Driver{
		web.New(o.Web),
		wechat.Official(),
		wechat.Mini(),
		wechat.Component(),
		wecom.NewKF(),
		wecom.New(),
		wecom.NewSuite(),
		telegram.New(),
		meta.WhatsApp(),
	}, linked(o), []connector.Driver{
		meta.Messenger(),
		meta.Instagram(),
		line.New(),
		email.New(),
		http.New(),
	})
}
