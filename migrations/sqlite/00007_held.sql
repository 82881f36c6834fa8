-- +goose Up
-- What waits until the customer writes again is looked for with each message
-- of theirs on a channel that closes.
CREATE INDEX outbox_held ON outbox (tenant, thread, n) WHERE state = 8;
