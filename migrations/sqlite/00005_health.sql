-- How accounts are, and who is told when that changes.
-- +goose Up
-- What passed on an account, in slots of five minutes (core/store/counts.go);
-- slot is the time divided by them. Two days of it are kept.
CREATE TABLE account_counts (
	tenant  BLOB NOT NULL,
	account BLOB NOT NULL,
	slot    INTEGER NOT NULL,
	came    INTEGER NOT NULL,
	went    INTEGER NOT NULL,
	failed  INTEGER NOT NULL,          -- attempts to send
	PRIMARY KEY (tenant, account, slot)
) WITHOUT ROWID;
ALTER TABLE links ADD COLUMN same TEXT NOT NULL DEFAULT '';          -- what the platform knows the credentials by: one link each
ALTER TABLE links ADD COLUMN token_ends INTEGER NOT NULL DEFAULT 0;  -- when the credentials run out
ALTER TABLE links ADD COLUMN ends_told INTEGER NOT NULL DEFAULT 0;   -- the token_ends people were told of
ALTER TABLE links ADD COLUMN red INTEGER NOT NULL DEFAULT 0;         -- 1: people were told that it is red
ALTER TABLE links ADD COLUMN green_since INTEGER NOT NULL DEFAULT 0; -- of a red one: since when it is well again
CREATE UNIQUE INDEX links_same ON links (tenant, kind, same) WHERE same <> '';
-- What people are told of an account: one row a change, written with the change.
CREATE TABLE alerts (
	tenant BLOB NOT NULL,
	id     BLOB NOT NULL,
	at     INTEGER NOT NULL,
	alert  TEXT NOT NULL,             -- JSON
	PRIMARY KEY (tenant, id)
);
CREATE INDEX alerts_at ON alerts (tenant, at);
-- state: 0 to be sent, 1 sent, 2 given up.
CREATE TABLE alert_sends (
	tenant  BLOB NOT NULL,
	alert   BLOB NOT NULL,
	way     TEXT NOT NULL,            -- "mail", "webhook"
	target  TEXT NOT NULL,
	state   INTEGER NOT NULL DEFAULT 0,
	tries   INTEGER NOT NULL DEFAULT 0,
	due     INTEGER NOT NULL,
	trouble TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, alert, way, target)
);
CREATE INDEX alert_sends_due ON alert_sends (tenant, due) WHERE state = 0;
CREATE TABLE alert_settings (
	tenant   BLOB NOT NULL PRIMARY KEY,
	settings TEXT NOT NULL,           -- JSON
	secret   BLOB                     -- of the webhook, sealed
);
