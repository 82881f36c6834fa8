//go:build !nogpl

package whatsapp

import (
	"go.mau.fi/whatsmeow/types"

	"parley/core/canon"
)

// HandleOf is how a file of a message is named.
func HandleOf(kind string, f sealed) string { return string(file(kind, canon.MediaImage, f).RemoteID) }

// Decode reads an event as the account 15550001111 does.
func Decode(evt any) []canon.Envelope {
	d := decoder{account: "main", own: types.JID{User: "15550001111", Device: 7, Server: types.DefaultUserServer}, lid: types.JID{User: "90015550001111", Device: 7, Server: types.HiddenUserServer},
		phone: func(types.JID) types.JID { return types.EmptyJID }}
	return d.envelopes(evt)
}
