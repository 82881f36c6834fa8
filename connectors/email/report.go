package email

import (
	"context"
	"strings"

	"parley/connectors/email/letter"
	"parley/core/canon"
)

// report makes a receipt of a mail that tells what became of one of ours. Only
// a Message-ID that we sealed counts, so nobody can mark a mail failed by
// writing that it has.
func (c *conn) report(l *letter.Letter, fingerprint string) (canon.Envelope, bool) {
	if l.Report == nil {
		return canon.Envelope{}, false
	}
	for _, id := range l.Report.IDs {
		thread, target, ok := c.ownThread(id)
		if !ok {
			continue
		}
		r := canon.Receipt{Target: target, Code: l.Report.Code, Reason: l.Report.Reason}
		switch l.Report.Outcome {
		case letter.OutcomeDelivered:
			r.State = canon.Delivered
		case letter.OutcomeRead:
			r.State = canon.Read
		case letter.OutcomeDelayed:
			r.State = canon.Sent // still on its way: the reason is told, nothing moves
		default:
			r.State = canon.Failed
		}
		return canon.Envelope{
			Thread: thread, From: canon.Peer{ID: thread.Peer}, EventID: fingerprint, Event: r,
		}, true
	}
	return canon.Envelope{}, false
}

// ownThread reads a Message-ID of ours: its thread, and the name the sent mail
// has in the hub.
func (c *conn) ownThread(id string) (key canon.ThreadKey, target canon.RemoteID, ok bool) {
	thread, peer, ok := c.threads.open(id)
	if !ok {
		return canon.ThreadKey{}, "", false
	}
	local, domain, _ := strings.Cut(id, "@")
	return canon.ThreadKey{Account: c.account, Peer: peer, Thread: thread},
		canon.RemoteID(strings.ToLower(local) + "@" + domain), true
}

// autoMark is the value of the "auto" header that keeps bots from answering: a
// machine wrote the mail, the business itself did, or this sender has had its
// share of automatic answers for the hour.
func (c *conn) autoMark(ctx context.Context, l *letter.Letter, thread canon.ThreadKey, ours bool) string {
	switch {
	case l.Auto != "":
		return string(l.Auto)
	case ours:
		return "own"
	case !c.mayAnswer(ctx, thread, l.MessageID):
		return "limit"
	}
	return ""
}
