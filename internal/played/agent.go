package played

import (
	"bytes"
	"fmt"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/file"
	"parley/core/hub"
	"parley/core/orchestrate"
)

// Take gives a conversation to the agent.
func (h *Hub) Take(c core.Conversation) core.Conversation {
	h.t.Helper()
	return must(h.Core.Desk.Take(h.t.Context(), h.Tenant, c.ID, h.Agent))(h.t)
}

// Post has the agent say something, and returns it as it was accepted. replyTo
// is the message quoted, or nothing.
func (h *Hub) Post(c core.Conversation, replyTo canon.ID, parts ...canon.Part) core.Message {
	h.t.Helper()
	return must(h.Core.Desk.Post(h.t.Context(), h.Tenant, c.ID, orchestrate.Post{Agent: h.Agent, Content: canon.Message{Parts: parts}, ReplyTo: replyTo}))(h.t)
}

// Hold has the agent say something that waits for the customer where the channel
// takes nothing before they write.
func (h *Hub) Hold(c core.Conversation, parts ...canon.Part) core.Message {
	h.t.Helper()
	return must(h.Core.Desk.Post(h.t.Context(), h.Tenant, c.ID, orchestrate.Post{Agent: h.Agent, Content: canon.Message{Parts: parts}, Hold: true}))(h.t)
}

// Reach is what the conversation's thread can carry now, for a person.
func (h *Hub) Reach(c core.Conversation) connector.Capabilities {
	h.t.Helper()
	ctx := h.t.Context()
	r := must(h.Store.For(h.Tenant).Round(ctx, c.ID))(h.t)
	thread, _, err := h.Store.For(h.Tenant).Thread(ctx, r.Thread)
	if err != nil {
		h.t.Fatal(err)
	}
	caps, linked, err := h.Core.Desk.Reach(ctx, h.Tenant, r, thread.Key, true)
	if err != nil || !linked {
		h.t.Fatalf("the account is linked: %v, %v", linked, err)
	}
	return caps
}

// Values are those the link was made with.
func (h *Hub) Values() connector.Values { return h.setup.Values }

// Say posts and waits until the platform took it, or not.
func (h *Hub) Say(c core.Conversation, replyTo canon.ID, parts ...canon.Part) core.Message {
	h.t.Helper()
	m := h.Post(c, replyTo, parts...)
	h.Until(fmt.Sprintf("%q is sent or not", m.Content.Fallback()), func() bool {
		m = h.Message(m.ID)
		return m.State != canon.Queued && m.State != canon.Sending
	})
	return m
}

// Sends says something that the platform takes.
func (h *Hub) Sends(c core.Conversation, parts ...canon.Part) core.Message {
	h.t.Helper()
	m := h.Say(c, canon.ID{}, parts...)
	if m.State == canon.Failed || m.State == canon.Unconfirmed {
		tries, err := h.Store.For(h.Tenant).Attempts(h.t.Context(), m.ID)
		h.t.Fatalf("%q is %s: %+v %v", m.Content.Fallback(), m.State, tries, err)
	}
	return m
}

// File stores a file for the agent to send, of the kind its type tells.
func (h *Hub) File(name, mime string, body []byte) canon.Media {
	h.t.Helper()
	claim := file.Claim{Name: name, MIME: mime, Size: int64(len(body)), Keep: true}
	f := must(h.Core.Upload(h.t.Context(), h.Tenant, claim, h.Agent, canon.ID{}, bytes.NewReader(body)))(h.t)
	return canon.Media{Kind: hub.MediaKind(f.MIME), File: f.ID, Name: f.Name, MIME: f.MIME, Size: f.Size}
}
