-- +goose Up
-- What messages are found by (core/search). A block is 2,048 consecutive numbers
-- of messages; those of a tenant from low up to, but without, high are kept, the
-- newer ones are read, the older ones are on their way.
CREATE TABLE search_progress (
	tenant  BYTEA NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,         -- of what is kept
	low     BIGINT NOT NULL,
	high    BIGINT NOT NULL
);
-- When the messages of a block were said.
CREATE TABLE search_blocks (
	tenant   BYTEA NOT NULL,
	block    BIGINT NOT NULL,
	first_at BIGINT NOT NULL,
	last_at  BIGINT NOT NULL,
	PRIMARY KEY (tenant, block)
);
CREATE TABLE search_terms (
	tenant BYTEA NOT NULL,
	bucket BIGINT NOT NULL,
	block  BIGINT NOT NULL,
	terms  BYTEA NOT NULL,
	PRIMARY KEY (tenant, bucket, block)
);
-- Blocks with a message that says something else since.
CREATE TABLE search_due (
	tenant BYTEA NOT NULL,
	block  BIGINT NOT NULL,
	times  BIGINT NOT NULL DEFAULT 1, -- how many did
	PRIMARY KEY (tenant, block)
);
