-- +goose Up
-- What messages are found by (core/search). A block is 2,048 consecutive numbers
-- of messages; those of a tenant from low up to, but without, high are kept, the
-- newer ones are read, the older ones are on their way.
CREATE TABLE search_progress (
	tenant  BYTEA NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,         -- of what is kept
	low     BIGINT NOT NULL,
	high    BIGINT NOT NULL,
	people  BYTEA NOT NULL             -- contacts up to this id are kept
);
-- When the messages of a block were said.
CREATE TABLE search_blocks (
	tenant   BYTEA NOT NULL,
	block    BIGINT NOT NULL,
	first_at BIGINT NOT NULL,
	last_at  BIGINT NOT NULL,
	PRIMARY KEY (tenant, block)
);
CREATE TABLE search_terms (
	tenant BYTEA NOT NULL,
	bucket BIGINT NOT NULL,
	block  BIGINT NOT NULL,
	terms  BYTEA NOT NULL,
	PRIMARY KEY (tenant, bucket, block)
);
-- Blocks with a message that says something else since.
CREATE TABLE search_due (
	tenant BYTEA NOT NULL,
	block  BIGINT NOT NULL,
	times  BIGINT NOT NULL DEFAULT 1, -- how many did
	PRIMARY KEY (tenant, block)
);

CREATE TABLE search_people (
	tenant  BYTEA NOT NULL,
	term    BIGINT NOT NULL,
	contact BYTEA NOT NULL,
	PRIMARY KEY (tenant, term, contact)
);
CREATE INDEX search_people_contact ON search_people (tenant, contact);
-- Contacts of whom something else is known since.
CREATE TABLE search_people_due (
	tenant  BYTEA NOT NULL,
	contact BYTEA NOT NULL,
	times   BIGINT NOT NULL DEFAULT 1,
	PRIMARY KEY (tenant, contact)
);
-- +goose StatementBegin
CREATE FUNCTION contact_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO search_people_due (tenant, contact) VALUES (new.tenant, new.id) ON CONFLICT (tenant, contact) DO UPDATE SET times = search_people_due.times + 1;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER contacts_known AFTER UPDATE OF name, phone, email, note ON contacts
	FOR EACH ROW WHEN (new.name <> old.name OR new.phone <> old.phone OR new.email <> old.email OR new.note <> old.note) EXECUTE FUNCTION contact_known();
-- +goose StatementBegin
CREATE FUNCTION identity_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO search_people_due (tenant, contact) VALUES (new.tenant, new.contact) ON CONFLICT (tenant, contact) DO UPDATE SET times = search_people_due.times + 1;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER identities_known AFTER UPDATE OF contact, name ON identities
	FOR EACH ROW WHEN (new.contact <> old.contact OR new.name <> old.name) EXECUTE FUNCTION identity_known();
-- +goose StatementBegin
CREATE FUNCTION contact_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM search_people WHERE tenant = old.tenant AND contact = old.id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER contacts_forgotten AFTER DELETE ON contacts
	FOR EACH ROW EXECUTE FUNCTION contact_forgotten();
