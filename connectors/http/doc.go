// Package http is the generic connector: signed JSON both ways in the canonical
// form, so that an application, or a connector written in another language,
// joins without a line of Go. docs/http-connector.md describes it to the other
// side. It is also the reference that the conformance kit, the kill tests and
// the benches are written against.
//
// Both directions are signed as Standard Webhooks says: HMAC-SHA256 over
// "id.timestamp.body", five minutes of tolerance, several secrets while one is
// being replaced.
//
// It never trusts an id, a file or markup that came in: our ids are dropped,
// HTML is sanitised. It keeps no state but its credentials.
package http
