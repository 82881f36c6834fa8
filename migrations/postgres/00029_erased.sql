-- What was erased for good (core/store/erase.go).
-- +goose Up
-- What is left of a contact or conversation: that it was there. No name, no word.
CREATE TABLE erased (
	tenant   BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	kind     TEXT NOT NULL,              -- contact, conversation
	account  BYTEA,                       -- of a conversation
	opened   BIGINT NOT NULL DEFAULT 0, -- when it was
	closed   BIGINT NOT NULL DEFAULT 0,
	messages BIGINT NOT NULL DEFAULT 0, -- how many there were
	agent    BYTEA,                       -- who erased it
	at       BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
-- Files that are no more, until their bytes are gone from the storage.
CREATE TABLE erased_files (
	tenant BYTEA NOT NULL,
	key    TEXT NOT NULL,
	PRIMARY KEY (tenant, key)
);
CREATE INDEX files_thread ON files (tenant, thread) WHERE thread IS NOT NULL;
-- +goose Down
SELECT 1;
