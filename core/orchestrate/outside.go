package orchestrate

import (
	"context"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// reasonOutside says that people at the platform's own desk answer.
const reasonOutside = "outside"

// atTheirDesk follows the platform's own desk. While its people have a chat the
// bot is silent; what they had and gave back or ended is the bot's again, where
// the account has one, from what the customer says next.
func (s *scene) atTheirDesk(kind canon.SessionKind) {
	r := s.round()
	switch {
	case r == nil:
	case kind == canon.SessionTaken && r.Owner.Kind == core.StatusBot:
		s.own(core.Owner{Kind: core.StatusQueue, Team: s.account.Team}, core.Reason{Code: reasonOutside}, canon.ID{}, core.FeedAssigned)
	case kind != canon.SessionTaken && r.Owner.Kind == core.StatusQueue && r.Reason.Code == reasonOutside:
		if owner, reason := s.first(); owner.Kind == core.StatusBot {
			s.own(owner, reason, canon.ID{}, core.FeedAssigned)
		}
	}
}

// deskTime bounds asking a platform to move a chat.
const deskTime = 15 * time.Second

// bringBack has the platform's own desk let go of a chat that its people have, so
// that who takes it here can answer. Where it will not, they may read, and are
// told why when they write.
func (o *Orchestrator) bringBack(ctx context.Context, tenant, conversation canon.ID) error {
	scope := o.store.For(tenant)
	r, err := scope.Round(ctx, conversation)
	if err != nil || r.Reason.Code != reasonOutside {
		return err
	}
	th, _, err := scope.Thread(ctx, r.Thread)
	if err != nil {
		return err
	}
	line, ok := o.lines.LineOf(tenant, r.Account)
	if !ok {
		return nil
	}
	desk, can := line.Conn.(connector.Desk)
	if !can || !line.Conn.Capabilities(th.Key).Can(connector.OpsDesk) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, deskTime)
	defer cancel()
	if err := desk.Take(ctx, th.Key); err != nil {
		o.log.Warn("the platform's own desk keeps a chat", "kind", line.Kind, "conversation", conversation, "err", err)
	}
	return nil
}
