-- +goose Up
-- A platform's permissions to answer that are or were open.
CREATE TABLE tickets (
	tenant  BLOB NOT NULL,
	thread  BLOB NOT NULL,
	id      BLOB NOT NULL,             -- of the envelope it came with
	opaque  BLOB NOT NULL,             -- sealed
	expires INTEGER NOT NULL,
	calls   INTEGER NOT NULL,          -- how many are left
	parts   INTEGER NOT NULL,          -- how many one call may carry; 0: any number
	PRIMARY KEY (tenant, thread, id)
) WITHOUT ROWID;
ALTER TABLE outbox ADD COLUMN ticket BLOB;  -- the permission to answer it goes out by
ALTER TABLE outbox ADD COLUMN carrier BLOB; -- the row whose call it rides on, when not its own
CREATE INDEX outbox_carrier ON outbox (tenant, carrier) WHERE carrier IS NOT NULL;
