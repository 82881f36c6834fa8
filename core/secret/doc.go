// Package secret seals the credentials of accounts at rest and signs what the
// hub hands out and must recognise again (file addresses, visitor tokens).
//
// There are two levels of keys. The master key stays outside the database, in
// PARLEY_MASTER_KEY or in a file of the data directory. Each tenant has a
// random data key, which the database keeps only wrapped by the master key.
// Every value is sealed with AES-256-GCM under its tenant's key and bound to
// tenant, account and field: a row copied to another place does not open.
//
// What was signed must count longer than a master key may: customers are known
// again by it, and links to files were sent to them. The signing key is
// therefore random too, and kept wrapped beside the tenants' keys. A new master
// key means new wrapping for all of these, and nothing else.
//
// The package never logs, never stores, never compares secrets in a time that
// depends on them, and never prints a [String] other than masked.
package secret
