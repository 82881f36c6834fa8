package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// canaries are secrets that no answer and no log may show.
var canaries = []string{"canary-stored-secret", "canary-linked-secret", "canary-probed-secret", "canary-changed-secret", "$argon2id$", "correct horse 8 battery", "another horse 9 battery"}

var fresh atomic.Int64

// word is a word used nowhere yet.
func word() string { return fmt.Sprintf("w%d", fresh.Add(1)) }

// world is one of everything in a tenant, by the names of testdata/authz.yaml.
// Its conversation belongs to owner.
func (r *rig) world(tenant, owner canon.ID) map[string]string {
	r.t.Helper()
	ctx := context.Background()
	scope := r.store.For(tenant)
	ids := map[string]string{"new": word(), "session": canon.NewID().String()}
	id := func(name string) canon.ID {
		v := canon.NewID()
		ids[name] = v.String()
		return v
	}
	agent, link, account, file := id("agent"), id("link"), id("account"), id("file")
	key, err := scope.DataKey(ctx)
	r.must(err)
	open, sealed, err := store.SealValues(r.box, key, tenant, link, playedDriver{}.Spec().Form, connector.Values{"api_base": "https://played.example", "secret": "canary-stored-secret"})
	r.must(err)
	var saved struct {
		team     core.Team
		calendar core.Calendar
		tag, ct  core.Tag
		block    core.Block
		canned   core.Canned
		view     core.View
		bulk     core.Bulk
		token    core.Token
		bot      core.Bot
		attr     core.Attribute
		note     core.ContactNote
		merge    core.Merge
	}
	lane, other, gone := r.lane(tenant, account, owner, file), r.lane(tenant, account, owner, file), r.lane(tenant, account, owner, file)
	name := word()
	r.must(scope.Write(ctx, func(t *store.Tx) error {
		var err error
		keep := func(e error) {
			if err == nil {
				err = e
			}
		}
		var e error
		saved.team, e = t.SaveTeam(ctx, core.Team{Name: "Team " + name, Members: []canon.ID{}}, canon.ID{})
		keep(e)
		_, e = t.AddAgent(ctx, core.Agent{ID: agent, Email: name + "@example.com", Name: "Agent " + name, Role: core.RoleAgent, Language: "en", MaxLoad: 10}, "", canon.ID{})
		keep(e)
		keep(t.PendFactor(agent, []byte("sealed"), r.store.Now().Add(time.Hour)))
		_, e = t.ConfirmFactor(agent, []byte("sealed"), 1)
		keep(e)
		keep(t.SaveLink(store.LinkRow{Link: core.Link{ID: link, Kind: "played", Name: "Link " + name, Config: open}, Sealed: sealed}, true))
		_, _, e = t.AddAccount(ctx, core.Account{ID: account, Link: link, Kind: "played", Name: "Account " + name, RemoteID: canon.RemoteID(account.String())}, canon.ID{})
		keep(e)
		saved.calendar, e = t.SaveCalendar(core.Calendar{Name: "Hours " + name, TimeZone: "UTC"}, canon.ID{})
		keep(e)
		saved.tag, e = t.SaveTag(ctx, core.Tag{Scope: core.TagConversation, Name: "Tag " + name}, canon.ID{})
		keep(e)
		saved.ct, e = t.SaveTag(ctx, core.Tag{Scope: core.TagContact, Name: "Tag " + name}, canon.ID{})
		keep(e)
		saved.bot, e = t.AddBot(core.Bot{Kind: "played", Name: "Bot " + name, Draft: json.RawMessage(`{"say":"hello"}`)}, canon.ID{})
		keep(e)
		if err != nil {
			return err
		}
		_, e = t.PublishBot(ctx, saved.bot.ID, 1, "", canon.ID{})
		keep(e)
		_, e = t.SaveDraft(ctx, saved.bot.ID, json.RawMessage(`{"say":"hello, changed"}`), 1, canon.ID{})
		keep(e)
		keep(t.Apply(lane))
		keep(t.Apply(other))
		keep(t.Apply(gone))
		saved.merge, e = t.MergeContacts(ctx, lane.Lane.Contact.ID, gone.Lane.Contact.ID, nil, owner)
		keep(e)
		saved.note, e = t.SaveContactNote(core.ContactNote{Contact: lane.Lane.Contact.ID, Body: "Likes tea"}, owner)
		keep(e)
		// There are many worlds in a tenant, and room for few attributes.
		before, e := t.Attributes(ctx)
		keep(e)
		for _, v := range before {
			keep(t.DeleteAttribute(v.ID, canon.ID{}))
		}
		saved.attr, e = t.SaveAttribute(ctx, core.Attribute{Key: name, Name: "Attribute " + name, Kind: core.AttributeText}, canon.ID{})
		keep(e)
		keep(t.Colleague(lane.Lane.Round.ID, agent, true))
		saved.block, e = t.SaveBlock(ctx, core.Block{Kind: core.BlockContact, Contact: lane.Lane.Contact.ID, Reason: "Spam"})
		keep(e)
		saved.canned, e = t.SaveCanned(core.Canned{Owner: owner, Shortcut: "hi", Title: "Hi", Body: "Hello"}, canon.ID{})
		keep(e)
		saved.bulk, e = t.AddBulk(ctx, core.Bulk{By: owner, Act: core.BulkAct{Kind: "wake"}}, nil)
		keep(e)
		saved.view, e = t.SaveView(ctx, core.View{Name: "View " + name, Icon: "list", Color: "grey"}, canon.ID{})
		keep(e)
		saved.token, e = t.AddToken(core.Token{Name: "Token " + name, Role: core.RoleAgent, Prefix: "plk_abcdef"}, []byte("hash "+name))
		keep(e)
		return err
	}))
	bot := saved.bot.ID
	ids["team"], ids["hours"], ids["tag"], ids["contact_tag"] = saved.team.ID.String(), saved.calendar.ID.String(), saved.tag.ID.String(), saved.ct.ID.String()
	ids["view"], ids["bulk"] = saved.view.ID.String(), saved.bulk.ID.String()
	ids["block"], ids["canned"], ids["token"], ids["bot"] = saved.block.ID.String(), saved.canned.ID.String(), saved.token.ID.String(), bot.String()
	ids["attribute"], ids["note"], ids["merge"], ids["contact_other"] = saved.attr.ID.String(), saved.note.ID.String(), saved.merge.ID.String(), other.Lane.Contact.ID.String()
	ids["contact"], ids["conversation"], ids["thread"] = lane.Lane.Contact.ID.String(), lane.Lane.Round.ID.String(), lane.Lane.Thread.ID.String()
	ids["message"] = lane.Messages[1].ID.String()
	r.must(scope.AddFile(ctx, store.File{ID: file, Key: file.String(), Name: "a.txt", MIME: "text/plain", Size: 1, SHA256: make([]byte, 32), Thread: lane.Lane.Thread.ID}))
	r.letters(scope, link, account, ids)
	return ids
}

// lane is a thread with a conversation of owner: a question, an answer that
// failed, a note.
func (r *rig) lane(tenant, account, owner, file canon.ID) *store.Change {
	now := r.store.Now()
	l := &store.Lane{Fresh: true, FreshContact: true, FreshIdentity: true,
		Contact:  core.Contact{ID: canon.NewID(), Name: "Mei", Email: "mei@example.com", Created: now, Updated: now},
		Identity: core.Identity{ID: canon.NewID(), Account: account, RemoteID: canon.RemoteID(word()), Created: now},
		Thread:   core.Thread{ID: canon.NewID(), Account: account, Pos: 3, Rev: 3},
	}
	l.Thread.Key = canon.ThreadKey{Account: canon.RemoteID(account.String()), Peer: l.Identity.RemoteID}
	l.Identity.Contact, l.Thread.Contact, l.Thread.Identity = l.Contact.ID, l.Contact.ID, l.Identity.ID
	l.Round = &store.Round{Conversation: core.Conversation{ID: canon.NewID(), Thread: l.Thread.ID, Account: account, Contact: l.Contact.ID,
		Owner: core.Owner{Kind: core.StatusAgent, ID: owner}, Lease: 1, LastAt: now, Created: now, Picked: now, Visit: &canon.Visit{Address: "203.0.113.77"}}}
	l.Thread.Conversation = l.Round.ID
	ch := &store.Change{Lane: l, Opened: true}
	line := func(pos int64, from core.From, sender canon.ID, m canon.Message) canon.ID {
		id := canon.NewID()
		m.ID = id
		ch.Messages = append(ch.Messages, core.Message{ID: id, Thread: l.Thread.ID, Conversation: l.Round.ID, Pos: pos, Rev: pos, From: from, Sender: sender, Name: "Someone", At: now, Content: m})
		return id
	}
	line(1, core.FromCustomer, l.Contact.ID, canon.Message{Parts: []canon.Part{canon.Text{Body: "Hello"}, canon.Media{Kind: canon.MediaFile, File: file, Name: "a.txt"}}})
	answer := line(2, core.FromAgent, owner, canon.TextMessage("How can I help?"))
	line(3, core.FromNote, owner, canon.TextMessage("Regular customer"))
	ch.Outbox = []store.OutboxRow{{ID: canon.NewID(), Message: answer, Thread: l.Thread.ID, Conversation: l.Round.ID, Account: account, Request: json.RawMessage(`{}`), State: canon.Failed, Tries: 1}}
	return ch
}

// letters adds an arrival nobody linked, a dead one, and a row that failed.
func (r *rig) letters(scope store.Scope, link, account canon.ID, ids map[string]string) {
	r.t.Helper()
	ctx := context.Background()
	envelope := func(account canon.RemoteID) canon.Envelope {
		return canon.Envelope{ID: canon.NewID(), Account: account, EventID: word(), Thread: canon.ThreadKey{Account: account, Peer: "p"}, From: canon.Peer{ID: "p", Name: "Peer"}, Time: r.store.Now(), Event: canon.Posted{Message: canon.TextMessage("lost")}}
	}
	r.must(scope.Accept(ctx, link, []store.Arrival{
		{Link: link, Envelope: envelope("unlinked"), Raw: []byte(`{"raw":1}`)},
		{Link: link, Account: account, Envelope: envelope(canon.RemoteID(account.String()))},
	}, nil))
	all, err := scope.Callbacks(ctx, link, 0, 10)
	r.must(err)
	for _, c := range all {
		if c.State == store.InboxUnrouted {
			ids["unrouted"] = fmt.Sprint(c.N)
			continue
		}
		ids["dead"] = fmt.Sprint(c.N)
		r.must(scope.Write(ctx, func(t *store.Tx) error { return t.Postpone(c.N, 0, true, "cannot be read") }))
	}
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// signedIn is a person with a session, without the cost of a password.
func (r *rig) signedIn(tenant canon.ID, role core.Role) *caller {
	r.t.Helper()
	ctx := context.Background()
	name := word()
	v := core.Agent{Email: name + "@example.com", Name: string(role) + " " + name, Role: role, Language: "en", MaxLoad: 10}
	r.must(r.store.For(tenant).Write(ctx, func(t *store.Tx) error {
		var err error
		v, err = t.AddAgent(ctx, v, r.password(), canon.ID{})
		return err
	}))
	w := httptest.NewRecorder()
	_, err := r.auth.Begin(w, httptest.NewRequest("POST", "/", nil), tenant, v, "session.created")
	r.must(err)
	c := &caller{r: r, name: string(role), tenant: tenant, agent: v.ID, cookies: map[string]string{}}
	for _, k := range w.Result().Cookies() {
		c.cookies[k.Name] = k.Value
	}
	return c
}

// password is the hash of testPassword, computed once.
func (r *rig) password() string {
	if r.hashed == "" {
		var err error
		r.hashed, err = r.hash.Hash(context.Background(), testPassword)
		r.must(err)
	}
	return r.hashed
}

// second is another tenant.
func (r *rig) second() canon.ID {
	r.t.Helper()
	t, _, err := r.store.AddTenant(context.Background(), r.box, "other-"+word(), "Other", "en")
	r.must(err)
	return t.ID
}

// as is a caller of a role as the matrix names them.
func (r *rig) as(t testing.TB, tenant canon.ID, who string) *caller {
	switch who {
	case "bot":
		return r.program(tenant, core.RoleBot)
	case "anonymous":
		return r.nobody()
	case "visitor":
		return &caller{r: r, name: who, token: "eyJhbGciOiJIUzI1NiJ9.e30.visitor"}
	}
	return r.signedIn(tenant, core.Role(who))
}
