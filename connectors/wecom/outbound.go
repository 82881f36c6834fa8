package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// Capabilities tell a member's chat from a customer group.
func (a *app) Capabilities(t canon.ThreadKey) connector.Capabilities {
	if _, ok := groupOf(t.Peer); ok {
		return groupCapabilities()
	}
	return appCapabilities()
}

// Revokes says that Send takes OpRevoke.
func (a *app) Revokes() {}

// Send posts one message of the application, or takes one back.
func (a *app) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	chat, group := groupOf(r.Thread.Peer)
	switch {
	case r.Op == connector.OpRevoke && !group:
		in := struct {
			MsgID string `json:"msgid"`
		}{string(r.Target)}
		// Taking back twice shows nothing new.
		if err := a.call(ctx, "message/recall", "/cgi-bin/message/recall", in, nil); err != nil {
			return connector.Receipt{}, connector.Harmless(err)
		}
		return connector.Receipt{RemoteID: r.Target, State: canon.Sent}, nil
	case r.Op != connector.OpPost:
		return connector.Receipt{}, &connector.Error{
			Class: connector.Unsupported, Code: "unknown_op", Err: errors.New("sending: the operation " + string(r.Op) + " is not known here"),
			Shown: text("WeCom cannot do this with a message of an application.", "企业微信应用消息不支持此操作。"),
		}
	case group:
		return a.sendGroup(ctx, r, chat)
	}
	m, err := a.wire(r)
	if err != nil {
		return connector.Receipt{}, err
	}
	var out struct {
		MsgID       string `json:"msgid"`
		InvalidUser string `json:"invaliduser"`
	}
	if err := a.call(ctx, "message/send", "/cgi-bin/message/send", m, &out); err != nil {
		return connector.Receipt{}, err
	}
	if out.InvalidUser != "" { // taken, and given to nobody
		return connector.Receipt{}, a.refusal("message/send", 60111, "invaliduser")
	}
	return connector.Receipt{RemoteID: canon.RemoteID(out.MsgID), State: canon.Sent}, nil
}

type (
	contentField struct {
		Content string `json:"content"`
	}
	mediaField struct {
		MediaID string `json:"media_id"`
	}
	textCard struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		URL         string `json:"url"`
	}
	templateCard struct {
		CardType string       `json:"card_type"`
		Title    cardTitle    `json:"main_title"`
		SubTitle string       `json:"sub_title_text,omitempty"`
		TaskID   string       `json:"task_id"`
		Buttons  []cardButton `json:"button_list"`
	}
	cardTitle struct {
		Title string `json:"title"`
		Desc  string `json:"desc,omitempty"`
	}
	cardButton struct {
		Type  int    `json:"type,omitempty"` // 0: comes back with Key; 1: opens URL
		Text  string `json:"text"`
		Style int    `json:"style"`
		Key   string `json:"key,omitempty"`
		URL   string `json:"url,omitempty"`
	}
	// appMessage is a message of an application (90236). The vendor's library has
	// three of its kinds.
	appMessage struct {
		ToUser       string        `json:"touser"`
		MsgType      string        `json:"msgtype"`
		AgentID      json.Number   `json:"agentid"`
		Text         *contentField `json:"text,omitempty"`
		Markdown     *contentField `json:"markdown,omitempty"`
		Image        *mediaField   `json:"image,omitempty"`
		Voice        *mediaField   `json:"voice,omitempty"`
		Video        *mediaField   `json:"video,omitempty"`
		File         *mediaField   `json:"file,omitempty"`
		TextCard     *textCard     `json:"textcard,omitempty"`
		TemplateCard *templateCard `json:"template_card,omitempty"`
	}
)

// wire is the wire form of a message.
func (a *app) wire(r connector.Request) (appMessage, error) {
	m := appMessage{ToUser: string(r.Thread.Peer), AgentID: json.Number(a.agent)}
	switch p := only(r.Message).(type) {
	case canon.Text:
		if md := markdown(p); md != "" && appCapabilities().Text.Fits(md) {
			m.MsgType, m.Markdown = "markdown", &contentField{clean(md)}
			return m, nil
		}
		m.say(p)
	case canon.Media:
		kind, id, err := attached(r, p)
		if err != nil {
			return m, err
		}
		m.attach(kind, id)
	case canon.Sticker:
		kind, id, ok := handle(r.Uploaded[p.Image.File])
		if !ok {
			m.say(p)
			break
		}
		m.attach(kind, id)
	case canon.Choices:
		m.MsgType, m.TemplateCard = "template_card", buttons(p, msgID(r.Key))
	case canon.Card:
		if p.Title == "" || openable(p.URL) == "" || len(p.URL) > maxURL {
			m.say(p)
			break
		}
		desc := maxDesc.Head(clean(summary(p)), "…")
		if desc == "" {
			desc = maxDesc.Head(p.URL, "…") // it may not be empty
		}
		m.MsgType, m.TextCard = "textcard", &textCard{Title: maxTitle.Head(clean(p.Title), "…"), Description: desc, URL: p.URL}
	default:
		m.say(p)
	}
	return m, nil
}

func (m *appMessage) say(p canon.Part) {
	m.MsgType, m.Text = "text", &contentField{clean(words(p))}
}

func (m *appMessage) attach(kind, id string) {
	f := &mediaField{id}
	m.MsgType = kind
	switch kind {
	case "image":
		m.Image = f
	case "voice":
		m.Voice = f
	case "video":
		m.Video = f
	default:
		m.MsgType, m.File = "file", f
	}
}

// cardTitleMax is how long the title of a template card may be; longer words go
// below it (90236 按钮交互型).
const cardTitleMax = 36

// buttons is a template card; what is pressed comes back with its key and the
// card's task_id.
func buttons(c canon.Choices, task string) *templateCard {
	out := &templateCard{CardType: "button_interaction", TaskID: task}
	prompt := strings.TrimSpace(clean(joined(c.Prompt, c.Footer)))
	if prompt == "" {
		prompt = "请选择 · Please choose"
	}
	out.Title.Title = connector.Length{Max: cardTitleMax, Unit: connector.Runes}.Head(prompt, "…")
	if out.Title.Title != prompt {
		out.SubTitle = prompt
	}
	for _, o := range c.Options {
		b := cardButton{Text: clean(o.Label), Style: 1}
		if o.Kind == canon.OptionURL && openable(o.URL) != "" {
			b.Type, b.URL = 1, o.URL
		} else {
			b.Key = optionID(o)
		}
		out.Buttons = append(out.Buttons, b)
	}
	return out
}
