// Package whatsapp plays WhatsApp as its linked devices meet it: the socket with
// its Noise handshake and binary nodes, linking by QR and pair code, keys and
// ratchets of every customer, the queue for devices that are away, and the store
// of encrypted media. The real go.mau.fi/whatsmeow speaks to it.
//
// WhatsApp publishes no documents; the rules are those of its white paper on
// encryption and of what the library's authors observed. It needs GPL-3.0 code
// (libsignal) and is left out by the build tag nogpl.
package whatsapp
