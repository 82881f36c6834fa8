// Package migrations holds the schema of the database, one folder per dialect,
// as goose reads them. Files are embedded; core/store applies them at start
// under a lock. A file that has been released is never edited.
package migrations

import "embed"

// Files holds sqlite/*.sql and postgres/*.sql.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
