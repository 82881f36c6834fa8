package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/bots/rules"
	played "parley/connectors/emulate/wechat"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
	"parley/core/file"
	"parley/core/hub"
	"parley/core/orchestrate"
	"parley/core/secret"
	"parley/core/store"
)

const (
	lilei = "oLi7u5xQmZ1aRk9TfWcEoB2dNvHs"
	han   = "oHan2M8yPq4bSj6UgXdFpC3eOwIt"
)

// rig is a hub in this process, linked to a played account.
type rig struct {
	*hub.Hub
	t       *testing.T
	p       *played.Platform
	url     string
	store   *store.Store
	box     *secret.Box
	tenant  canon.ID
	link    canon.ID
	account canon.ID
	agent   canon.ID
	answers chan string // of the bot of kind gated
}

// gated is a bot that answers when the test pleases.
type gated struct{ answers chan string }

func (gated) Kind() string                                    { return "gated" }
func (gated) Blank(string) json.RawMessage                    { return json.RawMessage(`{}`) }
func (gated) Check(json.RawMessage) []connector.FieldError    { return nil }
func (g gated) Open(json.RawMessage) (orchestrate.Bot, error) { return g, nil }
func (g gated) Answer(ctx context.Context, _ orchestrate.Turn) (orchestrate.Answer, error) {
	select {
	case text := <-g.answers:
		return orchestrate.Answer{Messages: []canon.Message{canon.TextMessage(text)}}, nil
	case <-ctx.Done():
		return orchestrate.Answer{}, ctx.Err()
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// start runs a hub with one account of the driver and a bot of a kind.
func start(t *testing.T, driver connector.Driver, o played.Options, kind string) *rig {
	t.Helper()
	ctx := context.Background()
	quiet := slog.New(slog.DiscardHandler)
	r := &rig{t: t, p: played.New(o), box: secret.NewBox(secret.NewMasterKey()), link: canon.NewID(), answers: make(chan string, 8)}
	api := httptest.NewServer(r.p)
	t.Cleanup(api.Close)
	var err error
	r.store, err = store.Open(ctx, store.Options{URL: "sqlite", DataDir: t.TempDir(), Log: quiet})
	must(t, err)
	tenant, err := r.store.EnsureDefaultTenant(ctx, r.box)
	must(t, err)
	r.tenant = tenant.ID
	var handler http.Handler = http.NotFoundHandler()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { handler.ServeHTTP(w, req) }))
	r.url = srv.URL
	config := connector.Values(r.p.Config())
	config["api_base"] = api.URL
	r.people(driver, config, kind)
	registry, err := connector.NewRegistry(driver)
	must(t, err)
	out, err := egress.New(egress.Options{Policy: egress.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}})
	must(t, err)
	storage, err := file.OpenDisk(t.TempDir())
	must(t, err)
	intake, err := file.NewIntake(storage, file.IntakeOptions{Dir: t.TempDir()})
	must(t, err)
	r.Hub = hub.New(hub.Options{
		Store: r.store, Box: r.box, Egress: out, Storage: storage, Intake: intake, Files: file.NewSigner(r.url, r.box.Signer("files")),
		Connectors: registry, Bots: []orchestrate.BotKind{rules.New(), gated{r.answers}}, PublicURL: r.url, Log: quiet,
		From: func(*http.Request) netip.Addr { return netip.MustParseAddr("127.0.0.1") },
	})
	must(t, r.Hub.Start(ctx))
	handler = r.Handler()
	r.p.SetHook(r.HookURL(r.link))
	t.Cleanup(func() {
		end, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		srv.Close()
		r.Stop(end)
		r.store.Close()
	})
	return r
}

// people makes link, account, bot and agent.
func (r *rig) people(driver connector.Driver, config connector.Values, kind string) {
	r.t.Helper()
	ctx := context.Background()
	values, bad := driver.Spec().Form.Complete(config)
	if len(bad) > 0 {
		r.t.Fatalf("the form refuses it: %v", bad)
	}
	key, err := r.store.For(r.tenant).DataKey(ctx)
	must(r.t, err)
	row := store.LinkRow{Link: core.Link{ID: r.link, Kind: driver.Spec().Kind, Name: "WeChat"}}
	row.Config, row.Sealed, err = store.SealValues(r.box, key, r.tenant, r.link, driver.Spec().Form, values)
	must(r.t, err)
	draft := json.RawMessage(`{}`)
	if kind == rules.Kind {
		draft = rules.New().Blank("zh")
	}
	must(r.t, r.store.For(r.tenant).Write(ctx, func(t *store.Tx) error {
		if err := t.SaveLink(row, true); err != nil {
			return err
		}
		bot, err := t.AddBot(core.Bot{Kind: kind, Name: "小茶", Draft: draft}, canon.ID{})
		if err != nil {
			return err
		}
		if _, err := t.PublishBot(ctx, bot.ID, bot.DraftRev, "", canon.ID{}); err != nil {
			return err
		}
		account := core.Account{ID: canon.NewID(), Link: r.link, Kind: driver.Spec().Kind, Name: "茶语", RemoteID: canon.RemoteID(config["account"]), Bot: bot.ID}
		if _, _, err := t.AddAccount(ctx, account, canon.ID{}); err != nil {
			return err
		}
		r.account = account.ID
		agent, err := t.AddAgent(ctx, core.Agent{ID: canon.NewID(), Email: "mei@example.com", Name: "Mei", Role: core.RoleAgent, Language: "zh", MaxLoad: 20}, "x", canon.ID{})
		if err != nil {
			return err
		}
		r.agent = agent.ID
		_, err = t.StoreState(ctx, agent.ID, core.AgentOnline, canon.ID{})
		return err
	}))
}

func (r *rig) eventually(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// sees is what a customer reads from the account, oldest first.
func (r *rig) sees(customer string) (out []string) {
	for _, b := range r.p.Screen(customer).Bubbles {
		if b.From != "me" {
			out = append(out, played.Words(b))
		}
	}
	return out
}

func (r *rig) waits(customer, text string) {
	r.t.Helper()
	r.eventually(customer+" reads "+text, func() bool {
		return slices.ContainsFunc(r.sees(customer), func(s string) bool { return strings.Contains(s, text) })
	})
}

// lines are the messages of the newest conversation, oldest first.
func (r *rig) lines() []core.Message {
	r.t.Helper()
	page, err := r.store.For(r.tenant).Conversations(context.Background(), store.ListQuery{Limit: 10})
	must(r.t, err)
	if len(page.Items) == 0 {
		return nil
	}
	all, err := r.store.For(r.tenant).Messages(context.Background(), page.Items[0].Thread, 0, 200)
	must(r.t, err)
	slices.Reverse(all)
	return slices.DeleteFunc(all, func(m core.Message) bool { return m.From == core.FromEvent })
}

// heard waits for something in the thread.
func (r *rig) heard(what string, is func(core.Message) bool) core.Message {
	r.t.Helper()
	var found core.Message
	r.eventually("the thread has "+what, func() bool {
		for _, m := range r.lines() {
			if is(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// conversation waits until the agent has the newest conversation.
func (r *rig) conversation() (c core.Conversation) {
	r.t.Helper()
	r.eventually("the agent has the conversation", func() bool {
		page, err := r.store.For(r.tenant).Conversations(context.Background(), store.ListQuery{Limit: 1, Statuses: []core.Status{core.StatusAgent}})
		must(r.t, err)
		if len(page.Items) == 1 {
			c = page.Items[0]
		}
		return len(page.Items) == 1
	})
	return c
}

// says has the agent say something and waits until the platform took it.
func (r *rig) says(c core.Conversation, parts ...canon.Part) {
	r.t.Helper()
	m, err := r.Desk.Post(context.Background(), r.tenant, c.ID, orchestrate.Post{Agent: r.agent, Content: canon.Message{Parts: parts}})
	must(r.t, err)
	r.eventually("the platform takes "+m.Content.Fallback(), func() bool {
		got, err := r.store.For(r.tenant).Message(context.Background(), m.ID)
		must(r.t, err)
		if got.State == canon.Failed || got.State == canon.Unconfirmed {
			tries, _ := r.store.For(r.tenant).Attempts(context.Background(), m.ID)
			r.t.Fatalf("%q is %s: %+v", m.Content.Fallback(), got.State, tries)
		}
		return got.State == canon.Sent
	})
}

func (r *rig) file(name, mime string, body []byte) canon.ID {
	r.t.Helper()
	f, err := r.Upload(context.Background(), r.tenant, file.Claim{Name: name, MIME: mime, Size: int64(len(body)), Keep: true}, r.agent, canon.ID{}, bytes.NewReader(body))
	must(r.t, err)
	return f.ID
}

// sent tells a line of ours that the platform took.
func sent(text string) func(core.Message) bool {
	return func(m core.Message) bool { return m.Content.Fallback() == text && m.State == canon.Sent }
}
