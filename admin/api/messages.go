package api

import (
	"context"
	"fmt"

	"github.com/microcosm-cc/bluemonday"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/orchestrate"
	"parley/core/store"
)

// MessagePage is a stretch of a thread.
type MessagePage struct {
	Items  []core.Message `json:"items" doc:"Newest first; with after_rev in order of revision"`
	Next   *string        `json:"next" nullable:"true" doc:"Send it as cursor for older ones; null at the beginning. A page may be short, or empty, and still have a next"`
	Rev    int64          `json:"rev" doc:"The thread's revision: the next after_rev"`
	More   bool           `json:"more" doc:"With after_rev: ask again"`
	Hidden bool           `json:"hidden" doc:"Messages in this stretch are left out: they are of conversations you may not see"`
}

type messageList struct {
	ByID
	Cursor   string `query:"cursor" maxLength:"500"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Before   int64  `query:"before" minimum:"0" doc:"Only before this position; 0: the newest"`
	AfterRev int64  `query:"after_rev" minimum:"-1" default:"-1" doc:"Only what is new or changed after this revision"`
}

type postInput struct {
	ByID
	Body struct {
		Content  *canon.Message `json:"content,omitempty" doc:"What to say: either this or text"`
		Text     string         `json:"text,omitempty" maxLength:"100000" doc:"Plain words, for short"`
		ClientID string         `json:"client_id,omitempty" maxLength:"100" doc:"Made up by the client: the same one posts once"`
		ReplyTo  canon.ID       `json:"reply_to,omitzero" doc:"A message of this thread"`
		Note     bool           `json:"note,omitempty" doc:"For colleagues only, never shown to the customer"`
		Seen     int64          `json:"seen,omitempty" minimum:"0" doc:"The place of the newest message the writer knew of: if a colleague answered after it, nothing is sent and 409 answered tells their words; left out, it is sent"`
		Hold     bool           `json:"hold,omitempty" doc:"If the channel takes nothing until the customer writes again, keep it and send it then; it can be discarded before"`
		Mentions []canon.ID     `json:"mentions,omitempty" maxItems:"50" doc:"Of a note: agents it names, who are told of it. Only those who can see the conversation"`
	}
}

type noteInput struct {
	ByID
	Body struct {
		Text     string     `json:"text" minLength:"1" maxLength:"20000"`
		ClientID string     `json:"client_id,omitempty" maxLength:"100"`
		Mentions []canon.ID `json:"mentions,omitempty" maxItems:"50" doc:"Agents it names, who are told of it. Only those who can see the conversation"`
	}
}

type editInput struct {
	ByID
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"100000"`
	}
}

type reactionInput struct {
	ByID
	Body struct {
		Emoji string `json:"emoji" maxLength:"64" doc:"One emoji; empty takes the reaction off"`
	}
}

func (a *API) addMessages() {
	add(a, route{method: "GET", path: "/conversations/{id}/messages", tag: "Messages", may: auth.ConversationRead, summary: "Messages of the conversation's whole thread",
		doc: "With what was said on it before, in other conversations. Limited agents are shown only what is of conversations they may see."}, a.messages)
	add(a, route{method: "POST", path: "/conversations/{id}/messages", tag: "Messages", may: auth.ConversationReply, summary: "Say something", status: 201,
		doc: "An agent speaks as the owner or an added colleague; a program's token as a bot, while a bot has the conversation, or as the agent it names in Parley-Agent."},
		func(ctx context.Context, c *call, in *postInput) (*answer[core.Message], error) {
			r, err := a.see(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			content, err := a.content(ctx, c, in.Body.Content, in.Body.Text)
			if err != nil {
				return nil, err
			}
			p := orchestrate.Post{Content: content, ClientID: in.Body.ClientID, ReplyTo: in.Body.ReplyTo, Seen: in.Body.Seen, Hold: in.Body.Hold, Mentions: in.Body.Mentions, Sees: sees(c)}
			return a.post(ctx, c, r, p, in.Body.Note)
		})
	add(a, route{method: "GET", path: "/conversations/{id}/notes", tag: "Messages", may: auth.ConversationRead, summary: "Notes on the conversation's thread, newest first, out of its last 2,000 lines"}, a.notes)
	add(a, route{method: "POST", path: "/conversations/{id}/notes", tag: "Messages", may: auth.ConversationReply, summary: "Leave a note for colleagues", status: 201},
		func(ctx context.Context, c *call, in *noteInput) (*answer[core.Message], error) {
			r, err := a.see(ctx, c, in.ID)
			if err != nil {
				return nil, err
			}
			return a.post(ctx, c, r, orchestrate.Post{Content: canon.TextMessage(in.Body.Text), ClientID: in.Body.ClientID, Mentions: in.Body.Mentions}, true)
		})
	type work func(ctx context.Context, tenant, message, by canon.ID) (core.Message, error)
	for _, x := range []struct {
		path, summary, doc string
		do                 work
	}{
		{"/recall", "Take a message back", "Within the time the business allows.", a.Desk.Recall},
		{"/retry", "Send a message that failed or may not have arrived again", "", a.Desk.Retry},
		{"/arrived", "Say that an unconfirmed message did arrive", "", a.Desk.Arrived},
		{"/discard", "Give a failed message up, or one that is held", "", a.Desk.Discard},
		{"/hold", "Send a failed message when the customer writes again", "For one that failed because the time to answer was over.", a.Desk.Hold},
	} {
		add(a, route{method: "POST", path: "/messages/{id}" + x.path, tag: "Messages", may: auth.ConversationReply, summary: x.summary, doc: x.doc},
			func(ctx context.Context, c *call, in *ByID) (*answer[core.Message], error) {
				if err := a.seesMessage(ctx, c, in.ID); err != nil {
					return nil, err
				}
				m, err := x.do(ctx, c.who.Tenant, in.ID, c.who.Who())
				return &answer[core.Message]{m}, err
			})
	}
	add(a, route{method: "POST", path: "/messages/{id}/edit", tag: "Messages", may: auth.ConversationReply, summary: "Change the words of a sent message",
		doc: "Where the channel changes none but takes a correction (its capabilities call the operation edit degrade), that is sent and returned, as a message of its own."},
		func(ctx context.Context, c *call, in *editInput) (*answer[core.Message], error) {
			if err := a.seesMessage(ctx, c, in.ID); err != nil {
				return nil, err
			}
			m, err := a.Desk.Edit(ctx, c.who.Tenant, in.ID, c.who.Who(), in.Body.Text)
			return &answer[core.Message]{m}, err
		})
	add(a, route{method: "POST", path: "/messages/{id}/reaction", tag: "Messages", may: auth.ConversationReply, summary: "React to a customer's message",
		doc: "In place of an earlier reaction of the business's. Where the platform refuses the emoji, it comes off again. Where it has no reactions but the channel takes the emoji as a message (react is degrade), that is sent and returned."},
		func(ctx context.Context, c *call, in *reactionInput) (*answer[core.Message], error) {
			if err := a.seesMessage(ctx, c, in.ID); err != nil {
				return nil, err
			}
			m, err := a.Desk.React(ctx, c.who.Tenant, in.ID, c.who.Who(), in.Body.Emoji)
			return &answer[core.Message]{m}, err
		})
	add(a, route{method: "GET", path: "/messages/{id}/trace", tag: "Messages", may: auth.TroubleRead, summary: "Every attempt to send a message, with its redacted exchange"},
		func(ctx context.Context, c *call, in *ByID) (*answer[list[store.Attempt]], error) {
			if err := a.seesMessage(ctx, c, in.ID); err != nil {
				return nil, err
			}
			all, err := c.scope.Attempts(ctx, in.ID)
			return listOf(all, len(all), nil), err
		})
}

func (a *API) seesMessage(ctx context.Context, c *call, id canon.ID) error {
	m, err := c.scope.Message(ctx, id)
	if err != nil {
		return err
	}
	if _, err := a.see(ctx, c, m.Conversation); notFound(err) {
		return core.NotFound("message")
	} else if err != nil {
		return err
	}
	return nil
}

// post says something as whoever asks.
func (a *API) post(ctx context.Context, c *call, r store.Round, p orchestrate.Post, note bool) (*answer[core.Message], error) {
	p.Agent, p.Name, p.As = c.who.Who(), c.who.Name, core.FromAgent
	switch {
	case note:
		if err := needsAgent(c); err != nil {
			return nil, err
		}
		p.As = core.FromNote
	case len(p.Mentions) > 0:
		return nil, core.Invalid("mentions", "body.mentions", connector.Text{EN: "Only notes mention colleagues.", ZH: "仅内部备注可以提及同事。"},
			connector.Text{EN: "Write a note, or leave mentions out.", ZH: "请改为写内部备注，或去掉提及。"})
	case c.who.Agent.IsZero():
		p.As = core.FromBot
	}
	m, err := a.Desk.Post(ctx, c.who.Tenant, r.ID, p)
	return &answer[core.Message]{m}, err
}

// content reads what is to be said: parts there are, files that are ours, HTML
// that cannot act.
func (a *API) content(ctx context.Context, c *call, content *canon.Message, text string) (canon.Message, error) {
	if (content == nil) == (text == "") {
		return canon.Message{}, core.Invalid("content", "body.content", connector.Text{EN: "Send either content or text.", ZH: "请提供 content 或 text 其中之一。"},
			connector.Text{EN: "text is the short form for plain words.", ZH: "纯文字可直接使用 text。"})
	}
	if content == nil {
		return canon.TextMessage(text), nil
	}
	m := canon.Message{Parts: content.Parts, Subject: content.Subject, Locale: content.Locale}
	for i, part := range m.Parts {
		field := fmt.Sprintf("body.content.parts[%d]", i)
		switch p := part.(type) {
		case canon.Opaque:
			return m, core.Invalid("part", field, connector.Text{EN: "This is not a part that can be sent.", ZH: "无法发送此类内容。"},
				connector.Text{EN: "Send text, media, location, sticker, contact, choices, template or card.", ZH: "可发送文字、媒体、位置、贴纸、名片、选项、模板或卡片。"})
		case canon.Text:
			p.HTML = htmlPolicy.Sanitize(p.HTML)
			m.Parts[i] = p
		case canon.Template:
			t, err := a.template(ctx, c, p, field)
			if err != nil {
				return m, err
			}
			m.Parts[i] = t
		case canon.Media:
			if p.File.IsZero() {
				return m, core.Invalid("file", field+".file", connector.Text{EN: "This names no file.", ZH: "未指定文件。"},
					connector.Text{EN: "Upload it with POST /api/v1/files and give its id.", ZH: "请先通过 POST /api/v1/files 上传，再填写其 id。"})
			}
			f, err := a.file(ctx, c, p.File)
			if err != nil {
				return m, at(err, field+".file")
			}
			// What the file is, the hub knows; what it is to the reader, the sender says.
			m.Parts[i] = canon.Media{Kind: p.Kind, File: f.ID, Name: f.Name, MIME: f.MIME, Size: f.Size, Width: f.Width, Height: f.Height,
				Millis: max(0, min(p.Millis, 24*3600*1000)), Wave: p.Wave[:min(len(p.Wave), 64)], Caption: p.Caption}
		}
	}
	return m, nil
}

// htmlPolicy is what HTML an agent may send.
var htmlPolicy = bluemonday.UGCPolicy()

func (a *API) messages(ctx context.Context, c *call, in *messageList) (*answer[MessagePage], error) {
	r, rev, err := a.seeAt(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	before := in.Before
	if err := cursorPlace("messages", in.Cursor, &before); err != nil {
		return nil, err
	}
	out := MessagePage{Rev: rev}
	if in.AfterRev >= 0 {
		if out.Items, err = c.scope.MessagesSince(ctx, r.Thread, in.AfterRev, in.Limit+1); err != nil {
			return nil, err
		}
		if out.More = len(out.Items) > in.Limit; out.More {
			out.Items = out.Items[:in.Limit]
			out.Rev = out.Items[in.Limit-1].Rev
		}
		n := len(out.Items)
		if out.Items, err = c.scope.Shown(ctx, out.Items, c.who.Visible()); err != nil {
			return nil, err
		}
		out.Hidden = len(out.Items) < n
	} else {
		part, err := c.scope.Stretch(ctx, r.Thread, before, c.who.Visible(), in.Limit)
		if err != nil {
			return nil, err
		}
		if out.Items, out.Hidden = part.Items, part.Hidden; part.Next > 0 {
			text := cursorText("messages", part.Next)
			out.Next = &text
		}
	}
	if out.Items == nil {
		out.Items = []core.Message{}
	}
	return &answer[MessagePage]{out}, nil
}

func (a *API) notes(ctx context.Context, c *call, in *ByID) (*answer[list[core.Message]], error) {
	r, err := a.see(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	out, before := []core.Message{}, int64(0)
	for range 10 {
		page, err := c.scope.Messages(ctx, r.Thread, before, 200)
		if err != nil {
			return nil, err
		}
		for _, m := range page {
			before = m.Pos
			if m.From == core.FromNote {
				out = append(out, m)
			}
		}
		if len(page) < 200 {
			break
		}
	}
	if out, err = c.scope.Shown(ctx, out, c.who.Visible()); err != nil {
		return nil, err
	}
	return listOf(out, len(out), nil), nil
}
