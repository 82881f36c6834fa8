// Package store holds every SQL statement of the hub, for SQLite and
// PostgreSQL with one text each. Reading and writing start from
// Store.For(tenant): there is no statement that could touch two tenants.
// Writes of many callers are gathered into one durable transaction.
//
// It never decides anything: what is written is decided by the packages above
// it. It opens no network connection but the database's.
package store
