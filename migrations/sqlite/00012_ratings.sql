-- What customers think of conversations (core/store/ratings.go).

-- +goose Up
-- One row for each conversation whose customer was asked.
CREATE TABLE ratings (
	tenant       BLOB NOT NULL,
	conversation BLOB NOT NULL,
	thread       BLOB NOT NULL,
	account      BLOB NOT NULL,
	message      BLOB NOT NULL,              -- the question
	team         BLOB,
	agent        BLOB,                       -- who had it at the end
	bot          BLOB,                       -- or which bot
	asked        INTEGER NOT NULL,
	score        INTEGER NOT NULL DEFAULT 0, -- 1 to 5; 0: not answered
	reason       TEXT NOT NULL DEFAULT '',
	way          TEXT NOT NULL DEFAULT '',   -- press, words, page
	answered     INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, conversation)
);
CREATE INDEX ratings_asked   ON ratings (tenant, asked, conversation);
CREATE INDEX ratings_thread  ON ratings (tenant, thread, asked);
CREATE INDEX ratings_account ON ratings (tenant, account, asked, conversation);
CREATE INDEX ratings_team    ON ratings (tenant, team, asked, conversation) WHERE team IS NOT NULL;
CREATE INDEX ratings_agent   ON ratings (tenant, agent, asked, conversation) WHERE agent IS NOT NULL;
CREATE INDEX ratings_bot     ON ratings (tenant, bot, asked, conversation) WHERE bot IS NOT NULL;
-- The same score where lists read it.
ALTER TABLE conversations ADD COLUMN score INTEGER NOT NULL DEFAULT 0;
-- Whether conversations of a team are asked about; empty: as the business says.
ALTER TABLE teams ADD COLUMN rating TEXT NOT NULL DEFAULT '';

-- +goose Down
SELECT 1;
