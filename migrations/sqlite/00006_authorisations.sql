-- Accounts authorised at a platform's own page.

-- +goose Up
-- Administrators who were sent to a platform and are expected back, by the hash
-- of the state they carry.
CREATE TABLE authorisations (
	tenant     BLOB NOT NULL,
	state      BLOB NOT NULL,          -- SHA-256
	credential BLOB NOT NULL,          -- of the session they were sent from, hashed
	agent      BLOB NOT NULL,
	account    BLOB NOT NULL,          -- the one they began at
	again      INTEGER NOT NULL,       -- it was to be authorised itself, not another one
	expires    INTEGER NOT NULL,
	PRIMARY KEY (tenant, state)
);
-- The light of one account of a link that carries several.
ALTER TABLE accounts ADD COLUMN health TEXT NOT NULL DEFAULT '{}';

-- +goose Down
SELECT 1;
