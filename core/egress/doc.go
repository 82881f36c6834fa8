// Package egress is the only way out of the house. Everything the hub fetches,
// calls or dials, HTTP or TCP, goes through a [Client]; a lint bans the other
// dialers.
//
// What it promises: a customer or a tenant cannot make the hub reach an
// address inside the operator's network. The address is checked when the socket
// is opened, after the name was resolved, for every attempt and every redirect,
// so a name that resolves differently a moment later gains nothing. Answers are
// bounded in bytes (after decompression, too) and in time (also when they drip).
// Credentials never follow a redirect to another origin.
//
// Each exchange can be recorded, redacted, for the operator to read (see
// [WithTrace]). A failure tells whether anything was written before it (see
// [Certainty]): that decides whether a send may be repeated.
//
// The package never retries, never logs, and uses no proxy from the environment,
// for a proxy would do the resolving out of the check's sight.
package egress
