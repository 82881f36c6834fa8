//go:build !nogpl

package whatsapp

import (
	"strings"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"parley/core/canon"
)

// decoder turns what whatsmeow tells into envelopes. It asks nobody but phone,
// which knows the phone number behind a hidden one, or nothing.
type decoder struct {
	account  canon.RemoteID
	own, lid types.JID
	phone    func(lid types.JID) types.JID
}

// known is an address by the phone number, where alt or phone tell it.
func (d decoder) known(jid, alt types.JID) types.JID {
	jid, alt = jid.ToNonAD(), alt.ToNonAD()
	if jid.Server != types.HiddenUserServer {
		return jid
	}
	if alt.Server == types.DefaultUserServer {
		return alt
	}
	if pn := d.phone(jid); pn.Server == types.DefaultUserServer {
		return pn.ToNonAD()
	}
	return jid
}

// thread is the lane of a source: the group, or the person on the other side.
func (d decoder) thread(src types.MessageSource) canon.ThreadKey {
	peer := src.Chat
	switch {
	case src.IsIncomingBroadcast():
		peer = d.known(src.Sender, src.SenderAlt)
	case src.IsGroup:
	case src.IsFromMe:
		peer = d.known(src.Chat, src.RecipientAlt)
	default:
		peer = d.known(src.Chat, src.SenderAlt)
	}
	return canon.ThreadKey{Account: d.account, Peer: peerID(peer)}
}

// from is who did it.
func (d decoder) from(src types.MessageSource, name string) canon.Peer {
	jid := d.known(src.Sender, src.SenderAlt)
	p := canon.Peer{ID: peerID(jid), Name: name, Ours: src.IsFromMe, Verified: true}
	if jid.Server == types.DefaultUserServer {
		p.Phone = "+" + jid.User
		p.Also = []canon.Alias{{Kind: "phone", ID: canon.RemoteID(p.Phone), Verified: true}}
	}
	for _, other := range []types.JID{src.Sender, src.SenderAlt} {
		if other.Server == types.HiddenUserServer && jid.Server != types.HiddenUserServer {
			p.Also = append(p.Also, canon.Alias{Kind: "user", ID: peerID(other), Verified: true})
		}
	}
	return p
}

// envelopes are the facts in an event; none for what is no fact of a customer.
func (d decoder) envelopes(evt any) []canon.Envelope {
	switch e := evt.(type) {
	case *events.Message:
		return d.message(e)
	case *events.UndecryptableMessage:
		return d.unopened(e)
	case *events.Receipt:
		return d.receipts(e)
	case *events.GroupInfo:
		return d.members(e)
	}
	return nil
}

// spoken tells chats that are conversations from channels and status updates.
func spoken(src types.MessageSource) bool {
	switch src.Chat.Server {
	case types.DefaultUserServer, types.HiddenUserServer, types.GroupServer:
		return true
	case types.BroadcastServer:
		return src.IsIncomingBroadcast()
	}
	return false
}

func (d decoder) envelope(src types.MessageSource, name, id string, at time.Time, event canon.Event) canon.Envelope {
	// The id counts within the chat and its sender alone.
	key := strings.Join([]string{src.Chat.ToNonAD().String(), src.Sender.ToNonAD().String(), id}, " ")
	return canon.Envelope{Account: d.account, Thread: d.thread(src), From: d.from(src, name), EventID: key, Time: at.UTC(), Event: event}
}

func (d decoder) message(e *events.Message) []canon.Envelope {
	if !spoken(e.Info.MessageSource) || e.Message == nil || e.Info.ID == "" {
		return nil
	}
	event := d.event(e)
	if event == nil {
		return nil
	}
	v := d.envelope(e.Info.MessageSource, e.Info.PushName, e.Info.ID, e.Info.Timestamp, event)
	v.Group = album(e)
	return []canon.Envelope{v}
}

// album names the album a picture belongs to.
func album(e *events.Message) string {
	a := e.Message.GetMessageContextInfo().GetMessageAssociation()
	if a.GetAssociationType() != waE2E.MessageAssociation_MEDIA_ALBUM {
		return ""
	}
	return a.GetParentMessageKey().GetID()
}

// unopened is a message that this device is not given on purpose, such as one
// that may be looked at once on the phone. What merely could not be decrypted is
// asked for again by the library and comes as a message.
func (d decoder) unopened(e *events.UndecryptableMessage) []canon.Envelope {
	if e.UnavailableType != events.UnavailableTypeViewOnce || !spoken(e.Info.MessageSource) {
		return nil
	}
	p := canon.Opaque{Name: "view_once", Text: "A message that can be seen once, on the phone only"}
	posted := canon.Posted{Message: canon.Message{RemoteID: d.named(e.Info), Parts: []canon.Part{p}}}
	return []canon.Envelope{d.envelope(e.Info.MessageSource, e.Info.PushName, e.Info.ID, e.Info.Timestamp, posted)}
}

func (d decoder) named(info types.MessageInfo) canon.RemoteID {
	if info.IsFromMe {
		return ourMessage(info.ID)
	}
	return theirMessage(info.ID, info.IsGroup, info.Sender)
}

// receipts are the ticks. In a group the first who has it counts.
func (d decoder) receipts(e *events.Receipt) (out []canon.Envelope) {
	var reached canon.Delivery
	switch e.Type {
	case types.ReceiptTypeDelivered:
		reached = canon.Delivered
	case types.ReceiptTypeRead, types.ReceiptTypePlayed:
		reached = canon.Read
	default:
		return nil // between the account's own devices
	}
	if e.IsFromMe || !spoken(e.MessageSource) {
		return nil
	}
	for _, id := range e.MessageIDs {
		out = append(out, d.envelope(e.MessageSource, "", id+" "+string(reached), e.Timestamp, canon.Receipt{Target: ourMessage(id), State: reached}))
	}
	return out
}

// members are people who joined or left a group.
func (d decoder) members(e *events.GroupInfo) (out []canon.Envelope) {
	src := types.MessageSource{Chat: e.JID, IsGroup: true, Sender: e.JID}
	if e.Sender != nil {
		src.Sender = *e.Sender
	}
	if e.SenderPN != nil {
		src.SenderAlt = *e.SenderPN
	}
	add := func(kind canon.MembershipKind, who []types.JID) {
		for _, jid := range who {
			member := types.MessageSource{Sender: jid}
			id := string(kind) + " " + jid.String() + " " + e.Timestamp.UTC().Format(time.RFC3339) + " " + e.ParticipantVersionID
			out = append(out, d.envelope(src, "", id, e.Timestamp, canon.Membership{Kind: kind, Member: d.from(member, "")}))
		}
	}
	add(canon.MemberJoined, e.Join)
	add(canon.MemberLeft, e.Leave)
	return out
}

// call is a step of a call.
func (d decoder) call(m types.BasicCallMeta, kind canon.CallKind, offer *waBinary.Node) []canon.Envelope {
	if !m.GroupJID.IsEmpty() || m.CallID == "" {
		return nil
	}
	src := types.MessageSource{Chat: m.From, Sender: m.From, SenderAlt: m.CallCreatorAlt, IsFromMe: d.ours(m.From)}
	video := false
	if offer != nil {
		_, video = offer.GetOptionalChildByTag("video")
	}
	if src.IsFromMe {
		return nil
	}
	return []canon.Envelope{d.envelope(src, "", "call "+m.CallID+" "+string(kind), m.Timestamp, canon.Call{Kind: kind, Call: canon.RemoteID(m.CallID), Video: video})}
}
