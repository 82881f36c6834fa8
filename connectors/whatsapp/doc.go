// Package whatsapp is the connector for WhatsApp as a linked device: an ordinary
// number, linked by QR or pair code like WhatsApp Web, by go.mau.fi/whatsmeow.
// The session lies in a database of its own; one socket per account receives and
// sends, on the node that holds the link's lease.
//
// A message is committed by the hub before the server is told that it came: what
// was decrypted and not committed is decrypted for ever, in whatsmeow's buffer,
// and comes again. Nothing of whatsmeow runs before an account is linked.
//
// It needs GPL-3.0 code (libsignal); the build tag nogpl leaves it out. It never
// writes to people who did not write first, unless told to.
package whatsapp
