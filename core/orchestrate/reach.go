package orchestrate

import (
	"context"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/outbox"
	"parley/core/store"
)

// Reach is what a conversation's thread can carry now. What its channel does not
// remember of the window, or another node knows better, the hub fills in from
// when the customer wrote last. person asks for a person, who may have longer to
// answer than a bot. ok is false when the account is not linked.
func (o *Orchestrator) Reach(ctx context.Context, tenant canon.ID, r store.Round, key canon.ThreadKey, person bool) (caps connector.Capabilities, ok bool, err error) {
	line, ok := o.lines.LineOf(tenant, r.Account)
	if !ok {
		return caps, false, nil
	}
	caps = line.Conn.Capabilities(key)
	w := &caps.Window
	if w.For > 0 && !r.Asked.IsZero() && (w.Closes.IsZero() || !w.Since.IsZero() && r.Asked.Sub(w.Since) > heardApart) {
		w.Closes = r.Asked.Add(w.For)
		if w.Messages > 0 {
			sent, err := o.store.For(tenant).SentSince(ctx, r.Thread, r.Asked)
			if err != nil {
				return caps, true, err
			}
			w.Left = max(0, w.Messages-sent)
		}
	}
	if person && w.Person > w.For && !w.Closes.IsZero() {
		w.Closes = w.Closes.Add(w.Person - w.For)
	}
	return caps, true, nil
}

// heardApart is how much later than its channel the hub may have noted a message
// that both know.
const heardApart = time.Minute

// Preview renders what would be sent in a conversation now, as an answer to
// replyTo, which has to be one that is seen, where that is not zero, and sends
// nothing.
func (o *Orchestrator) Preview(ctx context.Context, tenant canon.ID, r store.Round, key canon.ThreadKey, m canon.Message, replyTo canon.ID, sees func(core.Conversation) bool) (outbox.Rendered, error) {
	if m.Empty() {
		return outbox.Rendered{}, errEmpty
	}
	if !replyTo.IsZero() {
		var err error
		if _, m.Quote, _, err = o.anchors(ctx, tenant, r.ID, replyTo, sees); err != nil {
			return outbox.Rendered{}, err
		}
	}
	if m.Subject == "" {
		m.Subject = r.Subject
	}
	return o.outbox.Preview(ctx, tenant, r.Account, key, m)
}

// Rendered renders what would be said on an account, on whatever thread, and
// sends nothing.
func (o *Orchestrator) Rendered(ctx context.Context, tenant canon.ID, account core.Account, m canon.Message) (outbox.Rendered, error) {
	return o.outbox.Preview(ctx, tenant, account.ID, canon.ThreadKey{Account: account.RemoteID}, m)
}

// Hold says of a message that failed because the window was closed to send it
// when the customer writes again.
func (o *Orchestrator) Hold(ctx context.Context, tenant, message, by canon.ID) (core.Message, error) {
	return o.settle(ctx, tenant, message, by, []canon.Delivery{canon.Failed}, func(t *store.Tx, r store.OutboxRow) error {
		_, err := t.Hold(r.ID)
		return err
	})
}

// letGo lets what was held on the thread follow the customer's message, as far
// as the channel takes it.
func (s *scene) letGo() {
	caps := s.o.capabilities(s.tenant, s.account.ID, s.ch.Lane.Thread.Key)
	switch w := caps.Window; {
	case w.For == 0:
	case w.Messages == 0:
		s.ch.Release = -1
	case w.Left > 0:
		s.ch.Release = w.Left
	default: // its channel was opened anew, or another node heard the customer
		s.ch.Release = w.Messages
	}
}
