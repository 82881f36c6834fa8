// Package messaging connects Facebook pages (Messenger) and Instagram
// professional accounts. Both speak the same webhook of messaging events and the
// same Send API; what differs is data: limits, file types, names.
//
// One link carries many pages: the token of a system user is exchanged for one
// of each page, kept in the hub's cache and made anew when it is refused.
//
// The platform recognises no key of ours, but repeats what Messenger is given as
// metadata in the echo of a message: a send whose answer was lost is settled by
// it. Instagram's echoes carry the message's id alone.
package messaging
