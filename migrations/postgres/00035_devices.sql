-- Where notices of applications' customers go (core/store/devices.go).

-- +goose Up
-- A device an application told of. It belongs to one customer of an account at a
-- time: whoever signed in on it last.
CREATE TABLE devices (
	tenant  BYTEA NOT NULL,
	account BYTEA NOT NULL,
	name    TEXT NOT NULL, -- a digest of its token
	peer    TEXT NOT NULL,
	topic   TEXT NOT NULL, -- of the thread, where a peer has several
	sealed  BYTEA NOT NULL, -- the device, under the tenant's key
	seen    BIGINT NOT NULL,
	PRIMARY KEY (tenant, account, name)
);
CREATE INDEX devices_peer ON devices (tenant, account, peer);

-- +goose Down
SELECT 1;
