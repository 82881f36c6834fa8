-- Who a contact is, in order: without, SQLite reads all identities there are.

-- +goose Up
CREATE INDEX identities_of ON identities (tenant, contact, id);
DROP INDEX identities_contact;
