package hub

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/file"
	"parley/core/orchestrate"
	"parley/core/store"
)

// chat is what a channel of our own sees of its threads.
type chat struct {
	h *Hub
	l *openLink
}

func (c chat) scope() store.Scope { return c.h.o.Store.For(c.l.tenant) }

// thread finds a thread of the link by its key; ok is false while nobody wrote.
// read is how far people or bots have read it.
func (c chat) thread(ctx context.Context, key canon.ThreadKey) (th core.Thread, read int64, ok bool, err error) {
	account, linked := c.l.account(key.Account)
	if !linked {
		return th, 0, false, core.NotFound("account")
	}
	th, read, err = c.scope().ThreadByKey(ctx, account, key)
	if _, none := core.AsFault(err); none {
		return th, 0, false, nil
	}
	return th, read, err == nil, err
}

// maxLines bounds one answer.
const maxLines = 200

// Since returns what changed after a revision.
func (c chat) Since(ctx context.Context, key canon.ThreadKey, since int64, limit int) (connector.Lines, error) {
	th, read, ok, err := c.thread(ctx, key)
	if err != nil || !ok {
		return connector.Lines{Items: []connector.Line{}}, err
	}
	if since > th.Rev {
		return connector.Lines{Items: []connector.Line{}, Rev: th.Rev, Resync: true}, nil
	}
	limit = min(max(limit, 1), maxLines)
	all, err := c.scope().MessagesSince(ctx, th.ID, since, limit)
	if err != nil {
		return connector.Lines{}, err
	}
	out := connector.Lines{Items: c.lines(all, read), Rev: th.Rev, More: len(all) == limit}
	if out.More {
		out.Rev = all[len(all)-1].Rev
	}
	return out, nil
}

// Before returns what stands before a position, newest first.
func (c chat) Before(ctx context.Context, key canon.ThreadKey, before int64, limit int) (connector.Lines, error) {
	th, read, ok, err := c.thread(ctx, key)
	if err != nil || !ok {
		return connector.Lines{Items: []connector.Line{}}, err
	}
	limit = min(max(limit, 1), maxLines)
	all, err := c.scope().Messages(ctx, th.ID, before, limit)
	if err != nil {
		return connector.Lines{}, err
	}
	return connector.Lines{Items: c.lines(all, read), Rev: th.Rev, More: len(all) == limit}, nil
}

// lines shows messages as the customer sees them: notes and events are not
// theirs to see.
func (c chat) lines(all []core.Message, read int64) []connector.Line {
	out := make([]connector.Line, 0, len(all))
	for _, m := range all {
		switch m.From {
		case core.FromCustomer, core.FromBot, core.FromAgent, core.FromSystem:
		default:
			continue
		}
		line := connector.Line{
			Pos: m.Pos, Rev: m.Rev, ID: m.ID, From: string(m.From), At: m.At, Message: m.Content, State: m.State,
			Recalled: m.Recalled, Edited: m.Edited,
		}
		if m.From == core.FromCustomer {
			line.State = canon.Sent
			if m.Pos <= read {
				line.State = canon.Read
			}
		} else {
			line.Sender = connector.Sender{Kind: string(m.From), ID: m.Sender, Name: m.Name}
		}
		out = append(out, line)
	}
	return out
}

// Standing tells who serves a thread.
func (c chat) Standing(ctx context.Context, key canon.ThreadKey) (connector.Standing, error) {
	book, err := c.h.Books.Get(ctx, c.l.tenant)
	if err != nil {
		return connector.Standing{}, err
	}
	account, _ := c.l.account(key.Account)
	team := book.Accounts[account].Team
	set := book.Settings()
	out := connector.Standing{HumanAsk: orchestrate.HumanAsk, RecallWithin: time.Duration(set.RecallWithin) * time.Second, ShowTyping: set.LiveTyping}
	out.Open, out.Opens = book.Open(team, c.h.o.Store.Now())
	th, _, ok, err := c.thread(ctx, key)
	if err != nil || !ok {
		return out, err
	}
	out.Rev = th.Rev
	if th.Conversation.IsZero() {
		return out, nil
	}
	r, err := c.scope().Placed(ctx, th.Conversation)
	if err != nil {
		return out, err
	}
	out.Conversation, out.Owner = r.ID, string(r.Owner.Kind)
	if r.Owner.Kind == core.StatusQueue {
		out.Open, out.Opens = book.Open(r.Owner.Team, c.h.o.Store.Now())
		out.Place = r.Place
		out.Wait = time.Duration(r.Place) * c.h.Desk.Pace(c.l.tenant, r.Owner.Team)
	}
	switch r.Owner.Kind {
	case core.StatusBot:
		out.Sender = connector.Sender{Kind: "bot", ID: r.Owner.ID, Name: book.Bots[r.Owner.ID].Name}
	case core.StatusAgent:
		a, err := c.scope().Agent(ctx, r.Owner.ID)
		if err == nil {
			out.Sender = connector.Sender{Kind: "agent", ID: a.ID, Name: a.Name}
		}
	}
	return out, nil
}

// Watch calls wake when a thread changes.
func (c chat) Watch(key canon.ThreadKey, wake func(connector.Notice)) (stop func()) {
	account, ok := c.l.account(key.Account)
	if !ok {
		return func() {}
	}
	return c.h.Feed.Watch(c.l.tenant, account, key, wake)
}

// Store takes a customer's file in.
func (c chat) Store(ctx context.Context, key canon.ThreadKey, name, mime string, body io.Reader) (canon.Media, error) {
	th, _, _, err := c.thread(ctx, key)
	if err != nil {
		return canon.Media{}, err
	}
	f, err := c.h.Upload(ctx, c.l.tenant, file.Claim{Name: name, MIME: mime}, canon.ID{}, th.ID, body)
	var refused *file.Refusal
	if errors.As(err, &refused) {
		return canon.Media{}, &connector.Error{Class: connector.Invalid, Code: refused.Code, Err: refused, Shown: refusalText(refused)}
	}
	if err != nil {
		return canon.Media{}, err
	}
	return canon.Media{Kind: MediaKind(f.MIME), File: f.ID, Name: f.Name, MIME: f.MIME, Size: f.Size, Width: f.Width, Height: f.Height}, nil
}

func refusalText(r *file.Refusal) connector.Text {
	switch r.Code {
	case file.TooLarge:
		return connector.Text{EN: "This file is too large.", ZH: "文件过大。"}
	case file.ImageTooBig:
		return connector.Text{EN: "This picture has too many pixels.", ZH: "图片尺寸过大。"}
	case file.ImageDamaged:
		return connector.Text{EN: "This picture is damaged.", ZH: "图片已损坏。"}
	}
	return connector.Text{EN: "This kind of picture is not accepted. Send it as JPEG or PNG.", ZH: "暂不支持此图片格式，请转换为 JPEG 或 PNG 后发送。"}
}

// FileURL is an address the customer's browser can show a file at.
func (c chat) FileURL(id canon.ID) string {
	row, err := c.scope().ReadFile(c.h.ctx, id)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(c.h.FileURL(c.l.tenant, id, row.Revision), c.h.o.PublicURL)
}

// Refused reports whether an address or a known peer is blocked, and counts
// it.
func (c chat) Refused(ctx context.Context, account canon.ID, from netip.Addr, peer canon.RemoteID) bool {
	book, err := c.h.Books.Get(ctx, c.l.tenant)
	if err != nil {
		return false
	}
	now := c.h.o.Store.Now()
	for _, b := range book.Addresses {
		p, err := netip.ParsePrefix(b.Prefix)
		if err != nil || !p.Contains(from.Unmap()) || !b.Expires.IsZero() && !b.Expires.After(now) {
			continue
		}
		c.count(ctx, func(t *store.Tx) error { return t.CountRefused(b.ID, 1) })
		return true
	}
	if peer == "" || len(book.Blocked) == 0 {
		return false
	}
	contact, ok, err := c.scope().ContactOfPeer(ctx, account, peer)
	if err != nil || !ok || !book.IsBlocked(contact, now) {
		return false
	}
	c.count(ctx, func(t *store.Tx) error { return t.CountBlocked(contact, 1) })
	return true
}

// Sighted keeps where a chat was seen; that it fails keeps nobody from chatting.
func (c chat) Sighted(ctx context.Context, account canon.ID, s connector.Sighting) {
	err := c.scope().Write(ctx, func(t *store.Tx) error {
		return t.Saw(account, core.Sighting{Site: s.Site, Page: s.Page, Allowed: s.Allowed})
	})
	if err != nil {
		c.h.o.Log.Warn("where a chat was seen was not kept", "account", account, "err", err)
	}
}

// count keeps the number of refusals; that it fails refuses nobody the less.
func (c chat) count(ctx context.Context, do func(*store.Tx) error) {
	if err := c.scope().Write(ctx, do); err != nil {
		c.h.o.Log.Warn("a refusal was not counted", "err", err)
	}
}
