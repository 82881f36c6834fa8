-- How content customers were, counted as they answer (core/store/rating_days.go).

-- +goose Up
CREATE TABLE rating_days (
	tenant   BYTEA NOT NULL,
	day      BIGINT NOT NULL, -- when they were asked: days since 1970, UTC
	kind     INTEGER NOT NULL, -- 0 all, 1 agent, 2 team, 3 account, 4 bot
	whom     BYTEA NOT NULL,    -- of all: the tenant
	asked    BIGINT NOT NULL,
	answered BIGINT NOT NULL,
	total    BIGINT NOT NULL, -- of the scores
	PRIMARY KEY (tenant, day, kind, whom)
);
INSERT INTO rating_days (tenant, day, kind, whom, asked, answered, total)
	SELECT tenant, asked / 86400000, kind, whom, count(*), sum(CASE WHEN score > 0 THEN 1 ELSE 0 END), sum(score) FROM (
		SELECT tenant, asked, score, 0 AS kind, tenant AS whom FROM ratings
		UNION ALL SELECT tenant, asked, score, 1, agent FROM ratings WHERE agent IS NOT NULL
		UNION ALL SELECT tenant, asked, score, 2, team FROM ratings WHERE team IS NOT NULL
		UNION ALL SELECT tenant, asked, score, 3, account FROM ratings
		UNION ALL SELECT tenant, asked, score, 4, bot FROM ratings WHERE bot IS NOT NULL
	) AS each GROUP BY tenant, asked / 86400000, kind, whom;

-- +goose Down
SELECT 1;
