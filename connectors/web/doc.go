// Package web is the channel of our own: the chat on a business's site. It
// serves the loader (widget.js), the chat panel and page, and the protocol the
// panel speaks: sessions, a live socket with a polling fallback, messages,
// files, marks and the leave-message form (PROTOCOL.md).
//
// The hub's own storage is the platform here: what a visitor sends is one
// Commit into the hub, what the hub sends is already in the thread and is read
// back through connector.Chat. So the package keeps no messages: in memory it
// has the sockets, and of each only what is about to be written to it.
//
// It never sets a cookie, never puts a visitor's token into an address, never
// stores or logs what a visitor is still typing, and never tells a blocked
// visitor that they are blocked.
package web

// Kind is the word for this channel in storage and in the API.
const Kind = "web"
