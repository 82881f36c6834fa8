-- +goose Up
-- What messages are found by (core/search). A block is 2,048 consecutive numbers
-- of messages; those of a tenant from low up to, but without, high are kept, the
-- newer ones are read, the older ones are on their way.
CREATE TABLE search_progress (
	tenant  BLOB NOT NULL PRIMARY KEY,
	version INTEGER NOT NULL,         -- of what is kept
	low     INTEGER NOT NULL,
	high    INTEGER NOT NULL,
	people  BLOB NOT NULL             -- contacts up to this id are kept
);
-- When the messages of a block were said.
CREATE TABLE search_blocks (
	tenant   BLOB NOT NULL,
	block    INTEGER NOT NULL,
	first_at INTEGER NOT NULL,
	last_at  INTEGER NOT NULL,
	PRIMARY KEY (tenant, block)
) WITHOUT ROWID;
CREATE TABLE search_terms (
	tenant BLOB NOT NULL,
	bucket INTEGER NOT NULL,
	block  INTEGER NOT NULL,
	terms  BLOB NOT NULL,
	PRIMARY KEY (tenant, bucket, block)
);
-- Blocks with a message that says something else since.
CREATE TABLE search_due (
	tenant BLOB NOT NULL,
	block  INTEGER NOT NULL,
	times  INTEGER NOT NULL DEFAULT 1, -- how many did
	PRIMARY KEY (tenant, block)
) WITHOUT ROWID;

CREATE TABLE search_people (
	tenant  BLOB NOT NULL,
	term    INTEGER NOT NULL,
	contact BLOB NOT NULL,
	PRIMARY KEY (tenant, term, contact)
) WITHOUT ROWID;
CREATE INDEX search_people_contact ON search_people (tenant, contact);
-- Contacts of whom something else is known since.
CREATE TABLE search_people_due (
	tenant  BLOB NOT NULL,
	contact BLOB NOT NULL,
	times   INTEGER NOT NULL DEFAULT 1,
	PRIMARY KEY (tenant, contact)
) WITHOUT ROWID;
-- +goose StatementBegin
CREATE TRIGGER contacts_known AFTER UPDATE OF name, phone, email, note ON contacts
	WHEN new.name <> old.name OR new.phone <> old.phone OR new.email <> old.email OR new.note <> old.note
BEGIN
	INSERT INTO search_people_due (tenant, contact) VALUES (new.tenant, new.id) ON CONFLICT (tenant, contact) DO UPDATE SET times = times + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER identities_known AFTER UPDATE OF contact, name ON identities
	WHEN new.contact <> old.contact OR new.name <> old.name
BEGIN
	INSERT INTO search_people_due (tenant, contact) VALUES (new.tenant, new.contact) ON CONFLICT (tenant, contact) DO UPDATE SET times = times + 1;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER contacts_forgotten AFTER DELETE ON contacts
BEGIN
	DELETE FROM search_people WHERE tenant = old.tenant AND contact = old.id;
END;
-- +goose StatementEnd
