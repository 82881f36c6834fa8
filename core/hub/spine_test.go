package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
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
	"parley/internal/testenv"
)

// platform is a channel played inside the test: it takes canonical envelopes as
// they are and keeps what a customer would see.
type platform struct {
	mu         sync.Mutex
	seen       []seen
	fail       []error // answers of the next sends, before they succeed
	idempotent bool
	keys       map[canon.ID]bool
}

type seen struct {
	peer canon.RemoteID
	text string
	key  canon.ID
	op   connector.Op
}

func (p *platform) Spec() connector.Spec { return connector.Spec{Kind: "played"} }
func (p *platform) Open(_ context.Context, l connector.Link, _ connector.Env) (connector.Conn, error) {
	return &played{p, l}, nil
}

type played struct {
	p *platform
	l connector.Link
}

func (c *played) Capabilities(canon.ThreadKey) connector.Capabilities {
	parts := map[string]connector.Level{}
	for _, k := range connector.PartKeys() {
		parts[k] = connector.Full
	}
	return connector.Capabilities{Parts: parts, Idempotent: c.p.idempotent, Text: connector.Length{Max: 2000, Unit: connector.Runes},
		Ops: map[connector.Operation]connector.Level{connector.OpsRevoke: connector.Full}}
}
func (c *played) Revokes()                    {}
func (c *played) Close(context.Context) error { return nil }
func (c *played) Send(_ context.Context, r connector.Request) (connector.Receipt, error) {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if len(c.p.fail) > 0 {
		err := c.p.fail[0]
		c.p.fail = c.p.fail[1:]
		if err != nil {
			return connector.Receipt{}, err
		}
	}
	if !c.p.keys[r.Key] {
		c.p.keys[r.Key] = true
		c.p.seen = append(c.p.seen, seen{r.Thread.Peer, r.Message.Fallback(), r.Key, r.Op})
	}
	return connector.Receipt{RemoteID: canon.RemoteID("r-" + r.Key.String()), State: canon.Sent}, nil
}
func (c *played) Routes() []connector.Route { return []connector.Route{{Method: "POST"}} }
func (c *played) Unseal(r connector.Raw) (connector.Opened, error) {
	if r.Header.Get("X-Secret") != "right" {
		return connector.Opened{}, errors.New("wrong secret")
	}
	return connector.Opened{Body: r.Body}, nil
}
func (c *played) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	var e canon.Envelope
	if err := json.Unmarshal(v.Body(), &e); err != nil {
		return connector.Batch{}, err
	}
	return connector.Batch{Envelopes: []canon.Envelope{e}}, nil
}
func (c *played) Ack(_ connector.Raw, o connector.Outcome) connector.Reply {
	return connector.Reply{Status: map[connector.Outcome]int{connector.Committed: 200, connector.Refused: 400, connector.Retry: 503}[o]}
}

func (p *platform) texts(peer string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, s := range p.seen {
		if s.peer == canon.RemoteID(peer) && s.op == connector.OpPost {
			out = append(out, s.text)
		}
	}
	return out
}

// parrot is a bot that repeats, hands over when asked, and panics on demand.
type parrot struct{}

func (parrot) Kind() string                                 { return "parrot" }
func (parrot) Blank(string) json.RawMessage                 { return json.RawMessage(`{}`) }
func (parrot) Check(json.RawMessage) []connector.FieldError { return nil }
func (parrot) Open(json.RawMessage) (orchestrate.Bot, error) {
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

// rig is a hub on a database with one account and one bot.
type rig struct {
	t       *testing.T
	store   *store.Store
	hub     *hub.Hub
	p       *platform
	tenant  canon.ID
	account canon.ID
	link    canon.ID
	srv     *httptest.Server
	n       int
}

func eachDatabase(t *testing.T, do func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); do(t, "sqlite") })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); do(t, testenv.Postgres(t)) })
}

func newRig(t *testing.T, url string, withBot bool) *rig {
	t.Helper()
	ctx := t.Context()
	log := slog.New(slog.DiscardHandler)
	s, err := store.Open(ctx, store.Options{URL: url, DataDir: t.TempDir(), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	box := secret.NewBox(secret.NewMasterKey())
	tenant, err := s.EnsureDefaultTenant(ctx, box)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, store: s, p: &platform{keys: map[canon.ID]bool{}, idempotent: true}, tenant: tenant.ID}
	link := store.LinkRow{Link: core.Link{ID: canon.NewID(), Kind: "played", Name: "Played", Config: connector.Values{}}, Sealed: store.Sealed{}}
	acct := core.Account{ID: canon.NewID(), Link: link.ID, Kind: "played", Name: "Played", RemoteID: "main"}
	err = s.For(tenant.ID).Write(ctx, func(tx *store.Tx) error {
		if err := tx.SaveLink(link, true); err != nil {
			return err
		}
		if withBot {
			bot, err := tx.AddBot(core.Bot{Kind: "parrot", Name: "Polly", Draft: json.RawMessage(`{}`)}, canon.ID{})
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
	if err != nil {
		t.Fatal(err)
	}
	r.account, r.link = acct.ID, link.ID
	registry, err := connector.NewRegistry(r.p)
	if err != nil {
		t.Fatal(err)
	}
	storage, err := file.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	intake, err := file.NewIntake(storage, file.IntakeOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	out, err := egress.New(egress.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.hub = hub.New(hub.Options{Store: s, Box: box, Egress: out, Storage: storage, Intake: intake, Files: file.NewSigner("", box.Signer("files")),
		Connectors: registry, Bots: []orchestrate.BotKind{parrot{}}, PublicURL: "http://localhost",
		From: func(*http.Request) netip.Addr { return netip.Addr{} }, Log: log})
	if err := r.hub.Start(ctx); err != nil {
		t.Fatal(err)
	}
	r.srv = httptest.NewServer(r.hub.Handler())
	t.Cleanup(func() {
		r.srv.Close()
		stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		r.hub.Stop(stop)
		s.Close()
	})
	return r
}

func (r *rig) deliver(e canon.Envelope) int {
	r.t.Helper()
	body, err := json.Marshal(e)
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
	r.n++
	return canon.Envelope{Account: "main", Thread: canon.ThreadKey{Account: "main", Peer: canon.RemoteID(peer)}, From: canon.Peer{ID: canon.RemoteID(peer), Name: "Customer " + peer, Locale: "en"},
		EventID: fmt.Sprintf("e-%s-%d", peer, r.n), Time: time.Now(), Event: ev}
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

func TestABotAnswersEachMessageOnce(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		e := r.says("ann", "hello")
		for range 3 {
			if code := r.deliver(e); code != 200 {
				t.Fatalf("callback answered %d", code)
			}
		}
		r.send("ann", "and again")
		r.seesText("ann", "you said hello", "you said and again")
	})
}

func TestTheJourneyFromBotToAgentAndBack(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		ctx := t.Context()
		if code := r.deliver(r.event("bob", canon.Membership{Kind: canon.MemberOpened})); code != 200 {
			t.Fatal(code)
		}
		r.seesText("bob", "welcome")
		r.send("bob", "human")
		eventually(t, "bob is queued", func() bool { return len(r.conversations(core.StatusQueue)) == 1 })
		r.seesText("bob", "welcome", "I am passing you on to a person. You are number 1 in the queue.")
		lin := r.agent("Lin", core.AgentOnline, 5)
		eventually(t, "Lin is assigned", func() bool { return len(r.conversations(core.StatusAgent)) == 1 })
		conv := r.conversations(core.StatusAgent)[0]
		if conv.Owner.ID != lin || conv.Queued.IsZero() || conv.Picked.IsZero() {
			t.Fatalf("owner %+v, times %v %v", conv.Owner, conv.Queued, conv.Picked)
		}
		m, err := r.hub.Desk.Post(ctx, r.tenant, conv.ID, orchestrate.Post{Agent: lin, Content: canon.TextMessage("how can I help"), ClientID: "c1"})
		if err != nil {
			t.Fatal(err)
		}
		again, err := r.hub.Desk.Post(ctx, r.tenant, conv.ID, orchestrate.Post{Agent: lin, Content: canon.TextMessage("how can I help"), ClientID: "c1"})
		if err != nil || again.ID != m.ID {
			t.Fatalf("the same client id posted twice: %v %v %v", m.ID, again.ID, err)
		}
		eventually(t, "the answer arrives", func() bool {
			got := r.p.texts("bob")
			return len(got) == 4 && got[3] == "how can I help"
		})
		r.send("bob", "thanks")
		eventually(t, "the agent has it", func() bool { return r.conversations(core.StatusAgent)[0].Unread == 1 })
		if _, err := r.hub.Desk.Recall(ctx, r.tenant, m.ID, lin); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the recall reaches the platform", func() bool {
			r.p.mu.Lock()
			defer r.p.mu.Unlock()
			return r.p.seen[len(r.p.seen)-1].op == connector.OpRevoke
		})
		if _, err := r.hub.Desk.Close(ctx, r.tenant, conv.ID, lin); err != nil {
			t.Fatal(err)
		}
		if _, err := r.hub.Desk.Post(ctx, r.tenant, conv.ID, orchestrate.Post{Agent: lin, Content: canon.TextMessage("too late")}); err == nil {
			t.Fatal("a closed conversation took a message")
		}
		r.send("bob", "once more")
		eventually(t, "a new round with the bot", func() bool { return len(r.conversations(core.StatusBot)) == 1 })
		a, err := r.store.For(r.tenant).Agent(ctx, lin)
		if err != nil || a.Load != 0 {
			t.Fatalf("load after closing: %d %v", a.Load, err)
		}
		changes, err := r.store.For(r.tenant).OwnerChanges(ctx, conv.ID)
		if err != nil || len(changes) != 4 {
			t.Fatalf("owner changes: %+v %v", changes, err)
		}
		for i, c := range changes {
			if c.Lease != int64(i+1) || c.Reason.Code == "" {
				t.Fatalf("change %d: %+v", i, c)
			}
		}
	})
}

func TestABotThatDiesHandsOver(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("cat", "die")
		eventually(t, "people have it", func() bool { return len(r.conversations(core.StatusQueue)) == 1 })
	})
}

func TestTwoMissesHandOver(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.send("dan", "nonsense")
		r.send("dan", "nonsense")
		eventually(t, "people have it", func() bool { return len(r.conversations(core.StatusQueue)) == 1 })
		if c := r.conversations(core.StatusQueue)[0]; c.Reason.Code != "missed" {
			t.Fatalf("reason %+v", c.Reason)
		}
		r.seesText("dan", "pardon", "pardon", "I am passing you on to a person. You are number 1 in the queue.")
	})
}

func TestR08_ManyMessagesAtOnceOpenOneConversationEach(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		const people, each = 40, 8
		var all []canon.Envelope
		for p := range people {
			for i := range each {
				all = append(all, r.says(fmt.Sprintf("p%d", p), fmt.Sprintf("m%d", i)))
			}
		}
		var wg sync.WaitGroup
		for _, e := range all {
			wg.Add(1)
			go func() {
				defer wg.Done()
				r.deliver(e)
			}()
		}
		wg.Wait()
		eventually(t, "all are answered", func() bool {
			n := 0
			for p := range people {
				n += len(r.p.texts(fmt.Sprintf("p%d", p)))
			}
			return n == people*each
		})
		if n := len(r.conversations()); n != people {
			t.Fatalf("%d conversations, want %d", n, people)
		}
		tallies, err := r.store.For(r.tenant).Tallies(t.Context())
		if err != nil || tallies["status:bot"] != people {
			t.Fatalf("tallies %v %v", tallies, err)
		}
	})
}

func TestTheFeedHasNoGaps(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		items, stop := r.hub.Feed.Follow(r.tenant)
		defer stop()
		for i := range 10 {
			r.send("eve", fmt.Sprint(i))
		}
		messages := 0
		last := int64(0)
		for messages < 20 {
			select {
			case item := <-items:
				if item.Entry == nil {
					continue
				}
				if last != 0 && item.Entry.Seq != last+1 {
					t.Fatalf("entry %d after %d", item.Entry.Seq, last)
				}
				last = item.Entry.Seq
				if item.Entry.Kind == core.FeedMessage && strings.Contains(string(item.Entry.Data), `"from":"customer"`) || item.Entry.Kind == core.FeedMessage && strings.Contains(string(item.Entry.Data), `"from":"bot"`) {
					messages++
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("only %d messages in the feed", messages)
			}
		}
	})
}

func TestR06_RetrySendsAgainUnderTheSameKey(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.p.mu.Lock()
		r.p.fail = []error{&connector.Error{Class: connector.Invalid, Code: "500", Shown: connector.Text{EN: "refused", ZH: "拒绝"}}}
		r.p.mu.Unlock()
		r.send("fay", "hi")
		var failed core.Message
		eventually(t, "the answer failed", func() bool {
			convs := r.conversations()
			if len(convs) == 0 {
				return false
			}
			all, err := r.store.For(r.tenant).Messages(t.Context(), convs[0].Thread, 0, 10)
			if err != nil || len(all) == 0 {
				return false
			}
			failed = all[0]
			return failed.State == canon.Failed && failed.Failure != nil && convs[0].Trouble
		})
		if _, err := r.hub.Desk.Retry(t.Context(), r.tenant, failed.ID, canon.ID{}); err != nil {
			t.Fatal(err)
		}
		r.seesText("fay", "you said hi")
		eventually(t, "it is sent", func() bool {
			m, err := r.store.For(r.tenant).Message(t.Context(), failed.ID)
			return err == nil && m.State == canon.Sent
		})
		attempts, err := r.store.For(r.tenant).Attempts(t.Context(), failed.ID)
		if err != nil || len(attempts) != 2 {
			t.Fatalf("attempts %+v %v", attempts, err)
		}
	})
}

func TestUncertainIsNeverSilentlySentAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		r.p.idempotent = false
		r.p.mu.Lock()
		r.p.fail = []error{&connector.Error{Class: connector.Uncertain, Code: "cut"}}
		r.p.mu.Unlock()
		r.send("gus", "hi")
		eventually(t, "it is unconfirmed", func() bool {
			convs := r.conversations()
			if len(convs) == 0 {
				return false
			}
			all, err := r.store.For(r.tenant).Messages(t.Context(), convs[0].Thread, 0, 10)
			return err == nil && len(all) > 0 && all[0].State == canon.Unconfirmed
		})
		if got := r.p.texts("gus"); len(got) != 0 {
			t.Fatalf("sent again: %q", got)
		}
	})
}

func TestAnUnsignedCallbackLeavesNothing(t *testing.T) {
	r := newRig(t, "sqlite", true)
	resp, err := http.Post(r.srv.URL+"/hooks/"+r.link.String(), "application/json", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 401 || resp.ContentLength > 0 {
		t.Fatalf("answered %d with %d bytes", resp.StatusCode, resp.ContentLength)
	}
	if n := len(r.conversations()); n != 0 {
		t.Fatalf("%d conversations", n)
	}
}
