-- What one call made several messages of (core/store/items.go).

-- +goose Up
-- One row for each message of a call that made more than one, such as an album.
CREATE TABLE outbox_items (
	tenant    BLOB NOT NULL,
	account   BLOB NOT NULL,
	remote_id TEXT NOT NULL,
	outbox    BLOB NOT NULL,
	pos       INTEGER NOT NULL,           -- which one, from 0
	state     INTEGER NOT NULL,           -- as in outbox
	PRIMARY KEY (tenant, account, remote_id)
);
CREATE UNIQUE INDEX outbox_items_row ON outbox_items (tenant, outbox, pos);
-- How many rows of it there are; 0: the call made one message.
ALTER TABLE outbox ADD COLUMN items INTEGER NOT NULL DEFAULT 0;

-- +goose Down
SELECT 1;
