-- How accounts are, and who is told when that changes.
-- +goose Up
-- What passed on an account, in slots of five minutes (core/store/counts.go);
-- slot is the time divided by them. Two days of it are kept.
CREATE TABLE account_counts (
	tenant  BYTEA NOT NULL,
	account BYTEA NOT NULL,
	slot    BIGINT NOT NULL,
	came    BIGINT NOT NULL,
	went    BIGINT NOT NULL,
	failed  BIGINT NOT NULL,          -- attempts to send
	PRIMARY KEY (tenant, account, slot)
);
ALTER TABLE links ADD COLUMN same TEXT NOT NULL DEFAULT '';          -- what the platform knows the credentials by: one link each
ALTER TABLE links ADD COLUMN token_ends BIGINT NOT NULL DEFAULT 0;  -- when the credentials run out
ALTER TABLE links ADD COLUMN ends_told BIGINT NOT NULL DEFAULT 0;   -- the token_ends people were told of
ALTER TABLE links ADD COLUMN red BIGINT NOT NULL DEFAULT 0;         -- 1: people were told that it is red
ALTER TABLE links ADD COLUMN green_since BIGINT NOT NULL DEFAULT 0; -- of a red one: since when it is well again
CREATE UNIQUE INDEX links_same ON links (tenant, kind, same) WHERE same <> '';
-- What people are told of an account: one row a change, written with the change.
CREATE TABLE alerts (
	tenant BYTEA NOT NULL,
	id     BYTEA NOT NULL,
	at     BIGINT NOT NULL,
	alert  TEXT NOT NULL,             -- JSON
	PRIMARY KEY (tenant, id)
);
CREATE INDEX alerts_at ON alerts (tenant, at);
-- state: 0 to be sent, 1 sent, 2 given up.
CREATE TABLE alert_sends (
	tenant  BYTEA NOT NULL,
	alert   BYTEA NOT NULL,
	way     TEXT NOT NULL,            -- "mail", "webhook"
	target  TEXT NOT NULL,
	state   BIGINT NOT NULL DEFAULT 0,
	tries   BIGINT NOT NULL DEFAULT 0,
	due     BIGINT NOT NULL,
	trouble TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, alert, way, target)
);
CREATE INDEX alert_sends_due ON alert_sends (tenant, due) WHERE state = 0;
CREATE TABLE alert_settings (
	tenant   BYTEA NOT NULL PRIMARY KEY,
	settings TEXT NOT NULL,           -- JSON
	secret   BYTEA                     -- of the webhook, sealed
);
