//go:build !rigged || nogpl

package main

import "parley/connectors/all"

// standIn is what plays WhatsApp for `parley serve`: nothing. A build with the
// tag rigged, for tests alone, reads it from the environment.
func standIn() all.PlayedWhatsApp { return all.PlayedWhatsApp{} }
