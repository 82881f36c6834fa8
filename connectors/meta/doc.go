// Package meta is the family of Meta's channels: WhatsApp Cloud API, Messenger
// and Instagram. They share one webhook envelope, one signature, one HTTP API
// (Graph) and one shape of errors, which live in meta/graph; meta/cloud is
// WhatsApp, meta/messaging is Messenger and Instagram.
//
// It is written over plain HTTP. It never keeps a message: what it remembers
// between calls (page tokens, when a customer last wrote) can be lost without
// losing or doubling anything.
//
// Source of what is said here about the platforms: developers.facebook.com,
// "WhatsApp Business Platform", "Messenger Platform", "Instagram Messaging" and
// "Graph API", as of 2026.
package meta
