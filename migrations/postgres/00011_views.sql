-- Snoozing, lists by language, saved views, and work on many conversations.

-- +goose Up
-- A snoozed conversation has status 4 and stands on shelves of its own; its
-- owner says whose it is again when it wakes.
ALTER TABLE conversations ADD COLUMN wakes BIGINT NOT NULL DEFAULT 0; -- when; 0: not by time
ALTER TABLE conversations ADD COLUMN snooze TEXT NOT NULL DEFAULT ''; -- until when, by whom and why, JSON
CREATE INDEX conversations_wakes ON conversations (tenant, wakes) WHERE wakes > 0;

-- The language of a conversation's locale, in which lists find it as by a tag.
ALTER TABLE conversations ADD COLUMN lang TEXT NOT NULL DEFAULT '';
UPDATE conversations SET lang = lower(split_part(replace(locale, '_', '-'), '-', 1)) WHERE locale <> '';
CREATE INDEX conversations_lang      ON conversations (tenant, lang, shelf, last_at, id);
CREATE INDEX conversations_lang_wait ON conversations (tenant, lang, shelf, waiting, id) WHERE waiting IS NOT NULL;
ALTER TABLE conversation_tags ADD COLUMN lang TEXT NOT NULL DEFAULT '';
UPDATE conversation_tags SET lang = coalesce((SELECT c.lang FROM conversations c WHERE c.tenant = conversation_tags.tenant AND c.id = conversation_tags.conversation), '');
CREATE INDEX conversation_tags_lang      ON conversation_tags (tenant, tag, lang, shelf, last_at, conversation);
CREATE INDEX conversation_tags_lang_wait ON conversation_tags (tenant, tag, lang, shelf, waiting, conversation) WHERE waiting IS NOT NULL;
DROP TRIGGER conversations_marked ON conversations;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION conversation_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE conversation_tags SET shelf = new.shelf, last_at = new.last_at, waiting = new.waiting, lang = new.lang WHERE tenant = new.tenant AND conversation = new.id;
	UPDATE colleagues SET shelf = new.shelf, last_at = new.last_at, waiting = new.waiting WHERE tenant = new.tenant AND conversation = new.id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER conversations_marked AFTER UPDATE OF shelf, last_at, waiting, lang ON conversations
	FOR EACH ROW WHEN (new.marked <> 0) EXECUTE FUNCTION conversation_marked();

CREATE TABLE views (
	tenant  BYTEA NOT NULL,
	id      BYTEA NOT NULL,
	agent   BYTEA,                    -- whose; none: shared
	roles   TEXT NOT NULL,           -- with whom it is shared, JSON; [] with all
	name    TEXT NOT NULL,
	icon    TEXT NOT NULL,
	color   TEXT NOT NULL,
	filter  TEXT NOT NULL,           -- JSON
	place   BIGINT NOT NULL,
	created BIGINT NOT NULL,
	updated BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

-- One act on many conversations, done row by row.
CREATE TABLE bulks (
	tenant  BYTEA NOT NULL,
	id      BYTEA NOT NULL,
	agent   BYTEA NOT NULL,           -- who asked for it
	token   BIGINT NOT NULL,          -- 1: a program
	act     TEXT NOT NULL,           -- JSON
	state   BIGINT NOT NULL DEFAULT 0, -- 0 running, 1 done, 2 cancelled
	total   BIGINT NOT NULL,
	done    BIGINT NOT NULL DEFAULT 0,
	failed  BIGINT NOT NULL DEFAULT 0,
	created BIGINT NOT NULL,
	ended   BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX bulks_running ON bulks (tenant, created) WHERE state = 0;
CREATE INDEX bulks_agent   ON bulks (tenant, agent, created);

CREATE TABLE bulk_rows (
	tenant       BYTEA NOT NULL,
	bulk         BYTEA NOT NULL,
	n            BIGINT NOT NULL,
	conversation BYTEA NOT NULL,
	state        BIGINT NOT NULL DEFAULT 0, -- 0 waits, 1 done, 2 failed
	trouble      TEXT NOT NULL DEFAULT '', -- why it failed, JSON
	PRIMARY KEY (tenant, bulk, n)
);
