package wechat

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strings"

	"parley/connectors/emulate"
)

type noticeAsk struct {
	ToUser     string `json:"touser"`
	TemplateID string `json:"template_id"`
	Data       map[string]struct {
		Value string `json:"value"`
	} `json:"data"`
	URL     string `json:"url"`  // of template messages
	Page    string `json:"page"` // of notifications
	Program *struct {
		AppID string `json:"appid"`
		Page  string `json:"pagepath"`
	} `json:"miniprogram"`
}

// bound is the mini-program that is bound to the official account.
const bound = "wx9d2e7c4b1a5f8036"

// opens is what a tap on the card opens: a mini-program before an address.
func (a noticeAsk) opens(address string) (string, result) {
	if a.Program == nil {
		return address, result{}
	}
	if a.Program.AppID != bound {
		return "", refuse(40013, "invalid appid")
	}
	return "weapp://" + a.Program.AppID + "/" + a.Program.Page, result{}
}

var slots = regexp.MustCompile(`\{\{([A-Za-z0-9_]+)\.DATA\}\}`)

// fill writes a template with its values.
func (a noticeAsk) fill(content string) (string, result) {
	bad := result{}
	text := slots.ReplaceAllStringFunc(content, func(s string) string {
		name := slots.FindStringSubmatch(s)[1]
		if a.Data[name].Value == "" {
			bad = refuse(47003, "argument invalid! data."+name+".value is empty")
		}
		return a.Data[name].Value
	})
	return text, bad
}

// templateSend sends a template message and reports its end by a callback.
func (p *Platform) templateSend(c *call) result {
	var a noticeAsk
	_ = json.Unmarshal(c.body, &a) // checkBody saw that it is JSON
	who, content := p.people[a.ToUser], p.templates[a.TemplateID]
	switch {
	case who == nil:
		return refuse(40003, "invalid openid")
	case content == "":
		return refuse(40037, "invalid template_id")
	case !who.follows:
		return refuse(43004, "require subscribe")
	}
	text, bad := a.fill(content)
	if bad.code != 0 {
		return bad
	}
	to, bad := a.opens(a.URL)
	if bad.code != 0 {
		return bad
	}
	id := p.id()
	p.show(who, emulate.Bubble{ID: number(id), From: "them", Cards: []emulate.Card{{Kind: "notice", Title: p.o.Name, Text: text, URL: to}}})
	c.log.Peer, c.log.Visible, c.log.Text, c.log.ID = a.ToUser, true, text, number(id)
	return result{fields: map[string]any{"errcode": 0, "errmsg": "ok", "msgid": id}}
}

// noticeSend sends a notification the customer agreed to.
func (p *Platform) noticeSend(c *call) result {
	var a noticeAsk
	_ = json.Unmarshal(c.body, &a) // checkBody saw that it is JSON
	who, content := p.people[a.ToUser], p.notices[a.TemplateID]
	switch {
	case who == nil:
		return refuse(40003, "invalid openid")
	case content == "":
		return refuse(40037, "invalid template_id")
	}
	text, bad := a.fill(content)
	if bad.code != 0 {
		return bad
	}
	to, bad := a.opens(a.Page)
	if bad.code != 0 {
		return bad
	}
	if who.agreed[a.TemplateID] == 0 {
		return refuse(43101, "user refuse to accept the msg")
	}
	who.agreed[a.TemplateID]--
	id := p.show(who, emulate.Bubble{From: "them", Cards: []emulate.Card{{Kind: "notice", Title: p.o.Name, Text: text, URL: to}}})
	c.log.Peer, c.log.Visible, c.log.Text, c.log.ID = a.ToUser, true, text, id
	return result{}
}

func (p *Platform) templateList(*call) result {
	var list []map[string]any
	for _, id := range keys(p.templates) {
		list = append(list, map[string]any{"template_id": id, "title": "订单发货提醒", "content": p.templates[id], "example": ""})
	}
	return result{fields: map[string]any{"template_list": list}}
}

func (p *Platform) noticeList(*call) result {
	var list []map[string]any
	for _, id := range keys(p.notices) {
		list = append(list, map[string]any{"priTmplId": id, "title": "排队通知", "content": p.notices[id], "type": 2})
	}
	return result{fields: map[string]any{"errcode": 0, "errmsg": "ok", "data": list}}
}

func keys(m map[string]string) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// JobDone is the callback that a template message reached the customer, or, with
// another status than success, did not.
func (p *Platform) JobDone(openid, msgid, status string) []byte {
	return p.event(openid, "TEMPLATESENDJOBFINISH", fmt.Sprintf("<MsgID>%s</MsgID><Status>%s</Status>", strings.TrimSpace(msgid), cdata(status)))
}
