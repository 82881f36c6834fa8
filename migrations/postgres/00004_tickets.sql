-- +goose Up
-- A platform's permissions to answer that are or were open.
CREATE TABLE tickets (
	tenant  BYTEA NOT NULL,
	thread  BYTEA NOT NULL,
	id      BYTEA NOT NULL,             -- of the envelope it came with
	opaque  BYTEA NOT NULL,             -- sealed
	expires BIGINT NOT NULL,
	calls   BIGINT NOT NULL,          -- how many are left
	parts   BIGINT NOT NULL,          -- how many one call may carry; 0: any number
	PRIMARY KEY (tenant, thread, id)
);
ALTER TABLE outbox ADD COLUMN ticket BYTEA;  -- the permission to answer it goes out by
ALTER TABLE outbox ADD COLUMN carrier BYTEA; -- the row whose call it rides on, when not its own
CREATE INDEX outbox_carrier ON outbox (tenant, carrier) WHERE carrier IS NOT NULL;
