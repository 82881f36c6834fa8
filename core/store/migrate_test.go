package store

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/pressly/goose/v3"

	"parley/core"
	"parley/core/canon"
	"parley/internal/testenv"
	"parley/migrations"
)

// olderDatabase is a database as version left it, which it returns open.
func olderDatabase(t *testing.T, dialect Dialect, version int64) (*sql.DB, Options) {
	t.Helper()
	o := Options{URL: "sqlite", DataDir: t.TempDir()}
	driver, address, dir, kind := "sqlite", "file:"+filepath.Join(o.DataDir, "parley.db"), "sqlite", goose.DialectSQLite3
	if dialect == Postgres {
		o = Options{URL: testenv.Postgres(t)}
		driver, address, dir, kind = "pgx", o.URL, "postgres", goose.DialectPostgres
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	files, err := subFS(migrations.Files, dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(kind, db, files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	return db, o
}

// What was stored before there were shelves stands on them afterwards, with its
// tags and colleagues, and moves on as anything else does.
func TestConversationsOfBeforeAreShelved(t *testing.T) {
	for _, dialect := range []Dialect{SQLite, Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			db, o := olderDatabase(t, dialect, 1)
			tenant, account, agent, bot, team, tag, contact := canon.NewID(), canon.NewID(), canon.NewID(), canon.NewID(), canon.NewID(), canon.NewID(), canon.NewID()
			exec := func(q string, args ...any) {
				t.Helper()
				if _, err := db.ExecContext(t.Context(), q, args...); err != nil {
					t.Fatal(err)
				}
			}
			exec("INSERT INTO tenants (id, slug, name, lang, settings, data_key, created) VALUES ($1, 'default', 'x', 'en', '{}', $2, 1)", tenant, []byte("key"))
			exec("INSERT INTO tallies (tenant, name, n) VALUES ($1, 'status:bot', 3)", tenant)
			exec("INSERT INTO contacts (tenant, id, name, created, updated) VALUES ($1, $2, 'Ann', 1, 1)", tenant, contact)
			var all []canon.ID
			owners := []core.Owner{{Kind: core.StatusBot, ID: bot}, {Kind: core.StatusQueue, Team: team}, {Kind: core.StatusQueue}, {Kind: core.StatusAgent, ID: agent, Team: team}, {Kind: core.StatusClosed, ID: agent}}
			for i := range 15 {
				id, o := canon.NewID(), owners[i%5]
				all = append(all, id)
				var waiting any
				if o.Kind == core.StatusQueue {
					waiting = 100 + i
				}
				key := canon.ThreadKey{Account: "a", Peer: canon.RemoteID(fmt.Sprint(i))}
				exec("INSERT INTO threads (tenant, id, account, lane, key, identity, contact, conversation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
					tenant, id, account, LaneOf(key), fmt.Sprintf(`{"account":"a","peer":"%d"}`, i), id, contact, id)
				exec("INSERT INTO conversations (tenant, id, thread, account, contact, status, owner, team, lease, last_at, waiting, created, reason) VALUES ($1, $2, $2, $3, $4, $5, $6, $7, 1, $8, $9, 1, '{}')",
					tenant, id, account, contact, statusNumber(o.Kind), o.ID, o.Team, 100+i, waiting)
			}
			exec("INSERT INTO conversation_tags (tenant, conversation, tag) VALUES ($1, $2, $3)", tenant, all[3], tag)
			exec("INSERT INTO conversation_tags (tenant, conversation, tag) VALUES ($1, $2, $3)", tenant, all[4], tag)
			exec("INSERT INTO colleagues (tenant, conversation, agent, added) VALUES ($1, $2, $3, 1)", tenant, all[0], agent)
			db.Close()

			s, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			scope := s.For(tenant)
			holds := listedIn(t, scope, all)
			closed := []core.Status{core.StatusClosed}
			holds("open", ListQuery{}, 13, 12, 11, 10, 8, 7, 6, 5, 3, 2, 1, 0)
			holds("of the bot", ListQuery{Owners: []canon.ID{bot}}, 10, 5, 0)
			holds("of the team, longest wait", ListQuery{Teams: []canon.ID{team}, Sort: SortWaiting}, 1, 6, 11)
			holds("closed with the tag", ListQuery{Statuses: closed, Tags: []canon.ID{tag}}, 4)
			holds("seen by the agent", ListQuery{Visible: &Visible{Agent: agent, Teams: []canon.ID{team}}}, 13, 11, 8, 6, 3, 1, 0)
			tallies := func(want map[string]int64) {
				t.Helper()
				have, err := scope.Tallies(t.Context())
				if err != nil || !maps.Equal(have, want) {
					t.Errorf("counts %v, want %v, %v", have, want, err)
				}
			}
			tallies(map[string]int64{"status:bot": 3, "owner:" + bot.String(): 3, "status:queue": 6, "queue:" + team.String(): 3, "queue:": 3,
				"status:agent": 3, "owner:" + agent.String(): 3, "status:closed": 3, "account:" + account.String(): 12})

			// The tagged one of the agent goes back to the bot.
			lanes, err := scope.Lanes(t.Context(), []LaneKey{{Account: account, Key: canon.ThreadKey{Account: "a", Peer: "3"}}})
			if err != nil {
				t.Fatal(err)
			}
			ch := Began(lanes[0])
			lanes[0].Round.Owner, lanes[0].Round.LastAt = core.Owner{Kind: core.StatusBot, ID: bot}, at(500)
			lanes[0].Round.Lease++
			lanes[0].Thread.Rev++
			if err := scope.Write(t.Context(), func(tx *Tx) error { return tx.Apply(ch) }); err != nil {
				t.Fatal(err)
			}
			holds("of the bot", ListQuery{Owners: []canon.ID{bot}}, 3, 10, 5, 0)
			holds("with the tag", ListQuery{Tags: []canon.ID{tag}}, 3)
			holds("of the agent", ListQuery{Owners: []canon.ID{agent}}, 13, 8)
			tallies(map[string]int64{"status:bot": 4, "owner:" + bot.String(): 4, "status:queue": 6, "queue:" + team.String(): 3, "queue:": 3,
				"status:agent": 2, "owner:" + agent.String(): 2, "status:closed": 3, "account:" + account.String(): 12})
		})
	}
}

// What agents had called urgent stands on shelves of its own afterwards, in lists and
// counts, and who read its thread before it was called so decides again.
func TestPrioritiesOfBeforeAreShelved(t *testing.T) {
	for _, dialect := range []Dialect{SQLite, Postgres} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			db, o := olderDatabase(t, dialect, 29)
			tenant, account, agent, tag := canon.NewID(), canon.NewID(), canon.NewID(), canon.NewID()
			exec := func(q string, args ...any) {
				t.Helper()
				if _, err := db.ExecContext(t.Context(), q, args...); err != nil {
					t.Fatal(err)
				}
			}
			exec("INSERT INTO tenants (id, slug, name, lang, settings, data_key, created) VALUES ($1, 'default', 'x', 'en', '{}', $2, 1)", tenant, []byte("key"))
			var all []canon.ID
			for i, p := range []core.Priority{"", core.PriorityHigh, core.PriorityUrgent, ""} {
				id := canon.NewID()
				all = append(all, id)
				key := canon.ThreadKey{Account: "a", Peer: canon.RemoteID(fmt.Sprint(i))}
				exec("INSERT INTO threads (tenant, id, account, lane, key, identity, contact, conversation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
					tenant, id, account, LaneOf(key), fmt.Sprintf(`{"account":"a","peer":"%d"}`, i), id, id, id)
				exec("INSERT INTO conversations (tenant, id, thread, account, contact, status, owner, lease, last_at, created, reason, shelf, marked, priority) VALUES ($1, $2, $2, $3, $2, 2, $4, 1, $5, 1, '{}', 7, 1, $6)",
					tenant, id, account, agent, 100+i, string(p))
				exec("INSERT INTO conversation_tags (tenant, conversation, tag, shelf, last_at) VALUES ($1, $2, $3, 7, $4)", tenant, id, tag, 100+i)
			}
			exec("INSERT INTO shelves (tenant, shelf, status, account, owner, n) VALUES ($1, 7, 2, $2, $3, 4)", tenant, account, agent)
			db.Close()

			s, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			scope := s.For(tenant)
			holds := listedIn(t, scope, all)
			holds("by priority", ListQuery{Sort: SortPriority}, 2, 1, 3, 0)
			holds("high", ListQuery{Priorities: []core.Priority{core.PriorityHigh}}, 1)
			holds("urgent with the tag", ListQuery{Tags: []canon.ID{tag}, Priorities: []core.Priority{core.PriorityUrgent}}, 2)
			holds("as any, with the tag", ListQuery{Tags: []canon.ID{tag}, Priorities: []core.Priority{""}}, 3, 0)

			read := func() *Change {
				lanes, err := scope.Lanes(t.Context(), []LaneKey{{Account: account, Key: canon.ThreadKey{Account: "a", Peer: "0"}}})
				if err != nil {
					t.Fatal(err)
				}
				ch := Began(lanes[0])
				lanes[0].Round.Owner, lanes[0].Round.LastAt = core.Owner{Kind: core.StatusQueue}, at(500)
				lanes[0].Round.Lease++
				lanes[0].Thread.Rev++
				return ch
			}
			before := read()
			if err := scope.Write(t.Context(), func(tx *Tx) error {
				return tx.Prioritise(t.Context(), all[0], core.PriorityUrgent, canon.ID{})
			}); err != nil {
				t.Fatal(err)
			}
			if err := scope.Write(t.Context(), func(tx *Tx) error { return tx.Apply(before) }); !errors.Is(err, ErrStale) {
				t.Errorf("what was decided on another shelf: %v", err)
			}
			if err := scope.Write(t.Context(), func(tx *Tx) error { return tx.Apply(read()) }); err != nil {
				t.Fatal(err)
			}
			holds("by priority", ListQuery{Sort: SortPriority}, 0, 2, 1, 3)
			holds("urgent in the queue", ListQuery{Statuses: []core.Status{core.StatusQueue}, Priorities: []core.Priority{core.PriorityUrgent}}, 0)
			want := map[string]int64{"status:queue": 1, "queue:": 1, "status:agent": 3, "owner:" + agent.String(): 3, "account:" + account.String(): 4}
			have, err := scope.Tallies(t.Context())
			if err != nil || !maps.Equal(have, want) {
				t.Errorf("counts %v, want %v, %v", have, want, err)
			}
		})
	}
}

// listedIn compares lists, and how many they are counted to be, with the places
// that conversations have in all.
func listedIn(t *testing.T, scope Scope, all []canon.ID) func(name string, q ListQuery, want ...int) {
	return func(name string, q ListQuery, want ...int) {
		t.Helper()
		q.Limit = 50
		page, err := scope.Conversations(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, c := range page.Items {
			got = append(got, slices.Index(all, c.ID))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if n, err := scope.CountUpTo(t.Context(), q, 100); err != nil || n != len(want) {
			t.Errorf("%s: counted %d: %v", name, n, err)
		}
	}
}
