// Package email connects a mailbox: mail comes in by IMAP and goes out by SMTP.
//
// In: a session waits in IDLE (or polls), lists what is new by UID, reads it
// (package letter) and commits envelopes together with the cursor; only then is
// a mail behind us. The cursor is (UIDVALIDITY, last UID handled); the dedupe
// key is the mail's content, so a mailbox renumbered by its server is listed
// anew without doubling anything. A mail that cannot be read, or that is too
// large, becomes an envelope that says so: it never stops the mailbox.
//
// Out: each request is one mail whose Message-ID is made of the request's key,
// the same over all attempts, and of a sealed token that names the thread, so
// that an answer finds its thread without anything having been stored. The copy
// in the Sent mailbox is a step of its own.
//
// The package never dials but through Env.Dial, never follows an address found
// in a mail, never answers on its own, and never deletes or moves mail; the one
// thing it changes in the mailbox is the mark that a mail was read.
package email
