-- What one call made several messages of (core/store/items.go).

-- +goose Up
-- One row for each message of a call that made more than one, such as an album.
CREATE TABLE outbox_items (
	tenant    BYTEA NOT NULL,
	account   BYTEA NOT NULL,
	remote_id TEXT NOT NULL,
	outbox    BYTEA NOT NULL,
	pos       BIGINT NOT NULL,           -- which one, from 0
	state     BIGINT NOT NULL,           -- as in outbox
	PRIMARY KEY (tenant, account, remote_id)
);
CREATE UNIQUE INDEX outbox_items_row ON outbox_items (tenant, outbox, pos);
-- How many rows of it there are; 0: the call made one message.
ALTER TABLE outbox ADD COLUMN items BIGINT NOT NULL DEFAULT 0;

-- +goose Down
SELECT 1;
