-- Times are milliseconds since 1970 UTC, ids are 16 bytes (UUID version 7),
-- and every key begins with the tenant, so that the same schema can be
-- partitioned by tenant.

-- +goose Up
CREATE TABLE platform (
	name  TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
);

CREATE TABLE tenants (
	id       BYTEA NOT NULL PRIMARY KEY,
	slug     TEXT NOT NULL UNIQUE,
	name     TEXT NOT NULL,
	lang     TEXT NOT NULL,
	hours    BYTEA,
	settings TEXT NOT NULL,
	data_key BYTEA NOT NULL,           -- wrapped by the master key
	feed_seq BIGINT NOT NULL DEFAULT 0, -- number of the newest numbered feed entry
	created  BIGINT NOT NULL
);

CREATE TABLE agents (
	tenant   BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	email    TEXT NOT NULL,           -- lower case
	name     TEXT NOT NULL,
	password TEXT NOT NULL,           -- argon2id, PHC form
	role     TEXT NOT NULL,
	avatar   BYTEA,
	lang     TEXT NOT NULL,
	tz       TEXT NOT NULL DEFAULT '',
	state    TEXT NOT NULL DEFAULT 'offline',
	state_at BIGINT NOT NULL DEFAULT 0,
	max_load BIGINT NOT NULL DEFAULT 10,
	load     BIGINT NOT NULL DEFAULT 0,
	assigned BIGINT NOT NULL DEFAULT 0, -- when last assigned to, for fairness
	created  BIGINT NOT NULL,
	disabled BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX agents_email ON agents (tenant, email);

CREATE TABLE teams (
	tenant  BYTEA NOT NULL,
	id      BYTEA NOT NULL,
	name    TEXT NOT NULL,
	hours   BYTEA,
	created BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX teams_name ON teams (tenant, name);

CREATE TABLE team_members (
	tenant BYTEA NOT NULL,
	team   BYTEA NOT NULL,
	agent  BYTEA NOT NULL,
	PRIMARY KEY (tenant, team, agent)
);
CREATE INDEX team_members_agent ON team_members (tenant, agent);

CREATE TABLE sessions (
	tenant  BYTEA NOT NULL,
	hash    BYTEA NOT NULL,            -- SHA-256 of the cookie's secret
	agent   BYTEA NOT NULL,
	created BIGINT NOT NULL,
	seen    BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	address TEXT NOT NULL DEFAULT '',
	browser TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, hash)
);
CREATE INDEX sessions_agent ON sessions (tenant, agent);

CREATE TABLE tokens (
	tenant  BYTEA NOT NULL,
	id      BYTEA NOT NULL,
	hash    BYTEA NOT NULL,            -- SHA-256 of the secret
	name    TEXT NOT NULL,
	role    TEXT NOT NULL,
	prefix  TEXT NOT NULL,
	created BIGINT NOT NULL,
	used    BIGINT NOT NULL DEFAULT 0,
	expires BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX tokens_hash ON tokens (tenant, hash);

CREATE TABLE links (
	tenant  BYTEA NOT NULL,
	id      BYTEA NOT NULL,
	kind    TEXT NOT NULL,
	name    TEXT NOT NULL,
	config  TEXT NOT NULL,            -- JSON, without secrets
	secrets TEXT NOT NULL,            -- JSON: field → sealed, base64
	health  TEXT NOT NULL DEFAULT '{}',
	last_in  BIGINT NOT NULL DEFAULT 0,
	last_out BIGINT NOT NULL DEFAULT 0,
	paused  BIGINT NOT NULL DEFAULT 0,
	created BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX links_id ON links (id);  -- a callback names only the link

CREATE TABLE accounts (
	tenant    BYTEA NOT NULL,
	id        BYTEA NOT NULL,
	link      BYTEA NOT NULL,
	kind      TEXT NOT NULL,
	name      TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	bot       BYTEA,
	team      BYTEA,
	paused    BIGINT NOT NULL DEFAULT 0,
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX accounts_remote ON accounts (tenant, link, remote_id);
CREATE INDEX accounts_id ON accounts (id);  -- a chat page names only the account

CREATE TABLE cursors (
	tenant BYTEA NOT NULL,
	link   BYTEA NOT NULL,
	name   TEXT NOT NULL,
	value  TEXT NOT NULL,
	PRIMARY KEY (tenant, link, name)
);

CREATE TABLE cached (
	tenant  BYTEA NOT NULL,
	link    BYTEA NOT NULL,
	name    TEXT NOT NULL,
	value   TEXT NOT NULL,            -- sealed, base64
	expires BIGINT NOT NULL,
	PRIMARY KEY (tenant, link, name)
);

-- What arrived and was acknowledged, as it was decoded. state: 0 waiting,
-- 1 handled, 2 dead, 3 unrouted, 4 blocked.
CREATE TABLE inbox (
	n        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant   BYTEA NOT NULL,
	link     BYTEA NOT NULL,
	account  BYTEA,                    -- none: nobody linked it yet
	lane     BYTEA NOT NULL,           -- hash of the thread key
	envelope TEXT NOT NULL,
	raw      BYTEA,                    -- on the first row of a callback
	received BIGINT NOT NULL,
	state    BIGINT NOT NULL DEFAULT 0,
	tries    BIGINT NOT NULL DEFAULT 0,
	due      BIGINT NOT NULL DEFAULT 0,
	trouble  TEXT NOT NULL DEFAULT '' -- why it is dead, or that its content differs from an earlier one of the same key
);
CREATE INDEX inbox_waiting ON inbox (tenant, n) WHERE state = 0;
CREATE INDEX inbox_trouble ON inbox (tenant, state, n) WHERE state > 1;

-- Outlives retention and erasure: it holds only hashes.
CREATE TABLE seen (
	tenant  BYTEA NOT NULL,
	account BYTEA NOT NULL,            -- the link while nobody linked the account
	hash    BYTEA NOT NULL,            -- of the platform's event id
	content BYTEA NOT NULL,            -- of the decrypted content
	PRIMARY KEY (tenant, account, hash)
);

CREATE TABLE contacts (
	tenant  BYTEA NOT NULL,
	id      BYTEA NOT NULL,
	name    TEXT NOT NULL,
	avatar  BYTEA,
	locale  TEXT NOT NULL DEFAULT '',
	phone   TEXT NOT NULL DEFAULT '',
	email   TEXT NOT NULL DEFAULT '',
	note    TEXT NOT NULL DEFAULT '',
	attrs   TEXT NOT NULL DEFAULT '{}',
	created BIGINT NOT NULL,
	updated BIGINT NOT NULL,
	seen    BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX contacts_email ON contacts (tenant, email) WHERE email <> '';
CREATE INDEX contacts_phone ON contacts (tenant, phone) WHERE phone <> '';
CREATE INDEX contacts_name ON contacts (tenant, name, id);

CREATE TABLE identities (
	tenant    BYTEA NOT NULL,
	id        BYTEA NOT NULL,
	contact   BYTEA NOT NULL,
	account   BYTEA NOT NULL,
	remote_id TEXT NOT NULL,
	name      TEXT NOT NULL DEFAULT '',
	verified  BIGINT NOT NULL DEFAULT 0,
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX identities_remote ON identities (tenant, account, remote_id);
CREATE INDEX identities_contact ON identities (tenant, contact);

CREATE TABLE threads (
	tenant       BYTEA NOT NULL,
	id           BYTEA NOT NULL,
	account      BYTEA NOT NULL,
	lane         BYTEA NOT NULL,       -- hash of the thread key
	key          TEXT NOT NULL,       -- the thread key, JSON
	identity     BYTEA NOT NULL,
	contact      BYTEA NOT NULL,
	pos          BIGINT NOT NULL DEFAULT 0,
	rev          BIGINT NOT NULL DEFAULT 0,
	read_pos     BIGINT NOT NULL DEFAULT 0, -- how far an agent or bot has read
	conversation BYTEA,                -- the open one
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX threads_lane ON threads (tenant, account, lane);
CREATE INDEX threads_contact ON threads (tenant, contact);

CREATE TABLE conversations (
	tenant   BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	thread   BYTEA NOT NULL,
	account  BYTEA NOT NULL,
	contact  BYTEA NOT NULL,
	status   BIGINT NOT NULL,        -- 0 bot, 1 queue, 2 agent, 3 closed
	owner    BYTEA,                    -- the bot or agent
	team     BYTEA,
	lease    BIGINT NOT NULL,
	subject  TEXT NOT NULL DEFAULT '',
	locale   TEXT NOT NULL DEFAULT '',
	unread   BIGINT NOT NULL DEFAULT 0,
	trouble  BIGINT NOT NULL DEFAULT 0,
	last_at  BIGINT NOT NULL,
	last_from TEXT NOT NULL DEFAULT '',
	last_text TEXT NOT NULL DEFAULT '',
	waiting  BIGINT,                 -- since when a person is waited for
	asked_at BIGINT NOT NULL DEFAULT 0, -- newest message of the customer
	answered_at BIGINT NOT NULL DEFAULT 0, -- newest message of ours
	misses   BIGINT NOT NULL DEFAULT 0,
	turns    BIGINT NOT NULL DEFAULT 0, -- how many turns bots had
	memory   TEXT NOT NULL DEFAULT '', -- what the bot remembers
	menu     TEXT NOT NULL DEFAULT '', -- the options offered last, JSON
	bot      BYTEA,                    -- the bot that had it first, to return to
	version  BIGINT NOT NULL DEFAULT 0, -- published version of the bot it runs on
	created  BIGINT NOT NULL,
	queued   BIGINT NOT NULL DEFAULT 0,
	picked   BIGINT NOT NULL DEFAULT 0,
	replied  BIGINT NOT NULL DEFAULT 0,
	closed   BIGINT NOT NULL DEFAULT 0,
	close_by TEXT NOT NULL DEFAULT '',
	entry    TEXT NOT NULL DEFAULT '',
	visit    TEXT NOT NULL DEFAULT '',
	reason   TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, id)
);
CREATE INDEX conversations_last    ON conversations (tenant, status, last_at, id);
CREATE INDEX conversations_owner   ON conversations (tenant, owner, status, last_at, id) WHERE owner IS NOT NULL;
CREATE INDEX conversations_account ON conversations (tenant, account, status, last_at, id);
CREATE INDEX conversations_team    ON conversations (tenant, team, status, last_at, id) WHERE team IS NOT NULL;
CREATE INDEX conversations_wait         ON conversations (tenant, status, waiting, id) WHERE waiting IS NOT NULL;
CREATE INDEX conversations_wait_owner   ON conversations (tenant, owner, status, waiting, id) WHERE waiting IS NOT NULL AND owner IS NOT NULL;
CREATE INDEX conversations_wait_account ON conversations (tenant, account, status, waiting, id) WHERE waiting IS NOT NULL;
CREATE INDEX conversations_wait_team    ON conversations (tenant, team, status, waiting, id) WHERE waiting IS NOT NULL AND team IS NOT NULL;
CREATE INDEX conversations_contact ON conversations (tenant, contact, id);
CREATE INDEX conversations_thread  ON conversations (tenant, thread, id);

CREATE TABLE colleagues (
	tenant       BYTEA NOT NULL,
	conversation BYTEA NOT NULL,
	agent        BYTEA NOT NULL,
	added        BIGINT NOT NULL,
	PRIMARY KEY (tenant, conversation, agent)
);

CREATE TABLE owner_changes (
	tenant       BYTEA NOT NULL,
	conversation BYTEA NOT NULL,
	lease        BIGINT NOT NULL,
	at           BIGINT NOT NULL,
	change       TEXT NOT NULL,       -- JSON
	PRIMARY KEY (tenant, conversation, lease)
);

CREATE TABLE messages (
	n            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant       BYTEA NOT NULL,
	id           BYTEA NOT NULL,
	thread       BYTEA NOT NULL,
	conversation BYTEA NOT NULL,
	pos          BIGINT NOT NULL,
	rev          BIGINT NOT NULL,
	sender_kind  TEXT NOT NULL,
	sender       BYTEA,
	sender_name  TEXT NOT NULL DEFAULT '',
	at           BIGINT NOT NULL,
	content      TEXT NOT NULL,       -- canonical message, JSON
	remote_id    TEXT,
	client_id    TEXT,
	edited       BIGINT NOT NULL DEFAULT 0,
	recalled     BIGINT NOT NULL DEFAULT 0,
	more         TEXT NOT NULL DEFAULT '' -- failure, reactions, event, why: JSON
);
CREATE UNIQUE INDEX messages_pos    ON messages (tenant, thread, pos);
CREATE UNIQUE INDEX messages_id     ON messages (tenant, id);
CREATE INDEX messages_changed       ON messages (tenant, thread, rev) WHERE rev > pos;
CREATE INDEX messages_remote        ON messages (tenant, thread, remote_id) WHERE remote_id IS NOT NULL;
CREATE UNIQUE INDEX messages_client ON messages (tenant, thread, client_id) WHERE client_id IS NOT NULL;

-- One row per wire request. state: 0 queued, 1 sending, 2 sent, 3 delivered,
-- 4 read, 5 failed, 6 unconfirmed, 7 cancelled.
CREATE TABLE outbox (
	n            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant       BYTEA NOT NULL,
	id           BYTEA NOT NULL,       -- the stable key of all its attempts
	message      BYTEA NOT NULL,
	thread       BYTEA NOT NULL,
	conversation BYTEA NOT NULL,
	account      BYTEA NOT NULL,
	lease        BIGINT NOT NULL DEFAULT 0, -- owner version a bot row was made under; 0: a person's
	request      TEXT NOT NULL,       -- what to send, JSON
	state        BIGINT NOT NULL DEFAULT 0,
	tries        BIGINT NOT NULL DEFAULT 0,
	due          BIGINT NOT NULL DEFAULT 0,
	holder       TEXT NOT NULL DEFAULT '', -- node that is sending it
	remote_id    TEXT,
	trouble      TEXT NOT NULL DEFAULT '', -- newest failure, JSON
	trace        TEXT NOT NULL DEFAULT '', -- redacted exchange of the newest attempt
	created      BIGINT NOT NULL,
	ended        BIGINT NOT NULL DEFAULT 0,
	ticket       BYTEA,                -- the permission to answer it goes out by
	carrier      BYTEA                 -- the row whose call it rides on, when not its own
);
CREATE UNIQUE INDEX outbox_id  ON outbox (tenant, id);
CREATE INDEX outbox_open       ON outbox (tenant, n) WHERE state < 2;
CREATE INDEX outbox_failed     ON outbox (tenant, n) WHERE state IN (5, 6);
CREATE INDEX outbox_message    ON outbox (tenant, message);
CREATE INDEX outbox_remote     ON outbox (tenant, account, remote_id) WHERE remote_id IS NOT NULL;

CREATE INDEX outbox_carrier    ON outbox (tenant, carrier) WHERE carrier IS NOT NULL;

-- A platform's permissions to answer that are or were open.
CREATE TABLE tickets (
	tenant  BYTEA NOT NULL,
	thread  BYTEA NOT NULL,
	id      BYTEA NOT NULL,             -- of the envelope it came with
	opaque  BYTEA NOT NULL,             -- sealed
	expires BIGINT NOT NULL,
	calls   BIGINT NOT NULL,          -- how many are left
	parts   BIGINT NOT NULL,          -- how many one call may carry; 0: any number
	PRIMARY KEY (tenant, thread, id)
);

CREATE TABLE attempts (
	tenant BYTEA NOT NULL,
	outbox BYTEA NOT NULL,
	try    BIGINT NOT NULL,
	at     BIGINT NOT NULL,
	took   BIGINT NOT NULL,          -- milliseconds
	state  TEXT NOT NULL,
	failure TEXT NOT NULL,            -- JSON
	trace  TEXT NOT NULL,
	PRIMARY KEY (tenant, outbox, try)
);

-- Entries are numbered after they were committed, by one sequencer per tenant.
CREATE TABLE feed (
	n            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant       BYTEA NOT NULL,
	seq          BIGINT,
	kind         TEXT NOT NULL,
	at           BIGINT NOT NULL,
	actor        BYTEA,
	conversation BYTEA,
	subject      BYTEA,
	data         TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX feed_seq ON feed (tenant, seq) WHERE seq IS NOT NULL;
CREATE INDEX feed_new ON feed (tenant, n) WHERE seq IS NULL;

-- How many conversations each list holds, kept and never counted on reading.
CREATE TABLE tallies (
	tenant BYTEA NOT NULL,
	name   TEXT NOT NULL,
	n      BIGINT NOT NULL,
	PRIMARY KEY (tenant, name)
);

CREATE TABLE turns (
	tenant       BYTEA NOT NULL,
	id           BYTEA NOT NULL,
	conversation BYTEA NOT NULL,
	lease        BIGINT NOT NULL,
	bot          BYTEA NOT NULL,
	cause        TEXT NOT NULL,       -- JSON: what the bot was asked
	deadline     BIGINT NOT NULL,
	tries        BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX turns_conversation ON turns (tenant, conversation);
CREATE INDEX turns_deadline ON turns (tenant, deadline);

CREATE TABLE timers (
	tenant       BYTEA NOT NULL,
	conversation BYTEA NOT NULL,
	kind         TEXT NOT NULL,       -- "silence"
	due          BIGINT NOT NULL,
	PRIMARY KEY (tenant, conversation, kind)
);
CREATE INDEX timers_due ON timers (tenant, due);

CREATE TABLE tags (
	tenant BYTEA NOT NULL,
	id     BYTEA NOT NULL,
	scope  TEXT NOT NULL,
	name   TEXT NOT NULL,
	color  TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX tags_name ON tags (tenant, scope, name);

CREATE TABLE conversation_tags (
	tenant       BYTEA NOT NULL,
	conversation BYTEA NOT NULL,
	tag          BYTEA NOT NULL,
	PRIMARY KEY (tenant, conversation, tag)
);
CREATE INDEX conversation_tags_tag ON conversation_tags (tenant, tag, conversation);

CREATE TABLE contact_tags (
	tenant  BYTEA NOT NULL,
	contact BYTEA NOT NULL,
	tag     BYTEA NOT NULL,
	PRIMARY KEY (tenant, contact, tag)
);
CREATE INDEX contact_tags_tag ON contact_tags (tenant, tag, contact);

CREATE TABLE blocks (
	tenant  BYTEA NOT NULL,
	id      BYTEA NOT NULL,
	kind    TEXT NOT NULL,
	contact BYTEA,
	prefix  TEXT NOT NULL DEFAULT '',
	reason  TEXT NOT NULL,
	agent   BYTEA,
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL DEFAULT 0,
	hits    BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX blocks_contact ON blocks (tenant, contact) WHERE contact IS NOT NULL;

CREATE TABLE calendars (
	tenant   BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	name     TEXT NOT NULL,
	tz       TEXT NOT NULL,
	week     TEXT NOT NULL,
	holidays TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE canned (
	tenant   BYTEA NOT NULL,
	id       BYTEA NOT NULL,
	agent    BYTEA,
	shortcut TEXT NOT NULL,
	title    TEXT NOT NULL,
	body     TEXT NOT NULL,
	folder   TEXT NOT NULL DEFAULT '',
	uses     BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE bots (
	tenant    BYTEA NOT NULL,
	id        BYTEA NOT NULL,
	kind      TEXT NOT NULL,
	name      TEXT NOT NULL,
	draft     TEXT NOT NULL,
	draft_rev BIGINT NOT NULL DEFAULT 1,
	published BIGINT NOT NULL DEFAULT 0,
	changed   BIGINT NOT NULL DEFAULT 0,
	created   BIGINT NOT NULL,
	updated   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE bot_versions (
	tenant  BYTEA NOT NULL,
	bot     BYTEA NOT NULL,
	version BIGINT NOT NULL,
	content TEXT NOT NULL,
	agent   BYTEA,
	note    TEXT NOT NULL DEFAULT '',
	at      BIGINT NOT NULL,
	PRIMARY KEY (tenant, bot, version)
);

CREATE TABLE bot_hits (
	tenant BYTEA NOT NULL,
	bot    BYTEA NOT NULL,
	rule   TEXT NOT NULL,
	day    TEXT NOT NULL,             -- 2006-01-02, UTC
	hits   BIGINT NOT NULL,
	PRIMARY KEY (tenant, bot, rule, day)
);

CREATE TABLE bot_missed (
	n            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant       BYTEA NOT NULL,
	bot          BYTEA NOT NULL,
	conversation BYTEA NOT NULL,
	message      BYTEA NOT NULL,
	text         TEXT NOT NULL,
	at           BIGINT NOT NULL
);
CREATE INDEX bot_missed_bot ON bot_missed (tenant, bot, n);

CREATE TABLE files (
	tenant  BYTEA NOT NULL,
	id      BYTEA NOT NULL,
	key     TEXT NOT NULL,            -- where the storage has it
	name    TEXT NOT NULL,
	mime    TEXT NOT NULL,
	size    BIGINT NOT NULL,
	sha256  BYTEA NOT NULL,
	width   BIGINT NOT NULL DEFAULT 0,
	height  BIGINT NOT NULL DEFAULT 0,
	thread  BYTEA,
	agent   BYTEA,
	created BIGINT NOT NULL,
	revoked BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);

-- Inbound media whose bytes are still at the platform.
CREATE TABLE fetches (
	tenant  BYTEA NOT NULL,
	message BYTEA NOT NULL,
	part    BIGINT NOT NULL,
	account BYTEA NOT NULL,
	tries   BIGINT NOT NULL DEFAULT 0,
	due     BIGINT NOT NULL,
	trouble TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, message, part)
);
CREATE INDEX fetches_due ON fetches (tenant, due);

-- What has to be done once after a send, on its own schedule: file a copy.
CREATE TABLE chores (
	tenant  BYTEA NOT NULL,
	outbox  BYTEA NOT NULL,
	kind    TEXT NOT NULL,            -- "file"
	receipt TEXT NOT NULL,
	tries   BIGINT NOT NULL DEFAULT 0,
	due     BIGINT NOT NULL,
	PRIMARY KEY (tenant, outbox, kind)
);
CREATE INDEX chores_due ON chores (tenant, due);

CREATE TABLE audit (
	n       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	tenant  BYTEA NOT NULL,
	at      BIGINT NOT NULL,
	actor   BYTEA,
	name    TEXT NOT NULL,
	action  TEXT NOT NULL,
	target  TEXT NOT NULL DEFAULT '',
	detail  TEXT NOT NULL DEFAULT '',
	address TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_tenant ON audit (tenant, n);

CREATE TABLE idempotency (
	tenant  BYTEA NOT NULL,
	key     TEXT NOT NULL,            -- actor and the client's key
	request BYTEA NOT NULL,            -- hash of method, path and body
	status  BIGINT NOT NULL,
	body    BYTEA NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (tenant, key)
);
CREATE INDEX idempotency_at ON idempotency (tenant, at);

CREATE TABLE leases (
	name   TEXT NOT NULL PRIMARY KEY,
	holder TEXT NOT NULL,
	token  BIGINT NOT NULL,          -- rises with every new holder
	until  BIGINT NOT NULL           -- on the database's clock
);

-- +goose Down
SELECT 1;
