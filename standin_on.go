//go:build rigged && !nogpl

package main

import (
	"os"

	"go.mau.fi/whatsmeow"

	"parley/connectors/all"
	"parley/connectors/emulate/whatsapp"
)

// standIn is the played WhatsApp that a test names. Only tests build with it.
func standIn() all.PlayedWhatsApp {
	at := os.Getenv("PARLEY_TEST_WHATSAPP")
	if at != "" {
		whatsmeow.WACertPubKey = whatsapp.Root()
	}
	return all.PlayedWhatsApp{At: at}
}
