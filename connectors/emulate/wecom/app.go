package wecom

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// line is a message of the application.
type line struct {
	member string
	at     time.Time
}

type appMessage struct {
	ToUser   string          `json:"touser"`
	MsgType  string          `json:"msgtype"`
	AgentID  json.RawMessage `json:"agentid"` // a number; the document's examples hold texts too
	Text     struct{ Content string }
	Markdown struct{ Content string }
	Image    mediaRef
	Voice    mediaRef
	Video    mediaRef
	File     mediaRef
	TextCard struct{ Title, Description, URL string }
	Card     struct {
		Type    string `json:"card_type"`
		Title   struct{ Title, Desc string }
		Main    struct{ Title, Desc string } `json:"main_title"`
		Sub     string                       `json:"sub_title_text"`
		TaskID  string                       `json:"task_id"`
		Buttons []struct {
			Type           int
			Text, Key, URL string
		} `json:"button_list"`
	} `json:"template_card"`
}

// sendApp is message/send (90236).
func (p *Platform) sendApp(r *request) (answer, *refusal) {
	var in appMessage
	if bad := r.read(&in); bad != nil {
		return answer{}, bad
	}
	r.note.Peer = in.ToUser
	p.mu.Lock()
	if strings.Trim(string(in.AgentID), `"`) != AgentID {
		p.mu.Unlock()
		return answer{}, no(40056, "invalid agentid")
	}
	if who := p.people[in.ToUser]; who == nil || !who.member {
		p.mu.Unlock()
		return answer{}, no(81013, "user & party & tag all invalid")
	}
	b, bad := p.appBubble(in)
	if bad != nil {
		p.mu.Unlock()
		return answer{}, bad
	}
	id := p.id("vcT8gGc-7dFb4bxT35ONjBDz901sLlXPZw1DAMC")
	r.note.ID = id
	if p.reaches(in.ToUser) {
		b.ID, b.From, b.At = id, "them", p.now()
		p.appChats[in.ToUser] = append(p.appChats[in.ToUser], b)
		r.note.Visible, r.note.Text = true, shownText(b)
	}
	p.lines[id] = &line{in.ToUser, p.now()}
	p.mu.Unlock()
	p.changed("wecom", in.ToUser)
	return answer{fields: map[string]any{"invaliduser": "", "msgid": id}}, nil
}

// reaches counts a message to a member; those over the limit are dropped unsaid.
func (p *Platform) reaches(member string) bool {
	recent := p.members[member][:0:0]
	for _, at := range p.members[member] {
		if p.now().Sub(at) < time.Minute {
			recent = append(recent, at)
		}
	}
	p.members[member] = append(recent, p.now())
	return len(recent) < p.o.PerMinute
}

func (p *Platform) appBubble(in appMessage) (b emulate.Bubble, bad *refusal) {
	refs := map[string]string{"image": in.Image.ID, "voice": in.Voice.ID, "video": in.Video.ID, "file": in.File.ID}
	switch in.MsgType {
	case "text":
		// The document says that longer words are cut; here they are refused, so
		// that a cut that was forgotten shows.
		b.Text = in.Text.Content
		return b, textFits(in.Text.Content, 2048)
	case "markdown":
		b.Text = in.Markdown.Content
		return b, textFits(in.Markdown.Content, 2048)
	case "image", "voice", "video", "file":
		m, bad := p.material(refs[in.MsgType], in.MsgType)
		if bad == nil {
			b.Media = []emulate.Media{m.shown()}
		}
		return b, bad
	case "textcard":
		c := in.TextCard
		if c.Title == "" || c.Description == "" || c.URL == "" || len(c.URL) > 2048 {
			return b, no(40058, "invalid textcard")
		}
		b.Cards = []emulate.Card{{Kind: "textcard", Title: cut(c.Title, 128), Text: cut(c.Description, 512), URL: c.URL}}
		return b, nil
	case "template_card":
		return b, p.templateCard(in, &b)
	}
	return b, no(40008, "invalid msgtype")
}

func (p *Platform) templateCard(in appMessage, b *emulate.Bubble) *refusal {
	c := in.Card
	if c.Type != "button_interaction" || c.Main.Title == "" || len(c.Buttons) == 0 || len(c.Buttons) > 6 ||
		c.TaskID == "" || len(c.TaskID) > 128 || strings.Trim(c.TaskID, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-@") != "" {
		return no(40058, "invalid template_card")
	}
	b.Text = joined(c.Main.Title, c.Sub)
	for _, x := range c.Buttons {
		if x.Text == "" || x.Type == 0 && (x.Key == "" || len(x.Key) > 1024) || x.Type == 1 && x.URL == "" {
			return no(40058, "invalid button_list")
		}
		b.Buttons = append(b.Buttons, []emulate.Button{{Label: x.Text, Value: x.Key, URL: x.URL}})
	}
	b.ReplyTo = c.TaskID // not shown: what a press names
	return nil
}

// recallApp is message/recall (94867).
func (p *Platform) recallApp(r *request) (answer, *refusal) {
	var in struct {
		MsgID string `json:"msgid"`
	}
	if bad := r.read(&in); bad != nil {
		return answer{}, bad
	}
	p.mu.Lock()
	l := p.lines[in.MsgID]
	if l == nil || p.now().Sub(l.at) >= 24*time.Hour {
		p.mu.Unlock()
		return answer{}, no(40058, "invalid msgid")
	}
	for i, b := range p.appChats[l.member] {
		if b.ID == in.MsgID {
			p.appChats[l.member][i].Recalled = true
		}
	}
	p.mu.Unlock()
	p.changed("wecom", l.member)
	return answer{}, nil
}

func (p *Platform) getAgent(r *request) (answer, *refusal) {
	if r.query.Get("agentid") != AgentID {
		return answer{}, no(40056, "invalid agentid")
	}
	return answer{fields: map[string]any{"agentid": 1000002, "name": "小店助手", "close": 0}}, nil
}

func (p *Platform) getUser(r *request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who := p.people[r.query.Get("userid")]
	if who == nil || !who.member {
		return answer{}, no(60111, "userid not found")
	}
	return answer{fields: map[string]any{"userid": who.id, "name": who.name}}, nil
}

// Tell posts a message or event of a member to the application: the elements
// besides those every callback has.
func (p *Platform) Tell(member, msgtype string, elements string) {
	p.post("wecom", p.inside(member, msgtype, elements))
}

func (p *Platform) inside(member, msgtype, elements string) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return []byte("<xml>" + element("ToUserName", CorpID) + element("FromUserName", member) + element("CreateTime", strconv.FormatInt(p.now().Unix(), 10)) +
		element("MsgType", msgtype) + elements + element("AgentID", AgentID) + "</xml>")
}

// TellText is a member writing words to the application; it returns the id.
func (p *Platform) TellText(member, words string) string {
	return p.tell(member, emulate.Bubble{Text: words}, "text", element("Content", words))
}

// TellFile is a member sending a file.
func (p *Platform) TellFile(member, kind, name, mimeType string, body []byte) string {
	m := p.keep(kind, name, mimeType, body)
	more := element("MediaId", m.id)
	if kind == "voice" {
		more += element("Format", "amr")
	}
	return p.tell(member, emulate.Bubble{Media: []emulate.Media{m.shown()}}, kind, more)
}

func (p *Platform) tell(member string, b emulate.Bubble, msgtype, elements string) string {
	p.mu.Lock()
	p.n++
	id := strconv.Itoa(7000000000000000000 + p.n)
	b.ID, b.From, b.At = id, "me", p.now()
	p.appChats[member] = append(p.appChats[member], b)
	p.mu.Unlock()
	p.Tell(member, msgtype, elements+"<MsgId>"+id+"</MsgId>")
	p.changed("wecom", member)
	return id
}

// SeenApp is what a member sees of the application, oldest first.
func (p *Platform) SeenApp(member string) []emulate.Bubble {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]emulate.Bubble(nil), p.appChats[member]...)
}
