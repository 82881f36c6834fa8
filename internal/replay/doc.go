// Package replay shows what one captured callback becomes: raw, as the
// connector reads it (canonical), and as it would go out again (rendered,
// degraded and cut by the channel's limits).
//
// It touches no network and no database: it opens a link of the kind with made
// up credentials where none are given, and calls the connector as the core does.
package replay
