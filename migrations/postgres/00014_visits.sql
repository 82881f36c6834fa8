-- Visits before a conversation (core/store/visits.go), and where a chat of our
-- own was seen (core/store/sightings.go).

-- +goose Up
-- What is known of a visit whose customer has not said anything yet; the next
-- conversation of the thread takes it.
CREATE TABLE visits (
	tenant BYTEA NOT NULL,
	thread BYTEA NOT NULL,
	visit  TEXT NOT NULL,
	PRIMARY KEY (tenant, thread)
);
-- The newest sites whose pages asked for the chat of an account.
CREATE TABLE sightings (
	tenant  BYTEA NOT NULL,
	account BYTEA NOT NULL,
	site    TEXT NOT NULL, -- scheme and host
	page    TEXT NOT NULL, -- the newest, without what follows the path
	allowed INTEGER NOT NULL, -- whether the site might show the chat then
	first   BIGINT NOT NULL,
	last    BIGINT NOT NULL,
	PRIMARY KEY (tenant, account, site)
);

-- +goose Down
SELECT 1;
