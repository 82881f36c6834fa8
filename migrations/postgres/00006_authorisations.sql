-- Accounts authorised at a platform's own page.

-- +goose Up
-- Administrators who were sent to a platform and are expected back, by the hash
-- of the state they carry.
CREATE TABLE authorisations (
	tenant     BYTEA NOT NULL,
	state      BYTEA NOT NULL,          -- SHA-256
	credential BYTEA NOT NULL,          -- of the session they were sent from, hashed
	agent      BYTEA NOT NULL,
	account    BYTEA NOT NULL,          -- the one they began at
	again      BIGINT NOT NULL,       -- it was to be authorised itself, not another one
	expires    BIGINT NOT NULL,
	PRIMARY KEY (tenant, state)
);
-- The light of one account of a link that carries several.
ALTER TABLE accounts ADD COLUMN health TEXT NOT NULL DEFAULT '{}';

-- +goose Down
SELECT 1;
