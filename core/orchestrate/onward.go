package orchestrate

import (
	"cmp"
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/outbox"
	"parley/core/store"
)

// Way is another account on which a customer can be written to, by an address
// that is known of them.
type Way struct {
	Account core.Account
	By      connector.AddressKind
	Address string
	// Known says how the address is known: as the contact's, by who they are on
	// an account ("identity"), or as one of their attributes.
	Known string // "contact", "identity" or "attribute"
	// Conversation is open there with that address, and may be gone on with;
	// zero: a new one is begun.
	Conversation canon.ID
}

// Onward is what an agent says to the customer of a conversation on another
// account.
type Onward struct {
	Post
	Account canon.ID
	Address string // one of those Ways names
	// Sees limits the conversations that may be gone on with; nil: any.
	Sees func(core.Conversation) bool
}

// Ways lists where the customer of a conversation can be written to besides.
func (o *Orchestrator) Ways(ctx context.Context, tenant canon.ID, r store.Round, agent canon.ID, sees func(core.Conversation) bool) ([]Way, error) {
	scope := o.store.For(tenant)
	contact, err := scope.Contact(ctx, r.Contact)
	if err != nil {
		return nil, err
	}
	identities, err := scope.Identities(ctx, r.Contact)
	if err != nil {
		return nil, err
	}
	open, err := scope.OpenWith(ctx, r.Contact)
	if err != nil {
		return nil, err
	}
	book, err := o.books.Get(ctx, tenant)
	if err != nil {
		return nil, err
	}
	var out []Way
	for _, account := range sortedAccounts(book.Accounts) {
		line, starter, kind := o.starter(tenant, account.ID)
		if starter == nil || line.Paused || account.Paused || account.ID == r.Account {
			continue
		}
		for _, k := range o.addresses(tenant, kind, contact, identities) {
			w := Way{Account: account, By: kind, Address: k.address, Known: k.how}
			for _, there := range open {
				if there.Conversation.Account == account.ID && sameAddress(starter.Address(there.Key.Peer), k.address) && mayGoOn(there.Conversation, agent, sees) {
					w.Conversation = there.Conversation.ID
					break
				}
			}
			out = append(out, w)
		}
	}
	return out, nil
}

// starter is the open conn of an account that can write first, and by what.
func (o *Orchestrator) starter(tenant, account canon.ID) (outbox.Line, connector.Starter, connector.AddressKind) {
	line, ok := o.lines.LineOf(tenant, account)
	if !ok {
		return line, nil, ""
	}
	caps := line.Conn.Capabilities(canon.ThreadKey{Account: line.Account.RemoteID})
	s, can := line.Conn.(connector.Starter)
	if !can || !caps.Can(connector.OpsStart) {
		return line, nil, ""
	}
	return line, s, caps.Starts
}

func sortedAccounts(all map[canon.ID]core.Account) []core.Account {
	out := make([]core.Account, 0, len(all))
	for _, a := range all {
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b core.Account) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	return out
}

type knownAddress struct{ address, how string }

// addresses are those of a kind that are known of a person, the surest first.
func (o *Orchestrator) addresses(tenant canon.ID, kind connector.AddressKind, c core.Contact, identities []core.Identity) []knownAddress {
	if kind != connector.AddressEmail {
		return nil
	}
	var out []knownAddress
	add := func(text, how string) {
		at, err := mail.ParseAddress(strings.TrimSpace(text))
		if err != nil || at.Name != "" || slices.ContainsFunc(out, func(k knownAddress) bool { return sameAddress(k.address, at.Address) }) {
			return
		}
		out = append(out, knownAddress{at.Address, how})
	}
	for _, i := range identities {
		if _, s, starts := o.starter(tenant, i.Account); s != nil && starts == kind {
			add(s.Address(i.RemoteID), "identity")
		}
	}
	add(c.Email, "contact")
	names := make([]string, 0, len(c.Attributes))
	for name := range c.Attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		add(c.Attributes[name], "attribute")
	}
	return out
}

func sameAddress(a, b string) bool { return a != "" && strings.EqualFold(a, b) }

// mayGoOn reports whether an agent may speak in an open conversation: it is
// theirs, or no other agent has it.
func mayGoOn(v core.Conversation, agent canon.ID, sees func(core.Conversation) bool) bool {
	if v.Owner.Kind == core.StatusAgent {
		return v.Owner.ID == agent
	}
	return sees == nil || sees(v)
}

// Onward says something to the customer of a conversation on another account: in
// the conversation open there, or in a new one that is the agent's. A line in
// both says who did it and why. The answer comes in there.
func (o *Orchestrator) Onward(ctx context.Context, tenant, conversation canon.ID, p Onward) (core.Conversation, core.Message, error) {
	var none core.Conversation
	if p.Content.Empty() {
		return none, core.Message{}, errEmpty
	}
	here, err := o.store.For(tenant).Round(ctx, conversation)
	if err != nil {
		return none, core.Message{}, err
	}
	ways, err := o.Ways(ctx, tenant, here, p.Agent, p.Sees)
	if err != nil {
		return none, core.Message{}, err
	}
	at := slices.IndexFunc(ways, func(w Way) bool { return w.Account.ID == p.Account && sameAddress(w.Address, p.Address) })
	if at < 0 {
		return none, core.Message{}, errNoWay
	}
	way := ways[at]
	line, starter, _ := o.starter(tenant, p.Account)
	if starter == nil {
		return none, core.Message{}, errNoWay
	}
	key, err := starter.Start(line.Account, way.Address, conversation.String()+cmp.Or(p.ClientID, canon.NewID().String()))
	if err != nil {
		return none, core.Message{}, refusal(err)
	}
	book, err := o.books.Get(ctx, tenant)
	if err != nil {
		return none, core.Message{}, err
	}
	var out core.Message
	var there canon.ID
	err = retryStale(func() error {
		return o.store.For(tenant).Write(ctx, func(t *store.Tx) error {
			l, err := t.LaneOfConversation(ctx, conversation)
			if err != nil {
				return err
			}
			from := o.scene(ctx, book, l, t.Now())
			if err := from.mayLeave(t, p.Agent); err != nil {
				return err
			}
			to, err := from.beside(t, way, key)
			if err != nil {
				return err
			}
			if p.ClientID != "" && !to.ch.Lane.Fresh {
				m, found, err := t.MessageByClient(ctx, to.ch.Lane.Thread.ID, p.ClientID)
				if err != nil {
					return err
				}
				if found {
					out, there = m, m.Conversation
					return nil
				}
			}
			if out, err = from.goesOn(t, to, way, p); err != nil {
				return err
			}
			there = to.round().ID
			return o.conclude(t, from, to)
		})
	})
	if err != nil {
		return none, out, err
	}
	o.poke(tenant)
	o.seen(tenant, conversation)
	v, err := o.view(ctx, tenant, there)
	return v, out, err
}

var errNoWay = core.Invalid("no_way", "address", connector.Text{EN: "This customer cannot be written to at that address from that account.", ZH: "无法通过该账号向此地址联系该客户。"},
	connector.Text{EN: "Choose one of the ways the conversation offers.", ZH: "请从会话提供的方式中选择。"})

// mayLeave refuses whoever may not speak in the conversation.
func (s *scene) mayLeave(t *store.Tx, agent canon.ID) error {
	r := s.round()
	switch {
	case r.Owner.Kind == core.StatusClosed:
		return errClosed
	case r.Owner.Kind == core.StatusAgent && r.Owner.ID == agent:
		return nil
	}
	colleague, err := t.IsColleague(s.ctx, r.ID, agent)
	if err == nil && (!colleague || r.Owner.Kind == core.StatusBot) {
		return errNotOwner
	}
	return err
}

// beside is the scene of the lane a way leads to: the one open there still, or a
// new one.
func (s *scene) beside(t *store.Tx, w Way, key canon.ThreadKey) (*scene, error) {
	var l *store.Lane
	var err error
	if !w.Conversation.IsZero() {
		if l, err = t.LaneOfConversation(s.ctx, w.Conversation); err != nil {
			return nil, err
		}
		if l.Round.Owner.Kind == core.StatusClosed {
			l = nil // it was closed meanwhile
		}
	}
	if l == nil {
		if l, err = t.LaneToBegin(s.ctx, store.LaneKey{Account: w.Account.ID, Key: key}, s.ch.Lane.Contact); err != nil {
			return nil, err
		}
	}
	to := s.o.scene(s.ctx, s.book, l, s.now)
	if !l.Fresh {
		to.after, err = s.o.newest(s.ctx, s.tenant, l.Thread.ID, "")
	}
	return to, err
}

// goesOn says it there, and why here.
func (s *scene) goesOn(t *store.Tx, to *scene, w Way, p Onward) (core.Message, error) {
	name, _, err := t.AgentName(s.ctx, p.Agent)
	if err != nil {
		return core.Message{}, err
	}
	reason, me := core.Reason{Code: "onward"}, core.Owner{Kind: core.StatusAgent, ID: p.Agent, Team: to.account.Team}
	switch r := to.round(); {
	case r == nil:
		if err := t.Take(p.Agent); err != nil {
			return core.Message{}, err
		}
		to.open(me, reason)
		to.round().Subject, to.round().Picked = p.Content.Subject, s.now
	case r.Owner.Kind != core.StatusAgent:
		if err := t.Take(p.Agent); err != nil {
			return core.Message{}, err
		}
		to.own(me, reason, p.Agent, core.FeedAssigned)
	case r.Owner.ID != p.Agent:
		return core.Message{}, errNotOwner // somebody took it meanwhile
	}
	here, there := s.round(), to.round()
	why := "chosen"
	caps, _, err := s.o.Reach(s.ctx, s.tenant, *here, s.ch.Lane.Thread.Key, true)
	if err != nil {
		return core.Message{}, err
	}
	if caps.Window.Shut(s.now) {
		why = "shut"
	}
	says := func(on *scene, kind string, other core.Elsewhere) {
		other.Why = why
		on.line(core.Message{From: core.FromEvent, Sender: p.Agent, Name: name, Event: &core.LineEvent{Kind: kind, Other: &other}})
	}
	says(s, "onward", core.Elsewhere{Conversation: there.ID, Account: w.Account.ID, Kind: w.Account.Kind, Name: w.Account.Name, Address: w.Address})
	says(to, "origin", core.Elsewhere{Conversation: here.ID, Account: s.account.ID, Kind: s.account.Kind, Name: s.account.Name})
	m := core.Message{ID: canon.NewID(), From: core.FromAgent, Sender: p.Agent, Name: name, Content: p.Content}
	m.Content.ClientID = p.ClientID
	line, _, err := to.say(m, 0, "")
	if err != nil {
		return core.Message{}, refusal(err)
	}
	for _, on := range []*scene{s, to} {
		r := on.round()
		if r.Replied.IsZero() {
			r.Replied = s.now
		}
		r.Answered, r.WaitingSince, r.Unread = s.now, time.Time{}, 0
		on.ch.Lane.ReadPos, on.ch.Read = on.ch.Lane.Thread.Pos, true
		on.number() // of the customer's message that counts as read now
	}
	out := *line
	out.State = canon.Queued
	return out, nil
}
