// Package auth says who is asking and what they may do: passwords, second
// factors, links by which a password is chosen, sessions of people, tokens of
// programs, the table of permissions, limits on guessing, and the tickets that
// open live sockets.
//
// It never decides about a single thing ("may she see this conversation?"):
// that is asked of the data, with [Identity.Visible]. It keeps no secret that
// could be used again: of passwords it keeps argon2id hashes, of sessions,
// tokens, links and recovery codes SHA-256 hashes. The secret of a second factor
// has to be used again; it is sealed.
package auth
