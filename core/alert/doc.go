// Package alert tells people outside the application that an account stopped
// working, works again, or will soon: by mail from an account of theirs, and by
// a signed webhook. What is to be told was written in the transaction that turned
// the light (core/store); this package sends it, again after a failure or a
// crash, always under the same id. It never decides what is worth telling.
package alert
