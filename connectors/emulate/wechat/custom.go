package wechat

import (
	"encoding/json"
	"strings"

	"parley/connectors/emulate"
)

// outgoing is a customer-service message, as the document writes it.
type outgoing struct {
	ToUser  string `json:"touser"`
	MsgType string `json:"msgtype"`
	Text    *struct {
		Content string `json:"content"`
	} `json:"text"`
	Image, Voice *struct {
		MediaID string `json:"media_id"`
	}
	Video *struct {
		MediaID     string `json:"media_id"`
		Thumb       string `json:"thumb_media_id"`
		Title       string `json:"title"`
		Description string `json:"description"`
	} `json:"video"`
	News *struct {
		Articles []struct {
			Title       string `json:"title"`
			Description string `json:"description"`
			URL         string `json:"url"`
			PicURL      string `json:"picurl"`
		} `json:"articles"`
	} `json:"news"`
	Menu *struct {
		Head string `json:"head_content"`
		Tail string `json:"tail_content"`
		List []struct {
			ID      string `json:"id"`
			Content string `json:"content"`
		} `json:"list"`
	} `json:"msgmenu"`
	Page *struct {
		Title    string `json:"title"`
		AppID    string `json:"appid"`
		PagePath string `json:"pagepath"`
		Thumb    string `json:"thumb_media_id"`
	} `json:"miniprogrampage"`
	Link *struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		URL         string `json:"url"`
		ThumbURL    string `json:"thumb_url"`
	} `json:"link"`
}

// mayServe tells whether the customer-service interface is open to who calls.
func (p *Platform) mayServe() result {
	switch {
	case p.o.Unverified:
		return refuse(48001, "api unauthorized")
	case p.withheld:
		return refuse(61007, "api is unauthorized to component")
	}
	return result{}
}

// customSend takes a customer-service message.
func (p *Platform) customSend(c *call) result {
	if bad := p.mayServe(); bad.code != 0 {
		return bad
	}
	var m outgoing
	if json.Unmarshal(c.body, &m) != nil {
		return refuse(47001, "data format error")
	}
	who := p.people[m.ToUser]
	if who == nil {
		return refuse(40003, "invalid openid")
	}
	b, bad := p.bubble(m)
	if bad.code != 0 {
		return bad
	}
	if bad := p.spend(who); bad.code != 0 {
		return bad
	}
	b.From = "them"
	c.log.ID = p.show(who, b)
	c.log.Peer, c.log.Visible, c.log.Text = m.ToUser, true, Words(b)
	return result{}
}

// Words is what a customer reads in a bubble.
func Words(b emulate.Bubble) string {
	all := []string{b.Text}
	for _, row := range b.Buttons {
		for _, x := range row {
			all = append(all, "["+x.Label+"]")
		}
	}
	for _, m := range b.Media {
		all = append(all, "<"+m.Kind+">")
	}
	for _, c := range b.Cards {
		all = append(all, c.Title, c.Text, c.URL)
	}
	return strings.TrimSpace(strings.Join(all, "\n"))
}

// bubble holds a message against the rules of its kind.
func (p *Platform) bubble(m outgoing) (b emulate.Bubble, bad result) {
	missing := refuse(47003, "argument invalid")
	kinds := map[string]bool{"text": true, "image": true, "miniprogrampage": true}
	if p.o.Mini {
		kinds["link"] = true
	} else {
		kinds["voice"], kinds["video"], kinds["news"], kinds["msgmenu"] = true, true, true, true
	}
	if !kinds[m.MsgType] {
		return b, refuse(40008, "invalid message type")
	}
	switch {
	case m.MsgType == "text":
		if m.Text == nil || m.Text.Content == "" {
			return b, refuse(44004, "empty content")
		}
		if len(m.Text.Content) > 2048 {
			return b, refuse(45002, "content size out of limit")
		}
		b.Text = m.Text.Content
	case m.MsgType == "image" && m.Image != nil:
		b.Media, bad = p.shown(m.Image.MediaID, "image")
	case m.MsgType == "voice" && m.Voice != nil:
		b.Media, bad = p.shown(m.Voice.MediaID, "voice")
	case m.MsgType == "video" && m.Video != nil:
		if m.Video.Thumb == "" {
			return b, missing
		}
		b.Text = strings.TrimSpace(m.Video.Title + "\n" + m.Video.Description)
		b.Media, bad = p.shown(m.Video.MediaID, "video")
	case m.MsgType == "news" && m.News != nil:
		if len(m.News.Articles) != 1 {
			return b, refuse(45008, "article size out of limit")
		}
		a := m.News.Articles[0]
		if a.Title == "" || a.URL == "" {
			return b, missing
		}
		b.Cards = []emulate.Card{{Kind: "article", Title: a.Title, Text: a.Description, URL: a.URL, Image: a.PicURL}}
	case m.MsgType == "link" && m.Link != nil:
		if m.Link.Title == "" || m.Link.URL == "" {
			return b, missing
		}
		b.Cards = []emulate.Card{{Kind: "article", Title: m.Link.Title, Text: m.Link.Description, URL: m.Link.URL, Image: m.Link.ThumbURL}}
	case m.MsgType == "miniprogrampage" && m.Page != nil:
		if m.Page.Title == "" || m.Page.PagePath == "" || m.Page.AppID == "" && !p.o.Mini {
			return b, missing
		}
		if _, bad = p.shown(m.Page.Thumb, "image"); bad.code == 0 {
			b.Cards = []emulate.Card{{Kind: "app", Title: m.Page.Title, Text: m.Page.AppID, URL: m.Page.PagePath}}
		}
	case m.MsgType == "msgmenu" && m.Menu != nil:
		if p.o.Subscription {
			return b, refuse(40200, "invalid account type")
		}
		if len(m.Menu.List) == 0 {
			return b, missing
		}
		b.Text = strings.TrimSpace(m.Menu.Head + "\n" + m.Menu.Tail)
		for _, o := range m.Menu.List {
			if o.Content == "" {
				return b, missing
			}
			b.Buttons = append(b.Buttons, []emulate.Button{{Label: o.Content, Value: o.ID}})
		}
	default:
		return b, missing
	}
	return b, bad
}

// typing shows the sign of typing for fifteen seconds.
func (p *Platform) typing(c *call) result {
	var ask struct {
		ToUser  string `json:"touser"`
		Command string `json:"command"`
	}
	_ = json.Unmarshal(c.body, &ask) // checkBody saw that it is JSON
	who, now := p.people[ask.ToUser], p.o.Clock()
	switch {
	case who == nil:
		return refuse(40003, "invalid openid")
	case ask.Command == "CancelTyping":
		who.typing = now
	case ask.Command != "Typing":
		return refuse(45072, "invalid command")
	case now.Sub(who.recent) > typingRecent:
		return refuse(45080, "need sending message to user, or recving message from user in the last 30 seconds before typing")
	case now.Before(who.typing):
		return refuse(45081, "already in typing status")
	default:
		who.typing = now.Add(typingStands)
	}
	c.log.Peer = ask.ToUser
	return result{}
}

// deskList lists the platform's own desks: none. It tells whether the account
// may use the customer-service interface.
func (p *Platform) deskList(*call) result {
	if bad := p.mayServe(); bad.code != 0 {
		return bad
	}
	return result{fields: map[string]any{"kf_list": []any{}}}
}

// userInfo tells of a customer what the platform still tells.
func (p *Platform) userInfo(c *call) result {
	who := p.people[c.r.URL.Query().Get("openid")]
	switch {
	case who == nil:
		return refuse(40003, "invalid openid")
	case !who.follows:
		return result{fields: map[string]any{"subscribe": 0, "openid": who.openid}}
	}
	return result{fields: map[string]any{
		"subscribe": 1, "openid": who.openid, "language": strings.ReplaceAll(who.lang, "-", "_"), "nickname": "", "headimgurl": "",
		"unionid": "u" + who.openid[1:], "subscribe_scene": "ADD_SCENE_QR_CODE",
	}}
}
