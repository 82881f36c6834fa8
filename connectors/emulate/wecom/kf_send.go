package wecom

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// outbound is send_msg and send_msg_on_event: every type in one (94677, 95122).
type outbound struct {
	ToUser  string `json:"touser"`
	ID      string `json:"open_kfid"`
	Code    string `json:"code"`
	MsgID   string `json:"msgid"`
	MsgType string `json:"msgtype"`

	Text  struct{ Content string } `json:"text"`
	Image mediaRef                 `json:"image"`
	Voice mediaRef                 `json:"voice"`
	Video mediaRef                 `json:"video"`
	File  mediaRef                 `json:"file"`
	Link  struct {
		Title, Desc, URL string
		Thumb            string `json:"thumb_media_id"`
	} `json:"link"`
	App struct {
		AppID, Title, PagePath string
		Thumb                  string `json:"thumb_media_id"`
	} `json:"miniprogram"`
	Location struct {
		Latitude, Longitude float64
		Name, Address       string
	} `json:"location"`
	Menu struct {
		Head string            `json:"head_content"`
		List []json.RawMessage `json:"list"`
		Tail string            `json:"tail_content"`
	} `json:"msgmenu"`
}

type mediaRef struct {
	ID string `json:"media_id"`
}

var msgIDs = regexp.MustCompile(`^[0-9a-zA-Z_-]{0,32}$`)

func (p *Platform) sendMsg(r *request) (answer, *refusal) {
	var in outbound
	if bad := r.read(&in); bad != nil {
		return answer{}, bad
	}
	r.note.Peer = in.ToUser
	p.mu.Lock()
	if p.account(in.ID) == nil {
		p.mu.Unlock()
		return answer{}, no(95000, "invalid open_kfid")
	}
	if who := p.people[in.ToUser]; who == nil || who.member {
		p.mu.Unlock()
		return answer{}, no(40003, "invalid touser")
	}
	c := p.chat(in.ID, in.ToUser)
	b, menu, bad := p.bubble(in)
	if bad == nil {
		bad = p.inWindow(c)
	}
	if bad != nil {
		p.mu.Unlock()
		return answer{}, bad
	}
	c.sent++
	id, refused := p.deliver(r, c, in.MsgID, b, menu)
	c.ours[id] = p.now()
	p.mu.Unlock()
	if refused {
		p.nudge(c.account)
	}
	p.changed("wechatkf", c.customer)
	return answer{fields: map[string]any{"msgid": id}}, nil
}

// recallFor is how long after its sending a message may be taken back.
const recallFor = 2 * time.Minute

func (p *Platform) recallMsg(r *request) (answer, *refusal) {
	var in struct {
		MsgID string `json:"msgid"`
		ID    string `json:"open_kfid"`
	}
	if bad := r.read(&in); bad != nil {
		return answer{}, bad
	}
	p.mu.Lock()
	if p.account(in.ID) == nil {
		p.mu.Unlock()
		return answer{}, no(95000, "invalid open_kfid")
	}
	for _, c := range p.chats {
		at, ok := c.ours[in.MsgID]
		if !ok || c.account != in.ID || p.now().Sub(at) >= recallFor {
			continue
		}
		for i := range c.bubbles {
			if c.bubbles[i].ID == in.MsgID {
				c.bubbles[i].Recalled = true
			}
		}
		r.note.Peer = c.customer
		p.mu.Unlock()
		p.changed("wechatkf", c.customer)
		return answer{}, nil
	}
	p.mu.Unlock()
	return answer{}, no(40058, "invalid msgid")
}

// inWindow checks what a customer's session allows now.
func (p *Platform) inWindow(c *chat) *refusal {
	switch {
	case c.last.IsZero() || p.now().Sub(c.last) >= windowFor:
		return no(95002, "open kf time limit")
	case c.state != stateNew && c.state != stateBot:
		return no(95018, "send msg session status invalid")
	case c.sent >= p.o.Messages:
		return no(95001, "open kf msg limit")
	}
	return nil
}

// deliver shows a message to its customer; refused says that it was reported as
// failed instead. The caller holds the lock.
func (p *Platform) deliver(r *request, c *chat, id string, b emulate.Bubble, menu map[string]string) (msgid string, refused bool) {
	if id == "" {
		id = p.id("msg_")
	}
	r.note.ID = id
	if c.refuses {
		p.event(c.account, c.customer, "msg_send_fail", map[string]any{"fail_msgid": id, "fail_type": 10})
		return id, true
	}
	b.ID, b.From, b.At = id, "them", p.now()
	c.bubbles = append(c.bubbles, b)
	for menuID, words := range menu {
		c.menus[menuID] = words
	}
	r.note.Visible, r.note.Text = true, shownText(b)
	c.welcomed = p.now()
	return id, false
}

func (p *Platform) sendOnEvent(r *request) (answer, *refusal) {
	var in outbound
	if bad := r.read(&in); bad != nil {
		return answer{}, bad
	}
	p.mu.Lock()
	k := p.codes[in.Code]
	if k == nil || k.used || !p.now().Before(k.ends) || k.state >= 0 && k.chat.state != k.state {
		p.mu.Unlock()
		return answer{}, no(40058, "invalid code")
	}
	r.note.Peer = k.chat.customer
	if in.MsgType != "text" && in.MsgType != "msgmenu" {
		p.mu.Unlock()
		return answer{}, no(40008, "invalid msgtype")
	}
	b, menu, bad := p.bubble(in)
	if bad != nil {
		p.mu.Unlock()
		return answer{}, bad
	}
	k.used = true
	id, _ := p.deliver(r, k.chat, in.MsgID, b, menu)
	p.mu.Unlock()
	p.changed("wechatkf", k.chat.customer)
	return answer{fields: map[string]any{"msgid": id}}, nil
}

// bubble checks a message and draws it; the caller holds the lock.
func (p *Platform) bubble(in outbound) (b emulate.Bubble, menu map[string]string, bad *refusal) {
	if !msgIDs.MatchString(in.MsgID) {
		return b, nil, no(40058, "invalid msgid")
	}
	refs := map[string]string{"image": in.Image.ID, "voice": in.Voice.ID, "video": in.Video.ID, "file": in.File.ID}
	switch in.MsgType {
	case "text":
		b.Text = in.Text.Content
		return b, nil, textFits(in.Text.Content, 2048)
	case "image", "voice", "video", "file":
		m, bad := p.material(refs[in.MsgType], in.MsgType)
		if bad == nil {
			b.Media = []emulate.Media{m.shown()}
		}
		return b, nil, bad
	case "link":
		l := in.Link
		if l.Title == "" || len(l.URL) > 2048 || !strings.HasPrefix(l.URL, "http://") && !strings.HasPrefix(l.URL, "https://") || l.Thumb == "" {
			return b, nil, no(40058, "invalid link")
		}
		m, bad := p.material(l.Thumb, "image")
		if bad == nil {
			b.Cards = []emulate.Card{{Kind: "link", Title: cut(l.Title, 128), Text: cut(l.Desc, 512), Image: m.shown().URL, URL: l.URL}}
		}
		return b, nil, bad
	case "miniprogram":
		a := in.App
		if a.AppID == "" || a.PagePath == "" || a.Thumb == "" {
			return b, nil, no(40058, "invalid miniprogram")
		}
		m, bad := p.material(a.Thumb, "image")
		if bad == nil {
			b.Cards = []emulate.Card{{Kind: "miniprogram", Title: cut(a.Title, 64), Text: a.AppID + " " + a.PagePath, Image: m.shown().URL}}
		}
		return b, nil, bad
	case "location":
		l := in.Location
		if l.Latitude < -90 || l.Latitude > 90 || l.Longitude < -180 || l.Longitude > 180 {
			return b, nil, no(40058, "invalid location")
		}
		b.Cards = []emulate.Card{{Kind: "location", Title: l.Name, Text: l.Address}}
		return b, nil, nil
	case "msgmenu":
		return p.menu(in)
	}
	return b, nil, no(40008, "invalid msgtype")
}

// menu checks a menu message (94677 菜单消息).
func (p *Platform) menu(in outbound) (b emulate.Bubble, ids map[string]string, bad *refusal) {
	if len(in.Menu.Head) > 1024 || len(in.Menu.Tail) > 1024 {
		return b, nil, no(45002, "content size out of limit")
	}
	if len(in.Menu.List) > 10 {
		return b, nil, no(95008, "too many menu items")
	}
	b.Text, ids = joined(in.Menu.Head, in.Menu.Tail), map[string]string{}
	for _, raw := range in.Menu.List {
		var item struct {
			Type  string
			Click struct{ ID, Content string }
			View  struct{ URL, Content string }
			App   struct {
				AppID, PagePath, Content string
			} `json:"miniprogram"`
			Text struct{ Content string }
		}
		if json.Unmarshal(raw, &item) != nil {
			return b, nil, no(95009, "invalid menu item")
		}
		between := func(s string, most int) bool { return s != "" && len(s) <= most }
		switch {
		case item.Type == "click" && between(item.Click.ID, 64) && between(item.Click.Content, 128):
			b.Buttons = append(b.Buttons, []emulate.Button{{Label: item.Click.Content, Value: item.Click.ID}})
			ids[item.Click.ID] = item.Click.Content
		case item.Type == "view" && between(item.View.URL, 2048) && between(item.View.Content, 1024):
			b.Buttons = append(b.Buttons, []emulate.Button{{Label: item.View.Content, URL: item.View.URL}})
		case item.Type == "miniprogram" && between(item.App.AppID, 32) && between(item.App.PagePath, 1024) && between(item.App.Content, 1024):
			b.Buttons = append(b.Buttons, []emulate.Button{{Label: item.App.Content}})
		case item.Type == "text" && between(item.Text.Content, 1024):
			b.Text = joined(b.Text, item.Text.Content)
		default:
			return b, nil, no(95009, "invalid menu item")
		}
	}
	if in.Menu.Head == "" && len(in.Menu.List) == 0 {
		return b, nil, no(44004, "empty content")
	}
	return b, ids, nil
}

func textFits(s string, most int) *refusal {
	switch {
	case strings.TrimSpace(s) == "":
		return no(44004, "empty content")
	case len(s) > most:
		return no(45002, "content size out of limit")
	}
	return nil
}

// cut is how the platform shortens what is too long: by bytes, whole runes.
func cut(s string, most int) string {
	for len(s) > most {
		r := []rune(s)
		s = string(r[:len(r)-1])
	}
	return s
}

// shownText is the words of a bubble.
func shownText(b emulate.Bubble) string {
	lines := []string{b.Text}
	for _, c := range b.Cards {
		lines = append(lines, c.Title, c.Text)
	}
	for _, m := range b.Media {
		lines = append(lines, "["+m.Kind+"] "+m.Name)
	}
	for _, row := range b.Buttons {
		for _, x := range row {
			lines = append(lines, x.Label)
		}
	}
	return joined(lines...)
}
