// Package store holds every SQL statement of the hub, for SQLite and
// PostgreSQL with one text each. Reading and writing start from
// Store.For(tenant): there is no statement that could touch two tenants.
// The operator's tools look at the database as a whole through Raw, which shows
// nothing a tenant keeps.
// Writes of many callers are gathered into one durable transaction.
//
// It never decides anything: what is written is decided by the packages above
// it. It opens no network connection but the database's.
package store
