-- How urgent a conversation is, as agents say (core/store/priority.go).

-- +goose Up
ALTER TABLE conversations ADD COLUMN priority TEXT NOT NULL DEFAULT ''; -- '', high, urgent

-- +goose Down
SELECT 1;
