-- Lists are shelves merged (core/store/shelf.go): one index on a conversation
-- serves every filter, where each filter had one of its own.

-- +goose Up
-- All conversations of one account with the same status, team and owner, and how
-- many they are.
CREATE TABLE shelves (
	tenant  BLOB NOT NULL,
	shelf   INTEGER NOT NULL,         -- hash of the four that follow; small ones were given here
	status  INTEGER NOT NULL,
	account BLOB NOT NULL,
	team    BLOB,
	owner   BLOB,
	n       INTEGER NOT NULL,
	PRIMARY KEY (tenant, shelf)
);
INSERT INTO shelves (tenant, shelf, status, account, team, owner, n)
	SELECT tenant, row_number() OVER (PARTITION BY tenant ORDER BY status, account, team, owner), status, account, team, owner, count(*)
	FROM conversations GROUP BY tenant, status, account, team, owner;
CREATE INDEX shelves_owner   ON shelves (tenant, owner);
CREATE INDEX shelves_account ON shelves (tenant, account);
CREATE INDEX shelves_team    ON shelves (tenant, team);
DROP TABLE tallies;

ALTER TABLE conversations ADD COLUMN shelf INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN marked INTEGER NOT NULL DEFAULT 0; -- 1: it has, or had, tags or colleagues
DROP INDEX conversations_owner;
DROP INDEX conversations_account;
DROP INDEX conversations_team;
DROP INDEX conversations_wait_owner;
DROP INDEX conversations_wait_account;
DROP INDEX conversations_wait_team;
DROP INDEX conversations_thread;
UPDATE conversations SET shelf = (SELECT s.shelf FROM shelves s WHERE s.tenant = conversations.tenant AND s.account = conversations.account AND s.status = conversations.status
		AND s.team IS NOT DISTINCT FROM conversations.team AND s.owner IS NOT DISTINCT FROM conversations.owner),
	marked = CASE WHEN EXISTS (SELECT 1 FROM conversation_tags g WHERE g.tenant = conversations.tenant AND g.conversation = conversations.id)
		OR EXISTS (SELECT 1 FROM colleagues g WHERE g.tenant = conversations.tenant AND g.conversation = conversations.id) THEN 1 ELSE 0 END;
CREATE INDEX conversations_shelf      ON conversations (tenant, shelf, last_at, id);
CREATE INDEX conversations_shelf_wait ON conversations (tenant, shelf, waiting, id) WHERE waiting IS NOT NULL;

-- What is on a conversation stands in the lists as the conversation does.
ALTER TABLE conversation_tags ADD COLUMN shelf INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation_tags ADD COLUMN last_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation_tags ADD COLUMN waiting INTEGER;
DROP INDEX conversation_tags_tag;
UPDATE conversation_tags SET (shelf, last_at, waiting) = (SELECT c.shelf, c.last_at, c.waiting FROM conversations c WHERE c.tenant = conversation_tags.tenant AND c.id = conversation_tags.conversation)
	WHERE EXISTS (SELECT 1 FROM conversations c WHERE c.tenant = conversation_tags.tenant AND c.id = conversation_tags.conversation);
CREATE INDEX conversation_tags_list ON conversation_tags (tenant, tag, shelf, last_at, conversation);
CREATE INDEX conversation_tags_wait ON conversation_tags (tenant, tag, shelf, waiting, conversation) WHERE waiting IS NOT NULL;
ALTER TABLE colleagues ADD COLUMN shelf INTEGER NOT NULL DEFAULT 0;
ALTER TABLE colleagues ADD COLUMN last_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE colleagues ADD COLUMN waiting INTEGER;
UPDATE colleagues SET (shelf, last_at, waiting) = (SELECT c.shelf, c.last_at, c.waiting FROM conversations c WHERE c.tenant = colleagues.tenant AND c.id = colleagues.conversation)
	WHERE EXISTS (SELECT 1 FROM conversations c WHERE c.tenant = colleagues.tenant AND c.id = colleagues.conversation);
CREATE INDEX colleagues_list ON colleagues (tenant, agent, shelf, last_at, conversation);
CREATE INDEX colleagues_wait ON colleagues (tenant, agent, shelf, waiting, conversation) WHERE waiting IS NOT NULL;

-- +goose StatementBegin
CREATE TRIGGER conversations_marked AFTER UPDATE OF shelf, last_at, waiting ON conversations WHEN new.marked <> 0
BEGIN
	UPDATE conversation_tags SET shelf = new.shelf, last_at = new.last_at, waiting = new.waiting WHERE tenant = new.tenant AND conversation = new.id;
	UPDATE colleagues SET shelf = new.shelf, last_at = new.last_at, waiting = new.waiting WHERE tenant = new.tenant AND conversation = new.id;
END;
-- +goose StatementEnd
