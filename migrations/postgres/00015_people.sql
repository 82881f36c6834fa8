-- Links by which a password is chosen that count no more, so that whoever opens
-- one late is told why; and notes in which somebody is mentioned.

-- +goose Up
CREATE TABLE ended_password_links (
	tenant BYTEA NOT NULL,
	hash   BYTEA NOT NULL,             -- SHA-256 of its secret
	agent  BYTEA NOT NULL,
	why    TEXT NOT NULL,             -- used, expired, replaced, revoked or changed (the password, otherwise)
	at     BIGINT NOT NULL,
	PRIMARY KEY (tenant, hash)
);
CREATE INDEX ended_password_links_agent ON ended_password_links (tenant, agent);

-- One row for each person a note names. Ids of messages ascend: the newest have
-- the greatest.
CREATE TABLE mentions (
	tenant       BYTEA NOT NULL,
	agent        BYTEA NOT NULL,
	message      BYTEA NOT NULL,
	conversation BYTEA NOT NULL,
	unread       BIGINT NOT NULL DEFAULT 1,
	PRIMARY KEY (tenant, agent, message)
);
CREATE INDEX mentions_unread ON mentions (tenant, agent, conversation) WHERE unread = 1;
ALTER TABLE agents ADD COLUMN mentioned BIGINT NOT NULL DEFAULT 0; -- mentions not read yet

-- +goose Down
SELECT 1;
