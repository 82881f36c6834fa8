-- +goose Up
-- What was made of a file so that a channel takes it.
CREATE TABLE renditions (
	tenant BLOB NOT NULL,
	file   BLOB NOT NULL,
	form   TEXT NOT NULL, -- the limits it was made for
	made   BLOB NOT NULL, -- the file it became
	PRIMARY KEY (tenant, file, form)
) WITHOUT ROWID;
