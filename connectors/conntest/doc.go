// Package conntest is the conformance kit every connector must pass. An author
// writes tables in (what the platform sends) and tables out (what the platform
// should be sent), and plays the platform; the kit plays the core, in its order
// and with its crashes, and holds the connector to the contract of
// core/connector: authentic before decoded, durable before acknowledged, one
// row per event, one visible call per Send, certainty of failures, declared
// limits and abilities, no secret in any text, no word to anyone but the
// platform.
//
// Call Run from a test. With UPDATE_GOLDEN=1 in the environment it writes the
// golden files anew; read the difference before committing it.
//
// It never talks to a real platform and never sleeps to wait: what it waits for
// it asks for, until a deadline.
package conntest
