-- Times are milliseconds since 1970 UTC, ids are 16 bytes (UUID version 7),
-- and every key begins with the tenant, so that the same schema can be
-- partitioned by tenant.

-- +goose Up
CREATE TABLE platform (
	name  TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
);

CREATE TABLE tenants (
	id       BLOB NOT NULL PRIMARY KEY,
	slug     TEXT NOT NULL UNIQUE,
	name     TEXT NOT NULL,
	lang     TEXT NOT NULL,
	hours    BLOB,
	settings TEXT NOT NULL,
	data_key BLOB NOT NULL,           -- wrapped by the master key
	feed_seq INTEGER NOT NULL DEFAULT 0, -- number of the newest numbered feed entry
	created  INTEGER NOT NULL
);

CREATE TABLE agents (
	tenant   BLOB NOT NULL,
	id       BLOB NOT NULL,
	email    TEXT NOT NULL,           -- lower case
	name     TEXT NOT NULL,
	password TEXT NOT NULL,           -- argon2id, PHC form
	role     TEXT NOT NULL,
	avatar   BLOB,
	lang     TEXT NOT NULL,
	tz       TEXT NOT NULL DEFAULT '',
	state    TEXT NOT NULL DEFAULT 'offline',
	state_at INTEGER NOT NULL DEFAULT 0,
	max_load INTEGER NOT NULL DEFAULT 10,
	load     INTEGER NOT NULL DEFAULT 0,
	assigned INTEGER NOT NULL DEFAULT 0, -- when last assigned to, for fairness
	created  INTEGER NOT NULL,
	disabled INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX agents_email ON agents (tenant, email);

CREATE TABLE teams (
	tenant  BLOB NOT NULL,
	id      BLOB NOT NULL,
	name    TEXT NOT NULL,
	hours   BLOB,
	created INTEGER NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX teams_name ON teams (tenant, name);

CREATE TABLE team_members (
	tenant BLOB NOT NULL,
	team   BLOB NOT NULL,
	agent  BLOB NOT NULL,
	PRIMARY KEY (tenant, team, agent)
);
CREATE INDEX team_members_agent ON team_members (tenant, agent);

CREATE TABLE sessions (
	tenant  BLOB NOT NULL,
	hash    BLOB NOT NULL,            -- SHA-256 of the cookie's secret
	agent   BLOB NOT NULL,
	created INTEGER NOT NULL,
	seen    INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	address TEXT NOT NULL DEFAULT '',
	browser TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, hash)
);
CREATE INDEX sessions_agent ON sessions (tenant, agent);

CREATE TABLE tokens (
	tenant  BLOB NOT NULL,
	id      BLOB NOT NULL,
	hash    BLOB NOT NULL,            -- SHA-256 of the secret
	name    TEXT NOT NULL,
	role    TEXT NOT NULL,
	prefix  TEXT NOT NULL,
	created INTEGER NOT NULL,
	used    INTEGER NOT NULL DEFAULT 0,
	expires INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX tokens_hash ON tokens (tenant, hash);

CREATE TABLE links (
	tenant  BLOB NOT NULL,
	id      BLOB NOT NULL,
	kind    TEXT NOT NULL,
	name    TEXT NOT NULL,
	config  TEXT NOT NULL,            -- JSON, without secrets
	secrets TEXT NOT NULL,            -- JSON: field → sealed, base64
	health  TEXT NOT NULL DEFAULT '{}',
	last_in  INTEGER NOT NULL DEFAULT 0,
	last_out INTEGER NOT NULL DEFAULT 0,
	paused  INTEGER NOT NULL DEFAULT 0,
	created INTEGER NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX links_id ON links (id);  -- a callback names only the link

CREATE TABLE accounts (
	tenant    BLOB NOT NULL,
	id        BLOB NOT NULL,
	link      BLOB NOT NULL,
	kind      TEXT NOT NULL,
	name      TEXT NOT NULL,
	remote_id TEXT NOT NULL,
	bot       BLOB,
	team      BLOB,
	paused    INTEGER NOT NULL DEFAULT 0,
	created   INTEGER NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX accounts_remote ON accounts (tenant, link, remote_id);
CREATE INDEX accounts_id ON accounts (id);  -- a chat page names only the account

CREATE TABLE cursors (
	tenant BLOB NOT NULL,
	link   BLOB NOT NULL,
	name   TEXT NOT NULL,
	value  TEXT NOT NULL,
	PRIMARY KEY (tenant, link, name)
);

CREATE TABLE cached (
	tenant  BLOB NOT NULL,
	link    BLOB NOT NULL,
	name    TEXT NOT NULL,
	value   TEXT NOT NULL,            -- sealed, base64
	expires INTEGER NOT NULL,
	PRIMARY KEY (tenant, link, name)
);

-- What arrived and was acknowledged, as it was decoded. state: 0 waiting,
-- 1 handled, 2 dead, 3 unrouted, 4 blocked.
CREATE TABLE inbox (
	n        INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant   BLOB NOT NULL,
	link     BLOB NOT NULL,
	account  BLOB,                    -- none: nobody linked it yet
	lane     BLOB NOT NULL,           -- hash of the thread key
	envelope TEXT NOT NULL,
	raw      BLOB,                    -- on the first row of a callback
	received INTEGER NOT NULL,
	state    INTEGER NOT NULL DEFAULT 0,
	tries    INTEGER NOT NULL DEFAULT 0,
	due      INTEGER NOT NULL DEFAULT 0,
	trouble  TEXT NOT NULL DEFAULT '' -- why it is dead, or that its content differs from an earlier one of the same key
);
CREATE INDEX inbox_waiting ON inbox (tenant, n) WHERE state = 0;
CREATE INDEX inbox_trouble ON inbox (tenant, state, n) WHERE state > 1;

-- Outlives retention and erasure: it holds only hashes.
CREATE TABLE seen (
	tenant  BLOB NOT NULL,
	account BLOB NOT NULL,            -- the link while nobody linked the account
	hash    BLOB NOT NULL,            -- of the platform's event id
	content BLOB NOT NULL,            -- of the decrypted content
	PRIMARY KEY (tenant, account, hash)
) WITHOUT ROWID;

CREATE TABLE contacts (
	tenant  BLOB NOT NULL,
	id      BLOB NOT NULL,
	name    TEXT NOT NULL,
	avatar  BLOB,
	locale  TEXT NOT NULL DEFAULT '',
	phone   TEXT NOT NULL DEFAULT '',
	email   TEXT NOT NULL DEFAULT '',
	note    TEXT NOT NULL DEFAULT '',
	attrs   TEXT NOT NULL DEFAULT '{}',
	created INTEGER NOT NULL,
	updated INTEGER NOT NULL,
	seen    INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX contacts_email ON contacts (tenant, email) WHERE email <> '';
CREATE INDEX contacts_phone ON contacts (tenant, phone) WHERE phone <> '';
CREATE INDEX contacts_name ON contacts (tenant, name, id);

CREATE TABLE identities (
	tenant    BLOB NOT NULL,
	id        BLOB NOT NULL,
	contact   BLOB NOT NULL,
	account   BLOB NOT NULL,
	remote_id TEXT NOT NULL,
	name      TEXT NOT NULL DEFAULT '',
	verified  INTEGER NOT NULL DEFAULT 0,
	created   INTEGER NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX identities_remote ON identities (tenant, account, remote_id);
CREATE INDEX identities_contact ON identities (tenant, contact);

CREATE TABLE threads (
	tenant       BLOB NOT NULL,
	id           BLOB NOT NULL,
	account      BLOB NOT NULL,
	lane         BLOB NOT NULL,       -- hash of the thread key
	key          TEXT NOT NULL,       -- the thread key, JSON
	identity     BLOB NOT NULL,
	contact      BLOB NOT NULL,
	pos          INTEGER NOT NULL DEFAULT 0,
	rev          INTEGER NOT NULL DEFAULT 0,
	read_pos     INTEGER NOT NULL DEFAULT 0, -- how far an agent or bot has read
	conversation BLOB,                -- the open one
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX threads_lane ON threads (tenant, account, lane);
CREATE INDEX threads_contact ON threads (tenant, contact);

CREATE TABLE conversations (
	tenant   BLOB NOT NULL,
	id       BLOB NOT NULL,
	thread   BLOB NOT NULL,
	account  BLOB NOT NULL,
	contact  BLOB NOT NULL,
	status   INTEGER NOT NULL,        -- 0 bot, 1 queue, 2 agent, 3 closed
	owner    BLOB,                    -- the bot or agent
	team     BLOB,
	lease    INTEGER NOT NULL,
	subject  TEXT NOT NULL DEFAULT '',
	locale   TEXT NOT NULL DEFAULT '',
	unread   INTEGER NOT NULL DEFAULT 0,
	trouble  INTEGER NOT NULL DEFAULT 0,
	last_at  INTEGER NOT NULL,
	last_from TEXT NOT NULL DEFAULT '',
	last_text TEXT NOT NULL DEFAULT '',
	waiting  INTEGER,                 -- since when a person is waited for
	asked_at INTEGER NOT NULL DEFAULT 0, -- newest message of the customer
	answered_at INTEGER NOT NULL DEFAULT 0, -- newest message of ours
	misses   INTEGER NOT NULL DEFAULT 0,
	turns    INTEGER NOT NULL DEFAULT 0, -- how many turns bots had
	memory   TEXT NOT NULL DEFAULT '', -- what the bot remembers
	menu     TEXT NOT NULL DEFAULT '', -- the options offered last, JSON
	bot      BLOB,                    -- the bot that had it first, to return to
	version  INTEGER NOT NULL DEFAULT 0, -- published version of the bot it runs on
	created  INTEGER NOT NULL,
	queued   INTEGER NOT NULL DEFAULT 0,
	picked   INTEGER NOT NULL DEFAULT 0,
	replied  INTEGER NOT NULL DEFAULT 0,
	closed   INTEGER NOT NULL DEFAULT 0,
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
	tenant       BLOB NOT NULL,
	conversation BLOB NOT NULL,
	agent        BLOB NOT NULL,
	added        INTEGER NOT NULL,
	PRIMARY KEY (tenant, conversation, agent)
);

CREATE TABLE owner_changes (
	tenant       BLOB NOT NULL,
	conversation BLOB NOT NULL,
	lease        INTEGER NOT NULL,
	at           INTEGER NOT NULL,
	change       TEXT NOT NULL,       -- JSON
	PRIMARY KEY (tenant, conversation, lease)
);

CREATE TABLE messages (
	n            INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant       BLOB NOT NULL,
	id           BLOB NOT NULL,
	thread       BLOB NOT NULL,
	conversation BLOB NOT NULL,
	pos          INTEGER NOT NULL,
	rev          INTEGER NOT NULL,
	sender_kind  TEXT NOT NULL,
	sender       BLOB,
	sender_name  TEXT NOT NULL DEFAULT '',
	at           INTEGER NOT NULL,
	content      TEXT NOT NULL,       -- canonical message, JSON
	remote_id    TEXT,
	client_id    TEXT,
	edited       INTEGER NOT NULL DEFAULT 0,
	recalled     INTEGER NOT NULL DEFAULT 0,
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
	n            INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant       BLOB NOT NULL,
	id           BLOB NOT NULL,       -- the stable key of all its attempts
	message      BLOB NOT NULL,
	thread       BLOB NOT NULL,
	conversation BLOB NOT NULL,
	account      BLOB NOT NULL,
	lease        INTEGER NOT NULL DEFAULT 0, -- owner version a bot row was made under; 0: a person's
	request      TEXT NOT NULL,       -- what to send, JSON
	state        INTEGER NOT NULL DEFAULT 0,
	tries        INTEGER NOT NULL DEFAULT 0,
	due          INTEGER NOT NULL DEFAULT 0,
	holder       TEXT NOT NULL DEFAULT '', -- node that is sending it
	remote_id    TEXT,
	trouble      TEXT NOT NULL DEFAULT '', -- newest failure, JSON
	trace        TEXT NOT NULL DEFAULT '', -- redacted exchange of the newest attempt
	created      INTEGER NOT NULL,
	ended        INTEGER NOT NULL DEFAULT 0,
	ticket       BLOB,                -- the permission to answer it goes out by
	carrier      BLOB                 -- the row whose call it rides on, when not its own
);
CREATE UNIQUE INDEX outbox_id  ON outbox (tenant, id);
CREATE INDEX outbox_open       ON outbox (tenant, n) WHERE state < 2;
CREATE INDEX outbox_failed     ON outbox (tenant, n) WHERE state IN (5, 6);
CREATE INDEX outbox_message    ON outbox (tenant, message);
CREATE INDEX outbox_remote     ON outbox (tenant, account, remote_id) WHERE remote_id IS NOT NULL;

CREATE INDEX outbox_carrier    ON outbox (tenant, carrier) WHERE carrier IS NOT NULL;

-- A platform's permissions to answer that are or were open.
CREATE TABLE tickets (
	tenant  BLOB NOT NULL,
	thread  BLOB NOT NULL,
	id      BLOB NOT NULL,             -- of the envelope it came with
	opaque  BLOB NOT NULL,             -- sealed
	expires INTEGER NOT NULL,
	calls   INTEGER NOT NULL,          -- how many are left
	parts   INTEGER NOT NULL,          -- how many one call may carry; 0: any number
	PRIMARY KEY (tenant, thread, id)
) WITHOUT ROWID;

CREATE TABLE attempts (
	tenant BLOB NOT NULL,
	outbox BLOB NOT NULL,
	try    INTEGER NOT NULL,
	at     INTEGER NOT NULL,
	took   INTEGER NOT NULL,          -- milliseconds
	state  TEXT NOT NULL,
	failure TEXT NOT NULL,            -- JSON
	trace  TEXT NOT NULL,
	PRIMARY KEY (tenant, outbox, try)
);

-- Entries are numbered after they were committed, by one sequencer per tenant.
CREATE TABLE feed (
	n            INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant       BLOB NOT NULL,
	seq          INTEGER,
	kind         TEXT NOT NULL,
	at           INTEGER NOT NULL,
	actor        BLOB,
	conversation BLOB,
	subject      BLOB,
	data         TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX feed_seq ON feed (tenant, seq) WHERE seq IS NOT NULL;
CREATE INDEX feed_new ON feed (tenant, n) WHERE seq IS NULL;

-- How many conversations each list holds, kept and never counted on reading.
CREATE TABLE tallies (
	tenant BLOB NOT NULL,
	name   TEXT NOT NULL,
	n      INTEGER NOT NULL,
	PRIMARY KEY (tenant, name)
);

CREATE TABLE turns (
	tenant       BLOB NOT NULL,
	id           BLOB NOT NULL,
	conversation BLOB NOT NULL,
	lease        INTEGER NOT NULL,
	bot          BLOB NOT NULL,
	cause        TEXT NOT NULL,       -- JSON: what the bot was asked
	deadline     INTEGER NOT NULL,
	tries        INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX turns_conversation ON turns (tenant, conversation);
CREATE INDEX turns_deadline ON turns (tenant, deadline);

CREATE TABLE timers (
	tenant       BLOB NOT NULL,
	conversation BLOB NOT NULL,
	kind         TEXT NOT NULL,       -- "silence"
	due          INTEGER NOT NULL,
	PRIMARY KEY (tenant, conversation, kind)
);
CREATE INDEX timers_due ON timers (tenant, due);

CREATE TABLE tags (
	tenant BLOB NOT NULL,
	id     BLOB NOT NULL,
	scope  TEXT NOT NULL,
	name   TEXT NOT NULL,
	color  TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, id)
);
CREATE UNIQUE INDEX tags_name ON tags (tenant, scope, name);

CREATE TABLE conversation_tags (
	tenant       BLOB NOT NULL,
	conversation BLOB NOT NULL,
	tag          BLOB NOT NULL,
	PRIMARY KEY (tenant, conversation, tag)
);
CREATE INDEX conversation_tags_tag ON conversation_tags (tenant, tag, conversation);

CREATE TABLE contact_tags (
	tenant  BLOB NOT NULL,
	contact BLOB NOT NULL,
	tag     BLOB NOT NULL,
	PRIMARY KEY (tenant, contact, tag)
);
CREATE INDEX contact_tags_tag ON contact_tags (tenant, tag, contact);

CREATE TABLE blocks (
	tenant  BLOB NOT NULL,
	id      BLOB NOT NULL,
	kind    TEXT NOT NULL,
	contact BLOB,
	prefix  TEXT NOT NULL DEFAULT '',
	reason  TEXT NOT NULL,
	agent   BLOB,
	created INTEGER NOT NULL,
	expires INTEGER NOT NULL DEFAULT 0,
	hits    INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX blocks_contact ON blocks (tenant, contact) WHERE contact IS NOT NULL;

CREATE TABLE calendars (
	tenant   BLOB NOT NULL,
	id       BLOB NOT NULL,
	name     TEXT NOT NULL,
	tz       TEXT NOT NULL,
	week     TEXT NOT NULL,
	holidays TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE canned (
	tenant   BLOB NOT NULL,
	id       BLOB NOT NULL,
	agent    BLOB,
	shortcut TEXT NOT NULL,
	title    TEXT NOT NULL,
	body     TEXT NOT NULL,
	folder   TEXT NOT NULL DEFAULT '',
	uses     INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE bots (
	tenant    BLOB NOT NULL,
	id        BLOB NOT NULL,
	kind      TEXT NOT NULL,
	name      TEXT NOT NULL,
	draft     TEXT NOT NULL,
	draft_rev INTEGER NOT NULL DEFAULT 1,
	published INTEGER NOT NULL DEFAULT 0,
	changed   INTEGER NOT NULL DEFAULT 0,
	created   INTEGER NOT NULL,
	updated   INTEGER NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE bot_versions (
	tenant  BLOB NOT NULL,
	bot     BLOB NOT NULL,
	version INTEGER NOT NULL,
	content TEXT NOT NULL,
	agent   BLOB,
	note    TEXT NOT NULL DEFAULT '',
	at      INTEGER NOT NULL,
	PRIMARY KEY (tenant, bot, version)
);

CREATE TABLE bot_hits (
	tenant BLOB NOT NULL,
	bot    BLOB NOT NULL,
	rule   TEXT NOT NULL,
	day    TEXT NOT NULL,             -- 2006-01-02, UTC
	hits   INTEGER NOT NULL,
	PRIMARY KEY (tenant, bot, rule, day)
);

CREATE TABLE bot_missed (
	n            INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant       BLOB NOT NULL,
	bot          BLOB NOT NULL,
	conversation BLOB NOT NULL,
	message      BLOB NOT NULL,
	text         TEXT NOT NULL,
	at           INTEGER NOT NULL
);
CREATE INDEX bot_missed_bot ON bot_missed (tenant, bot, n);

CREATE TABLE files (
	tenant  BLOB NOT NULL,
	id      BLOB NOT NULL,
	key     TEXT NOT NULL,            -- where the storage has it
	name    TEXT NOT NULL,
	mime    TEXT NOT NULL,
	size    INTEGER NOT NULL,
	sha256  BLOB NOT NULL,
	width   INTEGER NOT NULL DEFAULT 0,
	height  INTEGER NOT NULL DEFAULT 0,
	thread  BLOB,
	agent   BLOB,
	created INTEGER NOT NULL,
	revoked INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);

-- Inbound media whose bytes are still at the platform.
CREATE TABLE fetches (
	tenant  BLOB NOT NULL,
	message BLOB NOT NULL,
	part    INTEGER NOT NULL,
	account BLOB NOT NULL,
	tries   INTEGER NOT NULL DEFAULT 0,
	due     INTEGER NOT NULL,
	trouble TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, message, part)
);
CREATE INDEX fetches_due ON fetches (tenant, due);

-- What has to be done once after a send, on its own schedule: file a copy.
CREATE TABLE chores (
	tenant  BLOB NOT NULL,
	outbox  BLOB NOT NULL,
	kind    TEXT NOT NULL,            -- "file"
	receipt TEXT NOT NULL,
	tries   INTEGER NOT NULL DEFAULT 0,
	due     INTEGER NOT NULL,
	PRIMARY KEY (tenant, outbox, kind)
);
CREATE INDEX chores_due ON chores (tenant, due);

CREATE TABLE audit (
	n       INTEGER PRIMARY KEY AUTOINCREMENT,
	tenant  BLOB NOT NULL,
	at      INTEGER NOT NULL,
	actor   BLOB,
	name    TEXT NOT NULL,
	action  TEXT NOT NULL,
	target  TEXT NOT NULL DEFAULT '',
	detail  TEXT NOT NULL DEFAULT '',
	address TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_tenant ON audit (tenant, n);

CREATE TABLE idempotency (
	tenant  BLOB NOT NULL,
	key     TEXT NOT NULL,            -- actor and the client's key
	request BLOB NOT NULL,            -- hash of method, path and body
	status  INTEGER NOT NULL,
	body    BLOB NOT NULL,
	at      INTEGER NOT NULL,
	PRIMARY KEY (tenant, key)
);
CREATE INDEX idempotency_at ON idempotency (tenant, at);

CREATE TABLE leases (
	name   TEXT NOT NULL PRIMARY KEY,
	holder TEXT NOT NULL,
	token  INTEGER NOT NULL,          -- rises with every new holder
	until  INTEGER NOT NULL           -- on the database's clock
);

-- +goose Down
SELECT 1;
