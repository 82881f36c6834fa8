package orchestrate

import (
	"context"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// sayCorrection is what replaces a message that cannot be changed.
var sayCorrection = connector.Text{EN: "Correction: {text}", ZH: "更正：{text}"}

// Correction is what is sent in place of changing a message to these words: the
// words, called a correction in the customer's language. ok is false where the
// channel changes messages, or nothing is sent in their place.
func (o *Orchestrator) Correction(ctx context.Context, tenant, message canon.ID, text string) (content canon.Message, ok bool, err error) {
	_, r, ok, err := o.inWords(ctx, tenant, message, connector.OpsEdit)
	if err != nil || !ok {
		return content, false, err
	}
	book, err := o.books.Get(ctx, tenant)
	if err != nil {
		return content, false, err
	}
	return canon.TextMessage(fill(sayCorrection.In(book.Language(r.Locale)), "text", text)), true, nil
}

// correct posts a correction that points at its message. It waits for the
// customer where nothing can be said before they write.
func (o *Orchestrator) correct(ctx context.Context, tenant, by canon.ID, m core.Message, r store.Round, text string) (core.Message, error) {
	switch {
	case m.Sender != by:
		return m, errNotYours
	case !m.Recalled.IsZero():
		return m, core.NotFound("message")
	case canon.TextMessage(text).Empty():
		return m, errEmpty
	case m.State == canon.Held || m.State == canon.Failed || m.State == canon.Cancelled:
		return m, errNeverSent
	}
	content, _, err := o.Correction(ctx, tenant, m.ID, text)
	if err != nil {
		return m, err
	}
	return o.Post(ctx, tenant, r.ID, Post{Agent: by, Content: content, ReplyTo: m.ID, Hold: true})
}

// errNeverSent is the fault of correcting what the customer never got.
var errNeverSent = &core.Fault{Kind: core.FaultConflict, Code: "edit_unsent",
	Text:   connector.Text{EN: "The customer has not got this message, so there is nothing to correct.", ZH: "客户尚未收到该消息，无需更正。"},
	Remedy: connector.Text{EN: "Discard it and write anew.", ZH: "请放弃该消息后重新撰写。"}}

// reactInWords answers a customer's message with the emoji alone.
func (o *Orchestrator) reactInWords(ctx context.Context, tenant, by canon.ID, m core.Message, r store.Round, emoji string) (core.Message, error) {
	if emoji == "" {
		return m, errNoEmoji
	}
	return o.Post(ctx, tenant, r.ID, Post{Agent: by, Content: canon.TextMessage(emoji), ReplyTo: m.ID, Hold: true})
}

// inWords reports whether the channel of a message has something said in words
// in place of an operation it does not know, and in which conversation: the one
// that is open on the thread, or else the message's own.
func (o *Orchestrator) inWords(ctx context.Context, tenant, message canon.ID, op connector.Operation) (m core.Message, r store.Round, ok bool, err error) {
	scope := o.store.For(tenant)
	if m, err = scope.Message(ctx, message); err != nil {
		return m, r, false, err
	}
	if r, err = scope.Round(ctx, m.Conversation); err != nil {
		return m, r, false, err
	}
	th, _, err := scope.Thread(ctx, r.Thread)
	if err != nil || o.capabilities(tenant, r.Account, th.Key).Ops[op] != connector.Degrade {
		return m, r, false, err
	}
	if open := th.Conversation; !open.IsZero() && open != r.ID {
		r, err = scope.Round(ctx, open)
	}
	return m, r, err == nil, err
}
