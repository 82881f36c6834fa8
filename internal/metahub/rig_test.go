package metahub

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/bots/rules"
	"parley/connectors/emulate"
	emu "parley/connectors/emulate/meta"
	"parley/connectors/meta"
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

// channel is one of the three with whom it is tried.
type channel struct {
	driver   connector.Driver
	product  emu.Product
	account  canon.RemoteID
	second   canon.RemoteID // another account on the same link
	customer string
}

func channels() map[string]channel {
	return map[string]channel{
		"whatsapp":  {meta.WhatsApp(), emu.WhatsApp, emu.Number, emu.OtherNumber, "16505551234"},
		"messenger": {meta.Messenger(), emu.Messenger, emu.Page, emu.OtherPage, "7061293847561023"},
		"instagram": {meta.Instagram(), emu.Instagram, emu.Account, "", "1254477777772919"},
	}
}

// rig is a hub with one link, the rule bot and one agent.
type rig struct {
	t        *testing.T
	c        channel
	p        *emu.Platform
	phone    emulate.Phone
	hub      *hub.Hub
	store    *store.Store
	tenant   canon.ID
	agent    canon.ID
	link     canon.ID
	accounts map[canon.RemoteID]canon.ID
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func begin(t *testing.T, c channel) *rig {
	t.Helper()
	ctx := context.Background()
	quiet := slog.New(slog.DiscardHandler)
	r := &rig{t: t, c: c, link: canon.NewID(), accounts: map[canon.RemoteID]canon.ID{}}
	r.p = emu.New(emu.Options{Delivery: emulate.Delivery{Schedule: slices.Repeat([]time.Duration{10 * time.Millisecond}, 200)}})
	r.phone = r.p.Phone(c.product)
	platform := httptest.NewServer(r.p)
	r.p.Serving(platform.Listener.Addr().String())

	var err error
	r.store, err = store.Open(ctx, store.Options{URL: "sqlite", DataDir: t.TempDir(), Log: quiet})
	must(t, err)
	box := secret.NewBox(secret.NewMasterKey())
	tenant, err := r.store.EnsureDefaultTenant(ctx, box)
	must(t, err)
	r.tenant = tenant.ID
	form := c.driver.Spec().Form
	values := connector.Values{"account": string(c.account), "access_token": emu.Token, "app_secret": emu.AppSecret, "verify_token": "a-word-both-know", "api_base": platform.URL}
	if c.product == emu.WhatsApp {
		values["waba_id"] = emu.WABA
	} else {
		values["app_id"] = emu.AppID
	}
	values, bad := form.Complete(values)
	if len(bad) > 0 {
		t.Fatalf("the form refuses it: %v", bad)
	}
	key, err := r.store.For(r.tenant).DataKey(ctx)
	must(t, err)
	row := store.LinkRow{Link: core.Link{ID: r.link, Kind: c.driver.Spec().Kind, Name: "Link"}}
	row.Config, row.Sealed, err = store.SealValues(box, key, r.tenant, r.link, form, values)
	must(t, err)
	must(t, r.store.For(r.tenant).Write(ctx, func(tx *store.Tx) error {
		if err := tx.SaveLink(row, true); err != nil {
			return err
		}
		bot, err := tx.AddBot(core.Bot{Kind: rules.Kind, Name: "Bot", Draft: rules.New().Blank("en")}, canon.ID{})
		if err != nil {
			return err
		}
		if _, err := tx.PublishBot(ctx, bot.ID, bot.DraftRev, "", canon.ID{}); err != nil {
			return err
		}
		for _, remote := range []canon.RemoteID{c.account, c.second} {
			if remote == "" {
				continue
			}
			r.accounts[remote] = canon.NewID()
			account := core.Account{ID: r.accounts[remote], Link: r.link, Kind: row.Kind, Name: string(remote), RemoteID: remote, Bot: bot.ID}
			if _, _, err := tx.AddAccount(ctx, account, canon.ID{}); err != nil {
				return err
			}
		}
		agent, err := tx.AddAgent(ctx, core.Agent{ID: canon.NewID(), Email: "mei@example.com", Name: "Mei", Role: core.RoleAgent, Language: "en", MaxLoad: 20}, "x", canon.ID{})
		if err != nil {
			return err
		}
		r.agent = agent.ID
		_, err = tx.StoreState(ctx, agent.ID, core.AgentOnline, canon.ID{})
		return err
	}))

	var handler http.Handler = http.NotFoundHandler()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { handler.ServeHTTP(w, q) }))
	registry, err := connector.NewRegistry(c.driver)
	must(t, err)
	out, err := egress.New(egress.Options{Policy: egress.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}})
	must(t, err)
	storage, err := file.OpenDisk(t.TempDir())
	must(t, err)
	intake, err := file.NewIntake(storage, file.IntakeOptions{Dir: t.TempDir()})
	must(t, err)
	r.hub = hub.New(hub.Options{
		Store: r.store, Box: box, Egress: out, Storage: storage, Intake: intake, Files: file.NewSigner(srv.URL, box.Signer("files")),
		Connectors: registry, Bots: []orchestrate.BotKind{rules.New()}, PublicURL: srv.URL, Log: quiet,
		From: func(*http.Request) netip.Addr { return netip.MustParseAddr("127.0.0.1") },
	})
	handler = r.hub.Handler()
	must(t, r.hub.Start(ctx))
	t.Cleanup(func() {
		end, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		r.hub.Stop(end)
		srv.Close()
		platform.Close()
		r.store.Close()
	})
	return r
}

func (r *rig) conn() connector.Conn {
	r.t.Helper()
	conn, ok := r.hub.Conn(r.tenant, r.link)
	if !ok {
		r.t.Fatal("the link does not open")
	}
	return conn
}

// install has the hub set its callback at the platform, which asks it back.
func (r *rig) install() {
	r.t.Helper()
	must(r.t, r.conn().(connector.Installer).Install(context.Background()))
}

func (r *rig) eventually(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("not within 20 s: %s; the customer saw %q; the platform was told %v", what, r.p.Shown(string(r.c.account), r.c.customer), r.last(4))
		}
	}
}

func (r *rig) last(n int) []string {
	var out []string
	all := r.p.All()
	for _, c := range all[max(0, len(all)-n):] {
		out = append(out, c.Wire)
	}
	return out
}

func (r *rig) does(a emulate.Act) {
	r.t.Helper()
	must(r.t, r.phone.Do(context.Background(), r.c.customer, a))
}

func (r *rig) says(text string) { r.t.Helper(); r.does(emulate.Act{Kind: emulate.ActText, Text: text}) }

// sees waits until the customer has read something that holds a text, and
// returns the bubble.
func (r *rig) sees(text string) (found emulate.Bubble) {
	r.t.Helper()
	r.eventually("the customer sees "+text, func() bool {
		for _, b := range r.phone.Screen(r.c.customer).Bubbles {
			if b.From == "them" && strings.Contains(bubbleText(b), text) {
				found = b
				return true
			}
		}
		return false
	})
	return found
}

func bubbleText(b emulate.Bubble) string {
	said := []string{b.Text}
	for _, m := range b.Media {
		said = append(said, m.Kind+" "+m.MIME)
	}
	for _, c := range b.Cards {
		said = append(said, c.Title, c.Text, c.URL)
	}
	for _, row := range b.Buttons {
		for _, o := range row {
			said = append(said, o.Label)
		}
	}
	return strings.Join(said, " | ")
}

func (r *rig) conversation() core.Conversation {
	r.t.Helper()
	page, err := r.store.For(r.tenant).Conversations(context.Background(), store.ListQuery{Limit: 10})
	must(r.t, err)
	// One that changes its owner while the list is read may stand in it twice.
	all := slices.CompactFunc(slices.SortedFunc(slices.Values(page.Items), func(a, b core.Conversation) int {
		return cmp.Or(cmp.Compare(a.ID.String(), b.ID.String()), cmp.Compare(b.Lease, a.Lease))
	}), func(a, b core.Conversation) bool { return a.ID == b.ID })
	if len(all) != 1 {
		r.t.Fatalf("there are %d conversations", len(all))
	}
	return all[0]
}

// lines are the messages of the thread, oldest first, without the hub's notes.
func (r *rig) lines() []core.Message {
	r.t.Helper()
	all, err := r.store.For(r.tenant).Messages(context.Background(), r.conversation().Thread, 0, 200)
	must(r.t, err)
	slices.Reverse(all)
	return slices.DeleteFunc(all, func(m core.Message) bool { return m.From == core.FromEvent })
}

// hears waits until the agent sees a message of the customer that is as asked.
func (r *rig) hears(what string, ok func(core.Message) bool) (found core.Message) {
	r.t.Helper()
	r.eventually("the agent sees "+what, func() bool {
		for _, m := range r.lines() {
			if m.From == core.FromCustomer && ok(m) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

func (r *rig) post(m canon.Message, replyTo canon.ID) core.Message {
	r.t.Helper()
	sent, err := r.hub.Desk.Post(context.Background(), r.tenant, r.conversation().ID, orchestrate.Post{Agent: r.agent, As: core.FromAgent, Content: m, ReplyTo: replyTo})
	must(r.t, err)
	return sent
}

func (r *rig) state(id canon.ID, want canon.Delivery) {
	r.t.Helper()
	var got canon.Delivery
	r.eventually("a message is "+string(want), func() bool {
		m, err := r.store.For(r.tenant).Message(context.Background(), id)
		must(r.t, err)
		got = m.State
		return got == want
	})
}

func (r *rig) file(name, mime string, body []byte) canon.Media {
	r.t.Helper()
	f, err := r.hub.Upload(context.Background(), r.tenant, file.Claim{Name: name, MIME: mime, Size: int64(len(body)), Keep: true}, r.agent, canon.ID{}, bytes.NewReader(body))
	must(r.t, err)
	return canon.Media{File: f.ID, Name: f.Name, MIME: f.MIME, Size: f.Size}
}
