-- How people sign in: a second factor, and links to choose a password by.

-- +goose Up
-- Codes of an app on a person's phone. secret is in force since then; pending
-- waits until then to be confirmed by a first code.
CREATE TABLE second_factors (
	tenant  BLOB NOT NULL,
	agent   BLOB NOT NULL,
	secret  BLOB,                     -- sealed
	since   INTEGER NOT NULL DEFAULT 0,
	step    INTEGER NOT NULL DEFAULT 0, -- newest time step a code was taken of
	pending BLOB,                     -- sealed
	until   INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, agent)
);

-- Those not used yet.
CREATE TABLE recovery_codes (
	tenant BLOB NOT NULL,
	agent  BLOB NOT NULL,
	hash   BLOB NOT NULL,             -- SHA-256
	PRIMARY KEY (tenant, agent, hash)
);

-- The newest link of each person that was not used yet.
CREATE TABLE password_links (
	tenant  BLOB NOT NULL,
	agent   BLOB NOT NULL,
	hash    BLOB NOT NULL,            -- SHA-256 of its secret
	expires INTEGER NOT NULL,
	PRIMARY KEY (tenant, agent)
);
CREATE UNIQUE INDEX password_links_hash ON password_links (tenant, hash);

-- A session that may do nothing but set up the second factor its tenant asks for.
ALTER TABLE sessions ADD COLUMN bare INTEGER NOT NULL DEFAULT 0;

-- +goose Down
SELECT 1;
