-- Lists by priority (core/store/shelf.go): each has shelves of its own.

-- +goose Up
ALTER TABLE shelves ADD COLUMN priority TEXT NOT NULL DEFAULT ''; -- as of conversations
UPDATE shelves SET n = shelves.n - g.n
	FROM (SELECT tenant, shelf, count(*) AS n FROM conversations WHERE priority <> '' GROUP BY tenant, shelf) g
	WHERE g.tenant = shelves.tenant AND g.shelf = shelves.shelf;
INSERT INTO shelves (tenant, shelf, status, account, team, owner, priority, n)
	SELECT c.tenant, (SELECT coalesce(max(s.shelf), 0) FROM shelves s WHERE s.tenant = c.tenant AND s.shelf < 4294967296)
			+ row_number() OVER (PARTITION BY c.tenant ORDER BY c.status, c.account, c.team, c.owner, c.priority),
		c.status, c.account, c.team, c.owner, c.priority, count(*)
	FROM conversations c WHERE c.priority <> '' GROUP BY c.tenant, c.status, c.account, c.team, c.owner, c.priority;
UPDATE conversations SET shelf = (SELECT s.shelf FROM shelves s WHERE s.tenant = conversations.tenant AND s.account = conversations.account AND s.status = conversations.status
		AND s.team IS NOT DISTINCT FROM conversations.team AND s.owner IS NOT DISTINCT FROM conversations.owner AND s.priority = conversations.priority)
	WHERE priority <> '';

-- +goose Down
SELECT 1;
