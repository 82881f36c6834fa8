-- What was erased for good (core/store/erase.go).
-- +goose Up
-- What is left of a contact or conversation: that it was there. No name, no word.
CREATE TABLE erased (
	tenant   BLOB NOT NULL,
	id       BLOB NOT NULL,
	kind     TEXT NOT NULL,              -- contact, conversation
	account  BLOB,                       -- of a conversation
	opened   INTEGER NOT NULL DEFAULT 0, -- when it was
	closed   INTEGER NOT NULL DEFAULT 0,
	messages INTEGER NOT NULL DEFAULT 0, -- how many there were
	agent    BLOB,                       -- who erased it
	at       INTEGER NOT NULL,
	PRIMARY KEY (tenant, id)
);
-- Files that are no more, until their bytes are gone from the storage.
CREATE TABLE erased_files (
	tenant BLOB NOT NULL,
	key    TEXT NOT NULL,
	PRIMARY KEY (tenant, key)
);
CREATE INDEX files_thread ON files (tenant, thread) WHERE thread IS NOT NULL;
-- +goose Down
SELECT 1;
