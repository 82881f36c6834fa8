package wechat

import (
	"context"
	"strconv"
	"strings"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"parley/core/canon"
	"parley/core/connector"
)

// custom is a customer-service message; Link is known to mini-programs only.
type custom struct {
	message.CustomerMessage
	Link *link `json:"link,omitempty"`
}

type link struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	URL         string `json:"url"`
	ThumbURL    string `json:"thumb_url"`
}

// Send makes one call: a customer-service message, or a template.
func (c *Conn) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	if r.Op != connector.OpPost {
		return connector.Receipt{}, unsupported(text("WeChat cannot change or take back a message.", "微信不支持修改、撤回消息或表情回应。"))
	}
	if len(r.Message.Parts) != 1 {
		return connector.Receipt{}, &connector.Error{Class: connector.Invalid, Code: "parts", Shown: text("One thing at a time can be sent.", "每次只能发送一项内容。")}
	}
	if t, ok := r.Message.Parts[0].(canon.Template); ok {
		return c.sendTemplate(ctx, r, t)
	}
	m, err := c.compose(ctx, r)
	if err != nil {
		return connector.Receipt{}, err
	}
	path := "/cgi-bin/message/custom/send"
	if c.mini {
		path = "/cgi-bin/message/custom/business/send"
	}
	var got struct{ status }
	err = c.call(ctx, path, m, &got)
	c.note(r.Thread.Peer, err)
	if err != nil {
		return connector.Receipt{}, err
	}
	return connector.Receipt{State: canon.Sent}, nil // the platform gives no id
}

// note keeps the customer's window in step.
func (c *Conn) note(peer canon.RemoteID, err error) {
	switch e := connector.AsError(err); {
	case e == nil:
		c.windows.used(peer)
	case e.Code == "45015" || e.Code == "45047":
		c.windows.shut(peer, c.env.Clock())
	}
}

func unsupported(shown connector.Text) *connector.Error {
	return &connector.Error{Class: connector.Unsupported, Code: "unsupported", Shown: shown}
}

// compose writes a request as a customer-service message.
func (c *Conn) compose(ctx context.Context, r connector.Request) (custom, error) {
	m := custom{CustomerMessage: message.CustomerMessage{ToUser: string(r.Thread.Peer)}}
	switch p := r.Message.Parts[0].(type) {
	case canon.Media:
		if err := c.media(&m, r, p); err != nil {
			return m, err
		}
	case canon.Sticker:
		if id, ok := r.Uploaded[p.Image.File]; ok {
			_, handle := split(id)
			m.Msgtype, m.Image = message.MsgTypeImage, &message.MediaResource{MediaID: handle}
		}
	case canon.Choices:
		if menu := msgmenu(p); menu != nil && !c.mini {
			m.Msgtype, m.Msgmenu = "msgmenu", menu
		}
	case canon.Card:
		if err := c.card(ctx, &m, r, p); err != nil {
			return m, err
		}
	}
	if m.Msgtype == "" {
		m.Msgtype, m.Text = message.MsgTypeText, &message.MediaText{Content: printable(r.Message.Parts[0].Fallback())}
	}
	return m, nil
}

// printable leaves out what the platform refuses or JSON would escape.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u2028' || r == '\u2029' || r == '\r':
			return '\n'
		case r < ' ' && r != '\n' && r != '\t', r == 0x7f, r == '\uFFFE', r == '\uFFFF':
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

func (c *Conn) media(m *custom, r connector.Request, p canon.Media) error {
	id, ok := r.Uploaded[p.File]
	if !ok {
		return &connector.Error{Class: connector.Invalid, Code: "no_file", Shown: text("The file is not there any more.", "文件已不存在。")}
	}
	kind, handle := split(id)
	switch kind {
	case "image":
		m.Msgtype, m.Image = message.MsgTypeImage, &message.MediaResource{MediaID: handle}
	case "voice":
		m.Msgtype, m.Voice = message.MsgTypeVoice, &message.MediaResource{MediaID: handle}
	case "video":
		// The picture before it plays is required, and may be the video itself.
		m.Msgtype, m.Video = message.MsgTypeVideo, &message.MediaVideo{MediaID: handle, ThumbMediaID: handle, Title: printable(p.Name), Description: printable(p.Caption)}
	}
	return nil
}

// msgmenu offers options as a menu message; nil when there is nothing to tap.
// The ids are numbers: the platform drops others without a word, and a tap
// comes back with the words of the option anyway.
func msgmenu(p canon.Choices) *message.MediaMsgmenu {
	menu := &message.MediaMsgmenu{HeadContent: printable(p.Prompt), TailContent: printable(p.Footer)}
	for i, o := range p.Options {
		if o.URL != "" || o.Kind == canon.OptionApp || o.Kind == canon.OptionPhone || o.Kind == canon.OptionLocation {
			menu.TailContent = strings.TrimPrefix(menu.TailContent+"\n"+strings.TrimSpace(printable(o.Label)+" "+o.URL), "\n")
			continue
		}
		menu.List = append(menu.List, message.MsgmenuItem{ID: strconv.Itoa(101 + i), Content: printable(o.Label)})
	}
	if len(menu.List) == 0 {
		return nil
	}
	return menu
}

// card writes a card as a mini-program page, an article or a link; one without
// an address stays words.
func (c *Conn) card(ctx context.Context, m *custom, r connector.Request, p canon.Card) error {
	cover, hasCover := r.Uploaded[p.Image.File]
	if p.Kind == canon.CardApp && p.Path != "" && hasCover && (c.mini || p.AppID != "") {
		_, handle := split(cover)
		m.Msgtype = message.MsgTypeMiniprogrampage
		m.Miniprogrampage = &message.MediaMiniprogrampage{Title: printable(p.Title), AppID: p.AppID, Pagepath: p.Path, ThumbMediaID: handle}
		return nil
	}
	if p.URL == "" {
		return nil
	}
	picture, err := c.picture(ctx, p)
	if err != nil {
		return err
	}
	if c.mini {
		m.Msgtype, m.Link = "link", &link{Title: printable(p.Title), Description: details(p), URL: p.URL, ThumbURL: picture}
		return nil
	}
	m.Msgtype = message.MsgTypeNews
	m.News = &message.MediaNews{Articles: []message.MediaArticles{{Title: printable(p.Title), Description: details(p), URL: p.URL, Picurl: picture}}}
	return nil
}

// details are the lines of a card below its title, without its address.
func details(p canon.Card) string {
	p.Title, p.URL = "", ""
	return printable(p.Fallback())
}

// pictureLife is how long the platform may fetch a picture.
const pictureLife = 7 * 24 * 3600e9

// picture is the public address of a card's picture.
func (c *Conn) picture(ctx context.Context, p canon.Card) (string, error) {
	if p.Image.File.IsZero() || c.env.Files == nil {
		return "", nil
	}
	address, err := c.env.Files.Link(ctx, p.Image.File, pictureLife)
	if err != nil {
		return "", &connector.Error{Class: connector.Internal, Code: "no_link", Err: err}
	}
	return address, nil
}

// Type shows the customer that somebody writes. The platform refuses it when
// nothing passed in the last 30 seconds (45080), or it shows already (45081):
// neither matters.
func (c *Conn) Type(ctx context.Context, thread canon.ThreadKey, on bool) error {
	path, command := "/cgi-bin/message/custom/typing", "Typing"
	if c.mini {
		path = "/cgi-bin/message/custom/business/typing"
	}
	if !on {
		command = "CancelTyping"
	}
	var got struct{ status }
	err := c.call(ctx, path, struct {
		ToUser  string `json:"touser"`
		Command string `json:"command"`
	}{string(thread.Peer), command}, &got)
	if got.Code == 45080 || got.Code == 45081 {
		return nil
	}
	return connector.Harmless(err)
}
