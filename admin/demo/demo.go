package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
	"parley/core/store"
)

// The kinds of channel the demo links; main's registry must have them.
const (
	kindWeb   = "web"
	kindEmail = "email"
	kindHTTP  = "http"
)

// The mailboxes of the demo's mail server.
const (
	ShopMail     = "help@moonhill.example"
	CustomerMail = "may@customer.example"
	mailPassword = "demo-mail-2026"
)

// Mailbox is one mailbox main's mail server must have.
type Mailbox struct{ Address, Password string }

// Mailboxes are those the demo writes and reads.
func Mailboxes() []Mailbox {
	return []Mailbox{{ShopMail, mailPassword}, {CustomerMail, mailPassword}}
}

// Config is what the demo is made of.
type Config struct {
	Store  *store.Store
	Box    *secret.Box
	Tenant core.Tenant
	// Hash makes the hash of a password; Auth.Hash is one.
	Hash func(ctx context.Context, password string) (string, error)
	// Form returns the form of a kind of channel.
	Form func(kind string) (connector.Form, bool)
	// Language of names and contents: "zh" or "en".
	Language string
	// PublicURL is the hub's address, without a slash at the end.
	PublicURL string
	// BotKind and BotContent are what the shop's bot is.
	BotKind    string
	BotContent json.RawMessage
	// IMAP and SMTP are host:port of a mail server without TLS that has the
	// Mailboxes.
	IMAP, SMTP string
	// PlatformBase and PlatformSecret are the api_base and signing secret of
	// the played platform.
	PlatformBase, PlatformSecret string
	// Dial opens connections to the mail server for the customer's mail page.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Channels are the accounts on played platforms, Phones their customers.
	Channels []Channel
	Phones   []Phone
	// Ends closes the live streams of the page of phones.
	Ends <-chan struct{}
	Log  *slog.Logger
}

// Channel is an account of a kind on a platform that is played.
type Channel struct {
	Kind   string
	Name   connector.Text
	Values connector.Values // the linking form
}

// Person is somebody who can sign in.
type Person struct {
	Name, Email, Password string
	Role                  core.Role
}

// Demo is a filled hub. Safe for concurrent use.
type Demo struct {
	c     Config
	words words
	// Fresh says that this start filled an empty hub.
	Fresh  bool
	People []Person
	// Web, Mail and Platform are the accounts customers come by.
	Web, Mail, Platform core.Account
	channels            map[string]core.Account // by kind
}

// Setup fills the tenant. Call it before the hub opens its links.
func Setup(ctx context.Context, c Config) (*Demo, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	d := &Demo{c: c, words: wordsIn(c.Language), channels: map[string]core.Account{}}
	d.People = d.words.people
	if err := d.fill(ctx); err != nil {
		return nil, fmt.Errorf("fill the demo: %w", err)
	}
	return d, nil
}

func (d *Demo) scope() store.Scope { return d.c.Store.For(d.c.Tenant.ID) }

func (d *Demo) fill(ctx context.Context) error {
	_, have, err := d.scope().AgentByEmail(ctx, d.People[0].Email)
	if err != nil {
		return err
	}
	d.Fresh = !have
	if d.Fresh {
		if err := d.furnish(ctx); err != nil {
			return err
		}
	}
	return d.link(ctx)
}

// furnish writes everything but the accounts, in one transaction.
func (d *Demo) furnish(ctx context.Context) error {
	hashes := make([]string, len(d.People))
	for i, p := range d.People {
		var err error
		if hashes[i], err = d.c.Hash(ctx, p.Password); err != nil {
			return err
		}
	}
	return d.scope().Write(ctx, func(t *store.Tx) error {
		var by canon.ID
		team := core.Team{Name: d.words.team}
		for i, p := range d.People {
			a := core.Agent{Email: p.Email, Name: p.Name, Role: p.Role, Language: d.words.language, MaxLoad: 10}
			var err error
			if i == 0 {
				a, err = t.SetUp(ctx, d.words.shop, d.words.language, a, hashes[i])
				by = a.ID
			} else {
				a, err = t.AddAgent(ctx, a, hashes[i], by)
			}
			if err != nil {
				return fmt.Errorf("add %s: %w", p.Email, err)
			}
			team.Members = append(team.Members, a.ID)
		}
		if _, err := t.SaveTeam(ctx, team, by); err != nil {
			return fmt.Errorf("add the team: %w", err)
		}
		if err := d.open(ctx, t, by); err != nil {
			return fmt.Errorf("set the hours: %w", err)
		}
		for _, v := range d.words.tags {
			if _, err := t.SaveTag(ctx, v, by); err != nil {
				return fmt.Errorf("add the tag %s: %w", v.Name, err)
			}
		}
		for _, v := range d.words.attributes {
			if _, err := t.SaveAttribute(ctx, v, by); err != nil {
				return fmt.Errorf("add the attribute %s: %w", v.Name, err)
			}
		}
		for _, v := range d.words.canned {
			if _, err := t.SaveCanned(v, by); err != nil {
				return fmt.Errorf("add the phrase %s: %w", v.Title, err)
			}
		}
		bot, err := t.AddBot(core.Bot{Kind: d.c.BotKind, Name: d.words.bot, Draft: d.c.BotContent}, by)
		if err == nil {
			_, err = t.PublishBot(ctx, bot.ID, bot.DraftRev, "", by)
		}
		if err != nil {
			return fmt.Errorf("add the bot: %w", err)
		}
		return nil
	})
}

// open makes the shop open at all hours: a demo is looked at in the evening too.
func (d *Demo) open(ctx context.Context, t *store.Tx, by canon.ID) error {
	k := core.Calendar{Name: d.words.hours, TimeZone: "Asia/Shanghai"}
	for day := range k.Week {
		k.Week[day] = []core.Period{{From: 0, To: 1440}}
	}
	k, err := t.SaveCalendar(k, by)
	if err != nil {
		return err
	}
	tenant, err := t.ReadTenant(ctx)
	if err != nil {
		return err
	}
	tenant.Hours = k.ID
	return t.ChangeTenant(ctx, tenant, by)
}

// link links the accounts, or brings their addresses up to date.
func (d *Demo) link(ctx context.Context) error {
	imapHost, imapPort, err := net.SplitHostPort(d.c.IMAP)
	if err != nil {
		return fmt.Errorf("address of the mail server: %w", err)
	}
	smtpHost, smtpPort, err := net.SplitHostPort(d.c.SMTP)
	if err != nil {
		return fmt.Errorf("address of the mail server: %w", err)
	}
	w := d.words
	if d.Web, err = d.account(ctx, kindWeb, w.webName, "", connector.Values{
		"name": w.shop, "color": "#2f6b4f", "title_zh": "您好 👋", "subtitle_zh": "关于茶、配送和订单，都可以问我们。",
		"title_en": "Hello 👋", "subtitle_en": "Ask us about teas, delivery or your order.",
	}); err != nil {
		return err
	}
	if d.Mail, err = d.account(ctx, kindEmail, ShopMail, ShopMail, connector.Values{
		"address": ShopMail, "display_name": w.shop, "imap_password": mailPassword, "sent_copy": "provider",
		"imap_host": imapHost, "imap_port": imapPort, "imap_security": "none",
		"smtp_host": smtpHost, "smtp_port": smtpPort, "smtp_security": "none", "poll_seconds": "10", "signature": w.signature,
	}); err != nil {
		return err
	}
	d.Platform, err = d.account(ctx, kindHTTP, w.platformName, "main", connector.Values{
		"api_base": d.c.PlatformBase, "secret": d.c.PlatformSecret,
	})
	for _, c := range d.c.Channels {
		if err != nil {
			return err
		}
		d.channels[c.Kind], err = d.account(ctx, c.Kind, c.Name.In(w.language), canon.RemoteID(c.Values["account"]), c.Values)
	}
	return err
}

// account finds the demo's account of a kind or links one. Its form is written
// each time, because the played servers move with every start.
func (d *Demo) account(ctx context.Context, kind, name string, remote canon.RemoteID, values connector.Values) (core.Account, error) {
	fail := func(err error) (core.Account, error) { return core.Account{}, fmt.Errorf("link %s: %w", name, err) }
	form, ok := d.c.Form(kind)
	if !ok {
		return fail(fmt.Errorf("this build has no channel %q", kind))
	}
	full, bad := form.Complete(values)
	if len(bad) > 0 {
		return fail(bad[0])
	}
	account, found, err := d.linked(ctx, kind)
	if err != nil {
		return fail(err)
	}
	link := store.LinkRow{Link: core.Link{ID: canon.NewID(), Kind: kind, Name: name}}
	if found {
		if link, err = d.scope().Link(ctx, account.Link); err != nil {
			return fail(err)
		}
	}
	key, err := d.scope().DataKey(ctx)
	if err != nil {
		return fail(err)
	}
	if link.Config, link.Sealed, err = store.SealValues(d.c.Box, key, d.c.Tenant.ID, link.ID, form, full); err != nil {
		return fail(err)
	}
	if found {
		return account, d.moved(ctx, link)
	}
	bot, team, err := d.answerers(ctx)
	if err != nil {
		return fail(err)
	}
	account = core.Account{ID: canon.NewID(), Link: link.ID, Kind: kind, Name: name, RemoteID: remote, Bot: bot, Team: team}
	if remote == "" {
		account.RemoteID = canon.RemoteID(account.ID.String()) // on a channel of our own our id is the platform's
	}
	err = d.scope().Write(ctx, func(t *store.Tx) error {
		if err := t.SaveLink(link, true); err != nil {
			return err
		}
		_, _, err := t.AddAccount(ctx, account, canon.ID{})
		return err
	})
	if err != nil {
		return fail(err)
	}
	return account, nil
}

// moved stores a link whose server is a new one, and forgets how far the old
// one was read and what it gave.
func (d *Demo) moved(ctx context.Context, link store.LinkRow) error {
	if err := d.scope().Write(ctx, func(t *store.Tx) error { return errors.Join(t.SaveLink(link, false), t.ForgetCached(link.ID)) }); err != nil {
		return err
	}
	cursors, err := d.scope().Cursors(ctx, link.ID)
	if err != nil || len(cursors) == 0 {
		return err
	}
	for name := range cursors {
		cursors[name] = ""
	}
	return d.scope().Accept(ctx, link.ID, nil, cursors)
}

func (d *Demo) linked(ctx context.Context, kind string) (core.Account, bool, error) {
	all, err := d.scope().Accounts(ctx, canon.ID{}, 200)
	for _, a := range all {
		if a.Kind == kind {
			return a, true, err
		}
	}
	return core.Account{}, false, err
}

// answerers are the bot and team that accounts lead to.
func (d *Demo) answerers(ctx context.Context) (bot, team canon.ID, err error) {
	bots, err := d.scope().Bots(ctx, canon.ID{}, 1)
	if err != nil {
		return bot, team, err
	}
	teams, err := d.scope().Teams(ctx, canon.ID{}, 1)
	if len(bots) > 0 {
		bot = bots[0].ID
	}
	if len(teams) > 0 {
		team = teams[0].ID
	}
	return bot, team, err
}

// HookURL is where the played platform posts its callbacks.
func (d *Demo) HookURL() string { return d.c.PublicURL + "/hooks/" + d.Platform.Link.String() }

// HookOf is the callback address of a played channel.
func (d *Demo) HookOf(kind string) string {
	return d.c.PublicURL + "/hooks/" + d.channels[kind].Link.String()
}

// Named are the accounts of a kind whose platform has told their ids: those
// somebody authorised there.
func (d *Demo) Named(ctx context.Context, kind string) []canon.RemoteID {
	all, err := d.scope().Accounts(ctx, canon.ID{}, 200)
	if err != nil {
		d.c.Log.Warn("the demo's accounts cannot be read", "err", err)
	}
	var out []canon.RemoteID
	for _, a := range all {
		if a.Kind == kind && a.RemoteID != canon.RemoteID(a.ID.String()) {
			out = append(out, a.RemoteID)
		}
	}
	return out
}

// Banner is what is printed once the hub serves: where to look and who signs in.
func (d *Demo) Banner() string {
	w := d.words
	var b strings.Builder
	line := func(label, text string) {
		fmt.Fprintf(&b, "  %s%s%s\n", label, strings.Repeat(" ", max(1, 24-width(label))), text)
	}
	fmt.Fprintf(&b, "\n  Parley · %s\n\n", w.shop)
	line(w.labelShop, d.c.PublicURL+"/demo/")
	line(w.labelMail, d.c.PublicURL+"/demo/mail")
	if len(d.c.Phones) > 0 {
		line(w.labelPhones, d.c.PublicURL+"/demo/phones")
	}
	line(w.labelInbox, d.c.PublicURL+"/")
	b.WriteString("\n")
	for _, p := range d.People {
		line("  "+p.Name, fmt.Sprintf("%-20s %s  (%s)", p.Email, p.Password, p.Role))
	}
	fmt.Fprintf(&b, "\n  %s\n", w.mailServer)
	line("  "+ShopMail, fmt.Sprintf("IMAP %s  SMTP %s  %s", d.c.IMAP, d.c.SMTP, mailPassword))
	line("  "+CustomerMail, "")
	b.WriteString("\n  " + w.stop + "\n\n")
	return b.String()
}

// width is how many columns a text takes on a terminal.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x2e80 {
			n++
		}
	}
	return n
}
