-- +goose Up
-- What messages are found by (core/search). A block is 2,048 consecutive numbers
-- of messages; those of a tenant from low up to, but without, high are kept, the
-- newer ones are read, the older ones are on their way.
CREATE TABLE search_progress (
	tenant  BLOB NOT NULL PRIMARY KEY,
	version INTEGER NOT NULL,         -- of what is kept
	low     INTEGER NOT NULL,
	high    INTEGER NOT NULL
);
-- When the messages of a block were said.
CREATE TABLE search_blocks (
	tenant   BLOB NOT NULL,
	block    INTEGER NOT NULL,
	first_at INTEGER NOT NULL,
	last_at  INTEGER NOT NULL,
	PRIMARY KEY (tenant, block)
) WITHOUT ROWID;
CREATE TABLE search_terms (
	tenant BLOB NOT NULL,
	bucket INTEGER NOT NULL,
	block  INTEGER NOT NULL,
	terms  BLOB NOT NULL,
	PRIMARY KEY (tenant, bucket, block)
);
-- Blocks with a message that says something else since.
CREATE TABLE search_due (
	tenant BLOB NOT NULL,
	block  INTEGER NOT NULL,
	times  INTEGER NOT NULL DEFAULT 1, -- how many did
	PRIMARY KEY (tenant, block)
) WITHOUT ROWID;
