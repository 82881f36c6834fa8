// Package outbox sends: it renders a message into wire requests a channel can
// carry, keeps one lane per thread, makes at most one call at a time on it,
// retries what surely did not leave, settles or marks what may have, and
// records every attempt.
//
// It never decides what is said or who may say it, and never sends what is not
// committed.
package outbox
