package hub_test

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
	"parley/core/file"
	"parley/core/hub"
	"parley/core/orchestrate"
	"parley/core/secret"
	"parley/core/store"
	"parley/internal/testenv/migrated"
)

// parrot is a bot that repeats, hands over when asked, and panics on demand.
type parrot struct{}

func (parrot) Kind() string                                 { return "parrot" }
func (parrot) Blank(string) json.RawMessage                 { return json.RawMessage(`{}`) }
func (parrot) Check(json.RawMessage) []connector.FieldError { return nil }
func (parrot) Open(content json.RawMessage) (orchestrate.Bot, error) {
	if strings.Contains(string(content), "broken") {
		return nil, errors.New("this version does not open")
	}
	return parrotBot{}, nil
}

type parrotBot struct{}

func (parrotBot) Instant() {}
func (parrotBot) Answer(_ context.Context, t orchestrate.Turn) (orchestrate.Answer, error) {
	switch {
	case t.Cause == orchestrate.CauseOpened:
		return orchestrate.Answer{Messages: []canon.Message{canon.TextMessage("welcome")}}, nil
	case t.Text == "human":
		return orchestrate.Answer{Handoff: &orchestrate.Handoff{Reason: "asked"}}, nil
	case t.Text == "die":
		panic("the bot died")
	case t.Text == "nonsense":
		return orchestrate.Answer{Missed: true, Messages: []canon.Message{canon.TextMessage("pardon")}}, nil
	}
	return orchestrate.Answer{Messages: []canon.Message{canon.TextMessage("you said " + t.Text)}, Why: orchestrate.Why{Rule: "echo"}}, nil
}

// acted is a bot whose answers the test gives: at once, or when it pleases.
type acted struct {
	r       *rig
	instant bool
	stream  bool
}

func (k acted) Kind() string {
	switch {
	case k.instant:
		return "acted"
	case k.stream:
		return "streaming"
	}
	return "slow"
}
func (acted) Blank(string) json.RawMessage                 { return json.RawMessage(`{}`) }
func (acted) Check(json.RawMessage) []connector.FieldError { return nil }
func (k acted) Open(json.RawMessage) (orchestrate.Bot, error) {
	switch {
	case k.instant:
		return instantActor{actor{k.r}}, nil
	case k.stream:
		return streamActor{actor{k.r}}, nil
	}
	return actor{k.r}, nil
}

type actor struct{ r *rig }

func (a actor) Answer(ctx context.Context, t orchestrate.Turn) (orchestrate.Answer, error) {
	return a.r.act(ctx, t, func(string) {})
}

type instantActor struct{ actor }

func (instantActor) Instant() {}

type streamActor struct{ actor }

func (a streamActor) Stream(ctx context.Context, t orchestrate.Turn, partial func(string)) (orchestrate.Answer, error) {
	return a.r.act(ctx, t, partial)
}

func says(text string) orchestrate.Answer {
	return orchestrate.Answer{Messages: []canon.Message{canon.TextMessage(text)}}
}

// rig is a hub on a database with one account and one bot.
type rig struct {
	t       *testing.T
	asked   atomic.Int32 // requests the hub has not let go of
	url     string
	dir     string
	store   *store.Store
	box     *secret.Box
	storage file.Storage
	intake  *file.Intake
	hub     *hub.Hub
	p       *platform
	tenant  canon.ID
	account canon.ID
	bot     canon.ID
	link    canon.ID
	srv     *httptest.Server
	n       atomic.Int64
	ahead   atomic.Int64 // how far the hub's clock is ahead
	// act answers for bots of the kinds acted, slow and streaming.
	act      func(ctx context.Context, t orchestrate.Turn, partial func(string)) (orchestrate.Answer, error)
	turnTime time.Duration
	keepFeed time.Duration  // 0: for ever
	from     netip.Addr     // where requests come from
	reach    []netip.Prefix // what egress may reach besides public addresses
	// public is the address of the hub, "" one that leads nowhere; pulse is how
	// often platforms are asked.
	public string
	pulse  time.Duration
}

func eachDatabase(t *testing.T, do func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); do(t, "sqlite") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); do(t, migrated.Postgres(t)) })
}

func newRig(t *testing.T, url string, withBot bool) *rig {
	kind := ""
	if withBot {
		kind = "parrot"
	}
	return newRigWith(t, url, kind, nil)
}

// newRigWith returns a rig whose account has a bot of a kind ("": none), after
// prepare had its way with it.
func newRigWith(t *testing.T, url, kind string, prepare func(*rig)) *rig {
	t.Helper()
	ctx := t.Context()
	r := &rig{t: t, url: url, dir: t.TempDir(), p: newPlatform(), box: secret.NewBox(secret.NewMasterKey())}
	if prepare != nil {
		prepare(r)
	}
	if r.url == "sqlite" {
		migrated.SQLite(t, r.dir)
	}
	r.openStore()
	tenant, err := r.store.EnsureDefaultTenant(ctx, r.box)
	if err != nil {
		t.Fatal(err)
	}
	r.tenant = tenant.ID
	link := store.LinkRow{Link: core.Link{ID: canon.NewID(), Kind: "played", Name: "Played", Config: connector.Values{}}, Sealed: store.Sealed{}}
	acct := core.Account{ID: canon.NewID(), Link: link.ID, Kind: "played", Name: "Played", RemoteID: "main"}
	r.write(func(tx *store.Tx) error {
		if err := tx.SaveLink(link, true); err != nil {
			return err
		}
		if kind != "" {
			bot, err := tx.AddBot(core.Bot{Kind: kind, Name: "Polly", Draft: json.RawMessage(`{}`)}, canon.ID{})
			if err != nil {
				return err
			}
			if _, err := tx.PublishBot(ctx, bot.ID, bot.DraftRev, "", canon.ID{}); err != nil {
				return err
			}
			acct.Bot = bot.ID
		}
		_, _, err := tx.AddAccount(ctx, acct, canon.ID{})
		return err
	})
	r.account, r.link, r.bot = acct.ID, link.ID, acct.Bot
	if r.storage, err = file.OpenDisk(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if r.intake, err = file.NewIntake(r.storage, file.IntakeOptions{Dir: t.TempDir()}); err != nil {
		t.Fatal(err)
	}
	r.start()
	t.Cleanup(func() { r.stop(10 * time.Second) })
	return r
}

func (r *rig) openStore() {
	r.t.Helper()
	s, err := store.Open(r.t.Context(), store.Options{URL: r.url, DataDir: r.dir, Log: slog.New(slog.DiscardHandler),
		Clock: func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) }})
	if err != nil {
		r.t.Fatal(err)
	}
	r.store = s
}

// start opens a hub over the rig's store.
func (r *rig) start() {
	r.t.Helper()
	registry, err := connector.NewRegistry(r.p)
	if err != nil {
		r.t.Fatal(err)
	}
	out, err := egress.New(egress.Options{Policy: egress.Policy{Allow: r.allow()}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.hub = hub.New(hub.Options{Store: r.store, Box: r.box, Egress: out, Storage: r.storage, Intake: r.intake, Files: file.NewSigner("", r.box.Signer("files")),
		Connectors: registry, Bots: []orchestrate.BotKind{parrot{}, acted{r: r, instant: true}, acted{r: r, stream: true}, acted{r: r}}, PublicURL: cmp.Or(r.public, "http://localhost"), PulseEvery: r.pulse,
		From: func(*http.Request) netip.Addr { return r.from }, Log: slog.New(slog.DiscardHandler), TurnTime: r.turnTime, KeepFeed: r.keepFeed})
	if err := r.hub.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	r.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.asked.Add(1)
		defer r.asked.Add(-1)
		r.hub.Handler().ServeHTTP(w, req)
	}))
}

// allow opens this machine to a hub that has an address on it.
func (r *rig) allow() []netip.Prefix {
	if r.public == "" {
		return r.reach
	}
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

// stop ends hub and store; a patience of nothing is as near to being killed as a
// test can come: what is under way is not waited for and not recorded.
func (r *rig) stop(patience time.Duration) {
	r.srv.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r.hub.Stop(ctx)
	r.store.Close()
}

// crash ends the hub without waiting and starts another on the same database.
func (r *rig) crash() {
	r.t.Helper()
	r.stop(0)
	r.openStore()
	r.start()
}

func (r *rig) write(do func(*store.Tx) error) {
	r.t.Helper()
	if err := r.store.For(r.tenant).Write(r.t.Context(), do); err != nil {
		r.t.Fatal(err)
	}
}

// settings changes the tenant's switches.
func (r *rig) settings(change func(*core.Tenant)) {
	r.t.Helper()
	tenant, err := r.store.For(r.tenant).ReadTenant(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	change(&tenant)
	r.write(func(tx *store.Tx) error { return tx.ChangeTenant(r.t.Context(), tenant, canon.ID{}) })
	r.hub.Changed(r.tenant)
}

// later puts the hub's clock on.
func (r *rig) later(by time.Duration) { r.ahead.Add(int64(by)) }

func (r *rig) scope() store.Scope { return r.store.For(r.tenant) }

func (r *rig) deliver(all ...canon.Envelope) int {
	r.t.Helper()
	body, err := json.Marshal(struct{ Envelopes []canon.Envelope }{all})
	if err != nil {
		r.t.Fatal(err)
	}
	req, _ := http.NewRequest("POST", r.srv.URL+"/hooks/"+r.link.String(), strings.NewReader(string(body)))
	req.Header.Set("X-Secret", "right")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func (r *rig) event(peer string, ev canon.Event) canon.Envelope {
	n := r.n.Add(1)
	return canon.Envelope{Account: "main", Thread: canon.ThreadKey{Account: "main", Peer: canon.RemoteID(peer)}, From: canon.Peer{ID: canon.RemoteID(peer), Name: "Customer " + peer, Locale: "en"},
		EventID: fmt.Sprintf("e-%s-%d", peer, n), Time: time.Now(), Event: ev}
}

func (r *rig) says(peer, text string) canon.Envelope {
	e := r.event(peer, canon.Posted{})
	m := canon.TextMessage(text)
	m.RemoteID = canon.RemoteID("in-" + e.EventID)
	e.Event = canon.Posted{Message: m}
	return e
}

func (r *rig) send(peer, text string) {
	r.t.Helper()
	if code := r.deliver(r.says(peer, text)); code != 200 {
		r.t.Fatalf("callback answered %d", code)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (r *rig) seesText(peer string, want ...string) {
	r.t.Helper()
	eventually(r.t, fmt.Sprintf("%s sees %q, saw %q", peer, want, r.p.texts(peer)), func() bool {
		got := r.p.texts(peer)
		return strings.Join(got, "|") == strings.Join(want, "|")
	})
}

func (r *rig) conversations(statuses ...core.Status) []core.Conversation {
	r.t.Helper()
	page, err := r.store.For(r.tenant).Conversations(r.t.Context(), store.ListQuery{Statuses: statuses, Limit: 200})
	if err != nil {
		r.t.Fatal(err)
	}
	return page.Items
}

func (r *rig) agent(name string, state core.AgentState, max int) canon.ID {
	r.t.Helper()
	var id canon.ID
	err := r.store.For(r.tenant).Write(r.t.Context(), func(tx *store.Tx) error {
		a, err := tx.AddAgent(r.t.Context(), core.Agent{ID: canon.NewID(), Email: name + "@example.com", Name: name, Role: core.RoleAgent, Language: "en", MaxLoad: max}, "x", canon.ID{})
		if err != nil {
			return err
		}
		id = a.ID
		_, err = tx.StoreState(r.t.Context(), id, state, canon.ID{})
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.hub.Desk.Drain(r.tenant)
	return id
}

// the returns the only conversation of a peer, the newest one when there are
// several.
func (r *rig) the(peer string) core.Conversation {
	r.t.Helper()
	c, ok := r.find(peer)
	if !ok {
		r.t.Fatalf("%s has no conversation", peer)
	}
	return c
}

func (r *rig) find(peer string) (core.Conversation, bool) {
	r.t.Helper()
	contact, ok, err := r.scope().ContactOfPeer(r.t.Context(), r.account, canon.RemoteID(peer))
	if err != nil {
		r.t.Fatal(err)
	}
	if !ok {
		return core.Conversation{}, false
	}
	all, err := r.scope().ContactConversations(r.t.Context(), contact, canon.ID{}, 1)
	if err != nil {
		r.t.Fatal(err)
	}
	if len(all) == 0 {
		return core.Conversation{}, false
	}
	return all[0], true
}

// owned waits until a peer's conversation is with a kind of owner.
func (r *rig) owned(peer string, by core.Status) core.Conversation {
	r.t.Helper()
	var c core.Conversation
	eventually(r.t, fmt.Sprintf("%s is with %s", peer, by), func() bool {
		var ok bool
		c, ok = r.find(peer)
		return ok && c.Owner.Kind == by
	})
	return c
}

// messages are the lines of a peer's thread, oldest first.
func (r *rig) messages(peer string) []core.Message {
	r.t.Helper()
	c, ok := r.find(peer)
	if !ok {
		return nil
	}
	all, err := r.scope().Messages(r.t.Context(), c.Thread, 0, 200)
	if err != nil {
		r.t.Fatal(err)
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

// said are the texts of a peer's thread that people and bots exchanged.
func (r *rig) said(peer string) []string {
	var out []string
	for _, m := range r.messages(peer) {
		if m.From != core.FromEvent && m.From != core.FromNote {
			out = append(out, m.Content.Fallback())
		}
	}
	return out
}

// line finds a message by its words.
func (r *rig) line(peer, text string) (core.Message, bool) {
	for _, m := range r.messages(peer) {
		if m.Content.Fallback() == text {
			return m, true
		}
	}
	return core.Message{}, false
}

// inState waits until a message is in a state of delivery.
func (r *rig) inState(peer, text string, state canon.Delivery) core.Message {
	r.t.Helper()
	var m core.Message
	eventually(r.t, fmt.Sprintf("%q to %s is %s", text, peer, state), func() bool {
		var ok bool
		m, ok = r.line(peer, text)
		return ok && m.State == state
	})
	return m
}

func (r *rig) post(conversation, agent canon.ID, text string) core.Message {
	r.t.Helper()
	m, err := r.hub.Desk.Post(r.t.Context(), r.tenant, conversation, orchestrate.Post{Agent: agent, Content: canon.TextMessage(text)})
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

func (r *rig) team(name string, members ...canon.ID) canon.ID {
	r.t.Helper()
	team := core.Team{Name: name, Members: members}
	r.write(func(tx *store.Tx) (err error) {
		team, err = tx.SaveTeam(r.t.Context(), core.Team{Name: name, Members: members}, canon.ID{})
		return err
	})
	r.hub.Changed(r.tenant)
	return team.ID
}

// waiting is how many arrivals are not handled.
func (r *rig) waiting() int {
	r.t.Helper()
	all, err := r.scope().Waiting(r.t.Context(), 0, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	return len(all)
}

func (r *rig) letters(state store.InboxState) []store.Letter {
	r.t.Helper()
	all, err := r.scope().Letters(r.t.Context(), state, 0, 100)
	if err != nil {
		r.t.Fatal(err)
	}
	return all
}

// nowhereStored looks for words in every table of the database.
func (r *rig) nowhereStored(words string) {
	r.t.Helper()
	driver, dsn := "pgx", r.url
	if r.url == "sqlite" {
		driver, dsn = "sqlite", "file:"+filepath.Join(r.dir, "parley.db")
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	names := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if driver == "pgx" {
		names = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	}
	for _, table := range column(r.t, db, names) {
		rows, err := db.Query("SELECT * FROM " + table)
		if err != nil {
			r.t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			r.t.Fatal(err)
		}
		cells := make([]sql.RawBytes, len(columns))
		into := make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				r.t.Fatal(err)
			}
			for i, c := range cells {
				if bytes.Contains(c, []byte(words)) {
					r.t.Errorf("%q is stored in %s.%s", words, table, columns[i])
				}
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			r.t.Fatal(err)
		}
	}
}

func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil || len(out) < 20 {
		t.Fatalf("%d tables %v", len(out), err)
	}
	return out
}
