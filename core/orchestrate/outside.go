package orchestrate

import (
	"context"
	"fmt"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// Why a conversation in a queue is nobody's here.
const (
	reasonOutside = "outside"       // somebody wrote on the account outside the hub
	reasonDesk    = "platform_desk" // the platform's own desk has it until it gives it back
)

var errNoDesk = &core.Fault{Kind: core.FaultConflict, Code: "no_desk",
	Text:   connector.Text{EN: "This conversation cannot be given to a desk of the platform's own.", ZH: "该会话无法转交给平台客服。"},
	Remedy: connector.Text{EN: "Transfer it to a colleague or a team instead.", ZH: "请改为转接给同事或技能组。"}}

// atTheirDesk follows the platform's own desk. While its people have a chat the
// bot is silent and nobody here is waited for; what they had and gave back or
// ended is answered here again as at first, from what the customer says next.
// waits is true when somebody is to be found for it.
func (s *scene) atTheirDesk(kind canon.SessionKind) (waits bool) {
	r := s.round()
	switch {
	case r == nil:
	case kind == canon.SessionTaken && r.Owner.Kind == core.StatusBot:
		s.toTheirDesk("", canon.ID{})
	case kind != canon.SessionTaken && r.Owner.Kind == core.StatusQueue && isOutside(r.Reason):
		owner, reason := s.first()
		if owner.Kind != core.StatusBot && r.Reason.Code != reasonDesk {
			return false
		}
		s.own(owner, reason, canon.ID{}, core.FeedAssigned)
		if !r.Asked.After(r.Answered) {
			r.WaitingSince = time.Time{}
		}
		return owner.Kind == core.StatusQueue && !r.WaitingSince.IsZero()
	}
	return false
}

func isOutside(why core.Reason) bool { return why.Code == reasonOutside || why.Code == reasonDesk }

// toTheirDesk leaves a conversation to the platform's own desk.
func (s *scene) toTheirDesk(why string, by canon.ID) {
	r := s.round()
	s.own(core.Owner{Kind: core.StatusQueue, Team: s.account.Team}, core.Reason{Code: reasonDesk, Text: why}, by, core.FeedTransferred)
	r.WaitingSince = time.Time{}
}

// deskTime bounds asking a platform to move a chat.
const deskTime = 15 * time.Second

// theirDesk is the platform's own desk of a thread; nil where it has none.
func (o *Orchestrator) theirDesk(ctx context.Context, tenant canon.ID, r store.Round) (connector.Desk, canon.ThreadKey, error) {
	th, _, err := o.store.For(tenant).Thread(ctx, r.Thread)
	if err != nil {
		return nil, th.Key, err
	}
	line, ok := o.lines.LineOf(tenant, r.Account)
	if !ok {
		return nil, th.Key, nil
	}
	desk, can := line.Conn.(connector.Desk)
	if !can || !line.Conn.Capabilities(th.Key).Can(connector.OpsDesk) {
		return nil, th.Key, nil
	}
	return desk, th.Key, nil
}

// ToTheirDesk gives a conversation to the platform's own desk. Its people answer until
// they give it back, or somebody here takes it. why is for colleagues. What the
// platform refuses is a *connector.Error.
func (o *Orchestrator) ToTheirDesk(ctx context.Context, tenant, conversation, by canon.ID, why string) (core.Conversation, error) {
	r, err := o.store.For(tenant).Round(ctx, conversation)
	if err != nil {
		return core.Conversation{}, err
	}
	if r.Owner.Kind == core.StatusClosed {
		return core.Conversation{}, errClosed
	}
	desk, key, err := o.theirDesk(ctx, tenant, r)
	if err != nil {
		return core.Conversation{}, err
	}
	if desk == nil {
		return core.Conversation{}, errNoDesk
	}
	ask, cancel := context.WithTimeout(ctx, deskTime)
	defer cancel()
	if err := desk.Return(ask, key); err != nil {
		return core.Conversation{}, fmt.Errorf("give a chat to the platform's desk: %w", err)
	}
	err = o.atDesk(ctx, tenant, conversation, func(_ *store.Tx, s *scene) error {
		switch r := s.round(); {
		case r.Owner.Kind == core.StatusClosed:
			return errClosed
		case r.Owner.Kind != core.StatusQueue || r.Reason.Code != reasonDesk:
			s.toTheirDesk(why, by)
		}
		return nil
	})
	if err != nil {
		return core.Conversation{}, err
	}
	o.Drain(tenant)
	return o.view(ctx, tenant, conversation)
}

// bringBack has the platform's own desk let go of a chat that its people have, so
// that who takes it here can answer. Where it will not, they may read, and are
// told why when they write.
func (o *Orchestrator) bringBack(ctx context.Context, tenant, conversation canon.ID) error {
	r, err := o.store.For(tenant).Round(ctx, conversation)
	if err != nil || !isOutside(r.Reason) {
		return err
	}
	desk, key, err := o.theirDesk(ctx, tenant, r)
	if err != nil || desk == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, deskTime)
	defer cancel()
	if err := desk.Take(ctx, key); err != nil {
		o.log.Warn("the platform's own desk keeps a chat", "conversation", conversation, "err", err)
	}
	return nil
}
