-- How somebody wants the application to behave (core/store/preferences.go).

-- +goose Up
ALTER TABLE agents ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}'; -- JSON; what is absent is as it comes

-- +goose Down
SELECT 1;
