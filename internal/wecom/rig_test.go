package wecom

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"parley/bots/rules"
	played "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
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

// rig is a hub with a bot, an agent, and a link of one kind to the platform.
type rig struct {
	*played.Platform
	t       *testing.T
	kind    string
	store   *store.Store
	hub     *hub.Hub
	tenant  canon.ID
	account canon.ID
	link    canon.ID
	agent   canon.ID
}

func start(t *testing.T, kind string, o played.Options) *rig {
	t.Helper()
	ctx := t.Context()
	r := &rig{Platform: played.New(o), t: t, kind: kind}
	platform := httptest.NewServer(r.Platform)
	box := secret.NewBox(secret.NewMasterKey())
	var err error
	if r.store, err = store.Open(ctx, store.Options{URL: "sqlite", DataDir: t.TempDir(), Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	tenant, err := r.store.EnsureDefaultTenant(ctx, box)
	if err != nil {
		t.Fatal(err)
	}
	r.tenant = tenant.ID
	registry, err := connector.NewRegistry(wecom.NewKF(), wecom.New())
	if err != nil {
		t.Fatal(err)
	}
	r.save(registry, box, platform.URL)
	storage, err := file.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	intake, err := file.NewIntake(storage, file.IntakeOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	out, err := egress.New(egress.Options{Policy: egress.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}})
	if err != nil {
		t.Fatal(err)
	}
	r.hub = hub.New(hub.Options{Store: r.store, Box: box, Egress: out, Storage: storage, Intake: intake, Files: file.NewSigner("", box.Signer("files")),
		Connectors: registry, Bots: []orchestrate.BotKind{rules.New()}, PublicURL: "http://hub.example.com",
		From: func(*http.Request) netip.Addr { return netip.Addr{} }, Log: slog.New(slog.DiscardHandler)})
	if err := r.hub.Start(ctx); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(r.hub.Handler())
	t.Cleanup(func() {
		r.Close()
		srv.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		r.hub.Stop(ctx)
		r.store.Close()
		platform.Close()
	})
	// What an administrator does in WeCom's console: it verifies the address.
	if err := r.SetCallback(ctx, kind, srv.URL+"/hooks/"+r.link.String()); err != nil {
		t.Fatal(err)
	}
	return r
}

// save writes link, account, bot and agent.
func (r *rig) save(registry *connector.Registry, box *secret.Box, base string) {
	r.t.Helper()
	ctx := r.t.Context()
	driver, _ := registry.Driver(r.kind)
	c := r.KF()
	config, remote := connector.Values{"account": played.Account}, canon.RemoteID(played.Account)
	if r.kind == wecom.KindApp {
		c = r.App()
		config, remote = connector.Values{"agent_id": c.AgentID}, canon.RemoteID(c.AgentID)
	}
	config["corp_id"], config["secret"], config["callback_token"], config["encoding_aes_key"], config["api_base"] = c.CorpID, c.Secret, c.Token, c.AESKey, base
	values, bad := driver.Spec().Form.Complete(config)
	if len(bad) > 0 {
		r.t.Fatal(bad)
	}
	scope := r.store.For(r.tenant)
	key, err := scope.DataKey(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	link := store.LinkRow{Link: core.Link{ID: canon.NewID(), Kind: r.kind, Name: "小店"}}
	if link.Config, link.Sealed, err = store.SealValues(box, key, r.tenant, link.ID, driver.Spec().Form, values); err != nil {
		r.t.Fatal(err)
	}
	r.link = link.ID
	err = scope.Write(ctx, func(t *store.Tx) error {
		if err := t.SaveLink(link, true); err != nil {
			return err
		}
		bot, err := t.AddBot(core.Bot{Kind: rules.Kind, Name: "小助手", Draft: rules.New().Blank("zh")}, canon.ID{})
		if err != nil {
			return err
		}
		if _, err := t.PublishBot(ctx, bot.ID, bot.DraftRev, "", canon.ID{}); err != nil {
			return err
		}
		a, _, err := t.AddAccount(ctx, core.Account{Link: link.ID, Kind: r.kind, Name: "小店", RemoteID: remote, Bot: bot.ID}, canon.ID{})
		if err != nil {
			return err
		}
		r.account = a.ID
		agent, err := t.AddAgent(ctx, core.Agent{ID: canon.NewID(), Email: "mei@example.com", Name: "Mei", Role: core.RoleAgent, Language: "zh", MaxLoad: 9}, "x", canon.ID{})
		r.agent = agent.ID
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) eventually(what string, ok func() bool) {
	r.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			r.t.Fatalf("not within 20 s: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// talk is the newest conversation of a customer.
func (r *rig) talk(peer string) (core.Conversation, bool) {
	r.t.Helper()
	scope := r.store.For(r.tenant)
	contact, ok, err := scope.ContactOfPeer(r.t.Context(), r.account, canon.RemoteID(peer))
	if err != nil {
		r.t.Fatal(err)
	}
	if !ok {
		return core.Conversation{}, false
	}
	all, err := scope.ContactConversations(r.t.Context(), contact, canon.ID{}, 1)
	if err != nil {
		r.t.Fatal(err)
	}
	if len(all) == 0 {
		return core.Conversation{}, false
	}
	return all[0], true
}

// lines are what stands in a customer's thread, oldest first.
func (r *rig) lines(peer string) []core.Message {
	r.t.Helper()
	c, ok := r.talk(peer)
	if !ok {
		return nil
	}
	all, err := r.store.For(r.tenant).Messages(r.t.Context(), c.Thread, 0, 200)
	if err != nil {
		r.t.Fatal(err)
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}

// post is the agent writing; it returns when the platform took all of it.
func (r *rig) post(peer string, parts ...canon.Part) core.Message {
	r.t.Helper()
	c, _ := r.talk(peer)
	m, err := r.hub.Desk.Post(r.t.Context(), r.tenant, c.ID, orchestrate.Post{Agent: r.agent, Content: canon.Message{Parts: parts}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.eventually("the platform took the agent's message", func() bool { return r.state(m.ID) == canon.Sent })
	return m
}

func (r *rig) state(id canon.ID) canon.Delivery {
	r.t.Helper()
	m, err := r.store.For(r.tenant).Message(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	if m.State == canon.Failed {
		c, err := r.store.For(r.tenant).FailedRows(r.t.Context(), 0, 5)
		r.t.Logf("failed: %+v %v", c, err)
	}
	return m.State
}

// file stores a file as the agent's composer does.
func (r *rig) file(name, mime string, body []byte) canon.Media {
	r.t.Helper()
	f, err := r.hub.Upload(r.t.Context(), r.tenant, file.Claim{Name: name, MIME: mime, Size: int64(len(body))}, r.agent, canon.ID{}, bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	return canon.Media{Kind: hub.MediaKind(f.MIME), File: f.ID, Name: f.Name, MIME: f.MIME, Size: f.Size}
}

func picture() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 8))) // writing to memory never fails
	return b.Bytes()
}

var (
	voice = append([]byte("#!AMR\n"), bytes.Repeat([]byte{0x3c, 0x48, 0xf5, 0x1f}, 40)...)
	film  = append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), bytes.Repeat([]byte("mdat"), 40)...)
	paper = []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
)
