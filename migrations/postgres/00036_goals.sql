-- Service goals: until when somebody owes an answer, kept where the clock starts
-- (core/store/clocks.go), and lists by it, as lists by wait are kept.

-- +goose Up
ALTER TABLE teams ADD COLUMN goals TEXT NOT NULL DEFAULT ''; -- JSON; '': those of the business
ALTER TABLE conversations ADD COLUMN due BIGINT;                    -- the nearest of its running clocks; NULL: none runs
ALTER TABLE conversations ADD COLUMN alarm BIGINT NOT NULL DEFAULT 0; -- when a goal not told of yet is missed; 0: never
ALTER TABLE conversations ADD COLUMN clocks TEXT NOT NULL DEFAULT ''; -- JSON
CREATE INDEX conversations_due       ON conversations (tenant, status, due, id) WHERE due IS NOT NULL;
CREATE INDEX conversations_shelf_due ON conversations (tenant, shelf, due, id) WHERE due IS NOT NULL;
CREATE INDEX conversations_lang_due  ON conversations (tenant, lang, shelf, due, id) WHERE due IS NOT NULL;
CREATE INDEX conversations_alarm     ON conversations (tenant, alarm) WHERE alarm > 0;
ALTER TABLE conversation_tags ADD COLUMN due BIGINT;
CREATE INDEX conversation_tags_due      ON conversation_tags (tenant, tag, shelf, due, conversation) WHERE due IS NOT NULL;
CREATE INDEX conversation_tags_lang_due ON conversation_tags (tenant, tag, lang, shelf, due, conversation) WHERE due IS NOT NULL;
ALTER TABLE colleagues ADD COLUMN due BIGINT;
CREATE INDEX colleagues_due ON colleagues (tenant, agent, shelf, due, conversation) WHERE due IS NOT NULL;

-- Goals or hours changed: what waits is counted anew, a little at a time.
CREATE TABLE recounts (
	tenant  BYTEA NOT NULL PRIMARY KEY,
	begins  BIGINT NOT NULL,        -- not before every node knows of the change
	status  BIGINT NOT NULL,        -- how far it has come: as of conversations
	waiting BIGINT NOT NULL,
	id      BYTEA NOT NULL
);
DROP TRIGGER conversations_marked ON conversations;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION conversation_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	UPDATE conversation_tags SET shelf = new.shelf, last_at = new.last_at, waiting = new.waiting, due = new.due, lang = new.lang WHERE tenant = new.tenant AND conversation = new.id;
	UPDATE colleagues SET shelf = new.shelf, last_at = new.last_at, waiting = new.waiting, due = new.due WHERE tenant = new.tenant AND conversation = new.id;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER conversations_marked AFTER UPDATE OF shelf, last_at, waiting, due, lang ON conversations
	FOR EACH ROW WHEN (new.marked <> 0) EXECUTE FUNCTION conversation_marked();

-- +goose Down
SELECT 1;
