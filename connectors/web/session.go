package web

import (
	"slices"

	"parley/core/connector"
)

// firstLines is how many lines a session brings along.
const firstLines = 30

type sessionRequest struct {
	Token    string `json:"token"`    // of an earlier session, if kept
	Identity string `json:"identity"` // the host site's JWT, if someone is signed in there
	Lang     string `json:"lang"`     // BCP 47
	Again    bool   `json:"again"`    // the lines are known: only a new ticket is wanted
}

type sessionAnswer struct {
	Visitor  string       `json:"visitor"` // names whose chat it is, so that the browser never mixes two
	Token    string       `json:"token"`
	Keep     bool         `json:"keep"` // whether the browser may store the token
	Ticket   string       `json:"ticket"`
	Lines    linesWire    `json:"lines"`
	Standing standingWire `json:"standing"`
	Now      int64        `json:"now"`
	User     string       `json:"user,omitempty"` // the signed-in customer's name, to greet
	Ask      bool         `json:"ask,omitempty"`  // the questions of the page have to be answered first
}

// session begins or resumes a visit. Nothing is stored for it: the token itself
// says who the visitor is.
func (x *exchange) session() {
	var in sessionRequest
	if err := x.body(&in); err != nil {
		x.fail(err)
		return
	}
	v, err := x.who(in)
	if err != nil {
		x.fail(err)
		return
	}
	ctx := x.r.Context()
	if x.env.Chat.Refused(ctx, x.account.ID, x.addr, v.Peer) {
		x.fail(unavailable)
		return
	}
	out := sessionAnswer{Visitor: string(v.Peer), Keep: v.User == "", Now: x.now().UnixMilli(), User: v.Name}
	thread := x.lane(x.account, v)
	var lines connector.Lines
	if asks := x.site.asks(v); asks || !in.Again {
		if lines, err = x.env.Chat.Before(ctx, thread, 0, firstLines); err != nil {
			x.away("read the newest lines", err)
			return
		}
		// Nobody is asked in the middle of a chat.
		v.Asked = v.Asked || asks && slices.ContainsFunc(lines.Items, func(l connector.Line) bool { return l.From == "customer" })
		if in.Again {
			lines = connector.Lines{}
		}
	}
	out.Ask = x.site.asks(v)
	standing, err := x.env.Chat.Standing(ctx, thread)
	if err != nil {
		x.away("read the standing", err)
		return
	}
	out.Lines, out.Standing = x.wire(lines), standingOf(standing)
	if out.Token, err = x.sign(forVisitor, x.account.ID, v, v.life(), nil); err != nil {
		x.away("sign a visitor token", err)
		return
	}
	if out.Ticket, err = x.sign(forTicket, x.account.ID, v, x.options.Limits.TicketLife, nil); err != nil {
		x.away("sign a ticket", err)
		return
	}
	x.answer(out)
}

// who finds out who asks. The host site's signed word comes first and starts a
// customer of its own; without it, a kept token is resumed; a token that does
// not count any more makes a new visitor, never an error.
func (x *exchange) who(in sessionRequest) (visitor, error) {
	locale := locale(in.Lang, x.lang)
	kept, err := x.conn.open(forVisitor, x.account.ID, in.Token)
	if in.Identity == "" {
		if err != nil {
			return newVisitor(locale), nil
		}
		kept.Visitor.Locale = locale
		return kept.Visitor, nil
	}
	v, badID := identify(in.Identity, x.site.identity, x.account.ID, x.now())
	if badID != nil {
		return visitor{}, badIdentity
	}
	v.Locale = locale
	if err == nil && kept.Visitor.User == "" {
		v.Was = kept.Visitor.Peer
	}
	return v, nil
}

// admit spends a ticket. It is good once on all nodes together: whoever fills
// its place in the shared cache first has it.
func (x *exchange) admit(ticket string) (visitor, error) {
	t, err := x.conn.open(forTicket, x.account.ID, ticket)
	if err != nil {
		return visitor{}, signedOut
	}
	first, err := x.once(x.r.Context(), "ticket:"+t.Nonce, x.options.Limits.TicketLife)
	if err != nil {
		return visitor{}, err
	}
	if !first {
		return visitor{}, signedOut
	}
	return t.Visitor, nil
}

func (x *exchange) away(what string, err error) {
	x.env.Log.WarnContext(x.r.Context(), "web chat could not "+what, "account", x.account.ID, "error", err)
	x.fail(asTrouble(err))
}
