-- +goose Up
-- Contacts are found by the words people know them by, told apart by the id
-- another system gave them, described in the tenant's own words, and put
-- together where they are one person.

ALTER TABLE contacts ADD COLUMN external TEXT NOT NULL DEFAULT ''; -- id in another system
ALTER TABLE contacts ADD COLUMN merged BYTEA;                       -- into which contact
ALTER TABLE contacts ADD COLUMN termed BIGINT NOT NULL DEFAULT 0; -- its words are in contact_terms
CREATE UNIQUE INDEX contacts_external ON contacts (tenant, external) WHERE external <> '' AND merged IS NULL;
CREATE INDEX contacts_untermed ON contacts (tenant, id) WHERE termed = 0;

ALTER TABLE identities ADD COLUMN person TEXT NOT NULL DEFAULT ''; -- who vouched-for aliases say it is
CREATE INDEX identities_person ON identities (tenant, person) WHERE person <> '';
CREATE INDEX identities_account ON identities (tenant, account, contact);

-- What a search goes by: words of names, addresses and numbers, read from their
-- beginning.
CREATE TABLE contact_terms (
	tenant  BYTEA NOT NULL,
	contact BYTEA NOT NULL,
	term    TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (tenant, contact, term)
);
CREATE INDEX contact_terms_term ON contact_terms (tenant, term, contact);

CREATE TABLE contact_notes (
	tenant  BYTEA NOT NULL,
	id      BYTEA NOT NULL,
	contact BYTEA NOT NULL,
	author  BYTEA,
	body    TEXT NOT NULL,
	created BIGINT NOT NULL,
	edited  BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX contact_notes_contact ON contact_notes (tenant, contact, id);
INSERT INTO contact_notes (tenant, id, contact, body, created) SELECT tenant, id, id, note, updated FROM contacts WHERE note <> '';
UPDATE contacts SET note = '' WHERE note <> '';

CREATE TABLE attributes (
	tenant  BYTEA NOT NULL,
	id      BYTEA NOT NULL,
	key     TEXT NOT NULL,
	name    TEXT NOT NULL,
	kind    TEXT NOT NULL,
	options TEXT NOT NULL DEFAULT '[]',
	pos     BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX attributes_key ON attributes (tenant, key);

CREATE TABLE merges (
	tenant BYTEA NOT NULL,
	id     BYTEA NOT NULL,
	kept   BYTEA NOT NULL,
	gone   BYTEA NOT NULL,
	agent  BYTEA,
	at     BIGINT NOT NULL,
	before TEXT NOT NULL,             -- fields of the kept contact, JSON
	after  TEXT NOT NULL,
	undone BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX merges_kept ON merges (tenant, kept, id);
CREATE INDEX merges_gone ON merges (tenant, gone, id);

-- What a merge moved: identities with all that hangs on them, notes, blocks,
-- and the tags it added.
CREATE TABLE merge_moves (
	tenant  BYTEA NOT NULL,
	merging BYTEA NOT NULL,
	kind    TEXT NOT NULL,
	id      BYTEA NOT NULL,
	PRIMARY KEY (tenant, merging, kind, id)
);
