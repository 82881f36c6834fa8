//go:build !nogpl

package whatsapp

import (
	"encoding/json"
	"strconv"
	"strings"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"

	"parley/core/canon"
)

// event is what a message means; nil for what devices tell each other.
func (d decoder) event(e *events.Message) canon.Event {
	m := e.Message
	switch {
	case m.GetProtocolMessage() != nil:
		return d.protocol(e.Info.MessageSource, m.GetProtocolMessage())
	case m.GetReactionMessage() != nil:
		r := m.GetReactionMessage()
		return canon.Reacted{Target: d.target(e.Info.MessageSource, r.GetKey()), Emoji: r.GetText(), Removed: r.GetText() == ""}
	case m.GetAlbumMessage() != nil:
		return nil // only says that pictures follow
	}
	if a, ok := pressed(m); ok {
		return a
	}
	parts := partsOf(m)
	if len(parts) == 0 {
		return unknown(m)
	}
	msg := canon.Message{RemoteID: d.named(e.Info), Parts: parts}
	if c := contextOf(m); c.GetStanzaID() != "" {
		msg.ReplyTo, msg.Quote = &canon.Ref{RemoteID: d.quoted(e.Info.MessageSource, c)}, words(c.GetQuotedMessage())
	}
	return canon.Posted{Message: msg}
}

// protocol reads edits and recalls; what else it carries is for devices.
func (d decoder) protocol(src types.MessageSource, p *waE2E.ProtocolMessage) canon.Event {
	if p.GetKey().GetID() == "" {
		return nil
	}
	switch p.GetType() {
	case waE2E.ProtocolMessage_REVOKE:
		return canon.Revoked{Target: d.target(src, p.GetKey())}
	case waE2E.ProtocolMessage_MESSAGE_EDIT:
		parts := partsOf(p.GetEditedMessage())
		if len(parts) == 0 {
			return nil
		}
		at := d.target(src, p.GetKey())
		return canon.Edited{Target: at, Message: canon.Message{RemoteID: at, Parts: parts}}
	}
	return nil
}

// quoted names the message that is replied to.
func (d decoder) quoted(src types.MessageSource, c *waE2E.ContextInfo) canon.RemoteID {
	author, err := types.ParseJID(c.GetParticipant())
	if err != nil || author.User == "" {
		author = src.Chat
	}
	if d.ours(author) {
		return ourMessage(c.GetStanzaID())
	}
	return theirMessage(c.GetStanzaID(), src.IsGroup, author)
}

func words(m *waE2E.Message) string {
	msg := canon.Message{Parts: partsOf(m)}
	if said := msg.Plain(); said != "" {
		return said
	}
	return msg.Fallback()
}

// pressed is an answer to buttons or a list, which others may have sent in the
// account's name.
func pressed(m *waE2E.Message) (canon.Action, bool) {
	a := canon.Action{Kind: canon.ActionButton}
	switch {
	case m.GetButtonsResponseMessage() != nil:
		r := m.GetButtonsResponseMessage()
		a.Value, a.Label, a.Target = r.GetSelectedButtonID(), r.GetSelectedDisplayText(), ourMessage(r.GetContextInfo().GetStanzaID())
	case m.GetTemplateButtonReplyMessage() != nil:
		r := m.GetTemplateButtonReplyMessage()
		a.Value, a.Label, a.Target = r.GetSelectedID(), r.GetSelectedDisplayText(), ourMessage(r.GetContextInfo().GetStanzaID())
	case m.GetListResponseMessage() != nil:
		r := m.GetListResponseMessage()
		a.Value, a.Label, a.Target = r.GetSingleSelectReply().GetSelectedRowID(), r.GetTitle(), ourMessage(r.GetContextInfo().GetStanzaID())
	case m.GetInteractiveResponseMessage() != nil:
		r := m.GetInteractiveResponseMessage()
		a.Kind, a.Value, a.Label = canon.ActionForm, r.GetNativeFlowResponseMessage().GetName(), r.GetBody().GetText()
		a.Fields, a.Target = fields(r.GetNativeFlowResponseMessage().GetParamsJSON()), ourMessage(r.GetContextInfo().GetStanzaID())
	default:
		return a, false
	}
	return a, a.Value != "" || a.Label != ""
}

// fields are the values of a form that was filled in.
func fields(raw string) (out []canon.Field) {
	var values map[string]any
	if json.Unmarshal([]byte(raw), &values) != nil {
		return nil
	}
	for name, v := range values {
		if s, ok := v.(string); ok && len(out) < 50 {
			out = append(out, canon.Field{Name: name, Value: s})
		}
	}
	return sorted(out)
}

// maxRaw bounds what is kept of something nobody taught us.
const maxRaw = 16 << 10

// unknown keeps what no part stands for, or nil for what is no content at all: a
// key for a group, and the context that goes with every message.
func unknown(m *waE2E.Message) canon.Event {
	name := ""
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		switch n := string(f.Name()); n {
		case "senderKeyDistributionMessage", "fastRatchetKeySenderKeyDistributionMessage", "messageContextInfo":
			return true
		default:
			name = n
			return false
		}
	})
	if name == "" {
		number, _, n := protowire.ConsumeTag(m.ProtoReflect().GetUnknown())
		if n <= 0 {
			return nil
		}
		return canon.Unknown{Name: "field " + strconv.Itoa(int(number))}
	}
	out := canon.Unknown{Name: strings.TrimSuffix(name, "Message")}
	if raw, err := protojson.Marshal(m); err == nil && len(raw) <= maxRaw {
		var doc any // its spaces differ from run to run
		if json.Unmarshal(raw, &doc) == nil {
			out.Raw, _ = json.Marshal(doc) // it was decoded just now
		}
	}
	return out
}
