-- A platform's page may cover several accounts, of which a person chooses.

-- +goose Up
ALTER TABLE authorisations ADD COLUMN offered TEXT NOT NULL DEFAULT '[]'; -- what it covered: the platform's ids and names

-- +goose Down
SELECT 1;
