// Package mail plays a mail provider: an SMTP server that delivers into
// mailboxes, and an IMAP server to read them. It is what the demo's business and
// its customers write through, and what tests send to when they need a provider
// that misbehaves on demand. [Consent] is its page where owners of mailboxes let
// programs in.
//
// It listens on loopback only, keeps everything in memory, relays nothing to
// anywhere, and never speaks TLS. It is no mail server for real use.
package mail
