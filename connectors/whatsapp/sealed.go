//go:build !nogpl

package whatsapp

import (
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"
)

// unsealed is an event with what stands in it under another message's secret, as
// reactions and edits in communities do, laid open. What cannot be, since that
// message was never here, stays as it is and is kept as unknown.
func (r *run) unsealed(evt any) any {
	e, ok := evt.(*events.Message)
	if !ok || e.Message == nil {
		return evt
	}
	open := *e
	switch sealed := e.Message.GetSecretEncryptedMessage(); {
	case e.Message.GetEncReactionMessage() != nil:
		reaction, err := r.cli.DecryptReaction(r.ctx, e)
		if err != nil {
			return evt
		}
		if reaction.GetKey().GetID() == "" {
			reaction.Key = e.Message.GetEncReactionMessage().GetTargetMessageKey()
		}
		open.Message = &waE2E.Message{ReactionMessage: reaction}
	case sealed.GetSecretEncType() == waE2E.SecretEncryptedMessage_MESSAGE_EDIT:
		fresh, err := r.cli.DecryptSecretEncryptedMessage(r.ctx, e)
		if err != nil {
			return evt
		}
		edit := fresh.GetProtocolMessage()
		if edit == nil { // the new words alone
			edit = &waE2E.ProtocolMessage{EditedMessage: fresh}
		}
		if edit.GetKey().GetID() == "" {
			edit.Key = sealed.GetTargetMessageKey()
		}
		edit.Type = waE2E.ProtocolMessage_MESSAGE_EDIT.Enum()
		open.Message = &waE2E.Message{ProtocolMessage: edit}
	default:
		return evt
	}
	return &open
}
