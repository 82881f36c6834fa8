package orchestrate

import (
	"context"
	"strings"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// Try says something to the customer of a conversation in the hub's own name, to
// see whether it arrives. Who has the conversation, and whether it is closed,
// stays as it is.
func (o *Orchestrator) Try(ctx context.Context, tenant, conversation canon.ID, text string) (core.Message, error) {
	_, _, after, err := o.anchors(ctx, tenant, conversation, canon.ID{}, nil)
	if err != nil {
		return core.Message{}, err
	}
	var out core.Message
	err = o.atDesk(ctx, tenant, conversation, func(_ *store.Tx, s *scene) error {
		s.after = after
		line, _, err := s.say(core.Message{From: core.FromSystem, Content: canon.TextMessage(text)}, 0, "")
		if err != nil {
			return refusal(err)
		}
		out = *line
		return nil
	})
	return out, err
}

// TryTo is Try for somebody who may never have written: named by an address where
// the channel writes to one, else as the platform names its users. Where no
// conversation is open with them, one is begun and closed at once: nobody has it.
func (o *Orchestrator) TryTo(ctx context.Context, tenant, account canon.ID, to, text string, by canon.ID) (core.Message, error) {
	to = strings.TrimSpace(to)
	line, starter, kind := o.starter(tenant, account)
	if line.Conn == nil {
		return core.Message{}, refusal(&connector.Error{Class: connector.NeedsLogin, Code: "not_linked", Shown: connector.Text{EN: "The link of this account is not open.", ZH: "该账号的接入尚未打开。"}})
	}
	key := canon.ThreadKey{Account: line.Account.RemoteID, Peer: canon.RemoteID(to)}
	if starter != nil {
		var err error
		if key, err = starter.Start(line.Account, to, canon.NewID().String()); err != nil {
			return core.Message{}, refusal(err)
		}
	}
	var out core.Message
	find := func(t *store.Tx) (*store.Lane, error) {
		l, err := t.LaneToBegin(ctx, store.LaneKey{Account: account, Key: key}, core.Contact{})
		if err == nil && l.FreshContact {
			l.Contact.Name = to
			if kind == connector.AddressEmail {
				l.Contact.Email = to
			}
		}
		return l, err
	}
	err := retryStale(func() error {
		return o.within(ctx, tenant, find, func(_ *store.Tx, s *scene) error {
			if s.round() == nil {
				s.open(core.Owner{Kind: core.StatusQueue, Team: s.account.Team}, core.Reason{Code: "tried"})
				if err := s.end("tried", by); err != nil {
					return err
				}
			}
			said, _, err := s.say(core.Message{From: core.FromSystem, Content: canon.TextMessage(text)}, 0, "")
			if err != nil {
				return refusal(err)
			}
			out = *said
			return nil
		})
	})
	return out, err
}
