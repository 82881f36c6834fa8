-- +goose Up
-- What was made of a file so that a channel takes it.
CREATE TABLE renditions (
	tenant BYTEA NOT NULL,
	file   BYTEA NOT NULL,
	form   TEXT NOT NULL, -- the limits it was made for
	made   BYTEA NOT NULL, -- the file it became
	PRIMARY KEY (tenant, file, form)
);
