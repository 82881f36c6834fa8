package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/connectors/emulate"
)

var _ emulate.Phone = (*Platform)(nil)

// Platform is the kind of channel.
func (p *Platform) Platform() string {
	if p.o.Mini {
		return "wechatmini"
	}
	return "wechat"
}

// Customers lists those who can be played.
func (p *Platform) Customers() []emulate.Customer {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []emulate.Customer
	for _, id := range p.order {
		out = append(out, emulate.Customer{ID: id, Name: p.people[id].name, Lang: p.people[id].lang})
	}
	return out
}

// Screen is what a customer sees now.
func (p *Platform) Screen(customer string) emulate.Screen {
	p.mu.Lock()
	defer p.mu.Unlock()
	who := p.people[customer]
	s := emulate.Screen{Title: p.o.Name, Can: []string{emulate.ActText, emulate.ActMedia, emulate.ActFollow}}
	if who == nil {
		return s
	}
	if !p.o.Mini {
		s.Can = append(s.Can, emulate.ActLocation, emulate.ActPress, emulate.ActLeave)
		for _, raw := range p.menu {
			var b menuButton
			_ = json.Unmarshal(raw, &b) // it was checked when it was set
			row := []emulate.Button{{Label: b.Name, Value: b.Key, URL: b.URL}}
			for _, sub := range b.Sub {
				var x menuButton
				_ = json.Unmarshal(sub, &x) // it was checked when it was set
				row = append(row, emulate.Button{Label: x.Name, Value: x.Key, URL: x.URL})
			}
			s.Menu = append(s.Menu, row)
		}
	}
	s.Bubbles = append([]emulate.Bubble(nil), who.bubbles...)
	s.Typing = p.o.Clock().Before(who.typing)
	return s
}

// Watch tells of changed screens.
func (p *Platform) Watch(changed func(string)) (stop func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n++
	key := p.n
	p.watchers[key] = changed
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.watchers, key)
	}
}

func (p *Platform) changed(customer string) {
	p.mu.Lock()
	var all []func(string)
	for _, f := range p.watchers {
		all = append(all, f)
	}
	p.mu.Unlock()
	for _, f := range all {
		f(customer)
	}
}

// Do carries out what a customer does.
func (p *Platform) Do(ctx context.Context, customer string, act emulate.Act) error {
	body, err := p.Act(customer, act)
	if err != nil {
		return err
	}
	p.changed(customer)
	return p.Deliver(ctx, customer, body)
}

const afterMessage = 48 * time.Hour

// Act is what a customer's act puts on their screen, and the callback it makes,
// not posted yet.
func (p *Platform) Act(customer string, act emulate.Act) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who := p.people[customer]
	if who == nil {
		return nil, errors.New("there is no such customer")
	}
	if !who.follows && !p.o.Mini && act.Kind != emulate.ActFollow {
		return nil, errors.New("follow the account first")
	}
	switch act.Kind {
	case emulate.ActText:
		p.grant(who, 5, afterMessage)
		p.show(who, emulate.Bubble{From: "me", Text: act.Text})
		return p.message(customer, "text", "<Content>"+cdata(act.Text)+"</Content>"), nil
	case emulate.ActMedia:
		return p.sendFile(who, act)
	case emulate.ActLocation:
		p.grant(who, 5, afterMessage)
		p.show(who, emulate.Bubble{From: "me", Cards: []emulate.Card{{Kind: "location", Title: act.Text}}})
		return p.message(customer, "location", fmt.Sprintf("<Location_X>%f</Location_X><Location_Y>%f</Location_Y><Scale>15</Scale><Label>%s</Label>", act.Lat, act.Lon, cdata(act.Text))), nil
	case emulate.ActPress:
		return p.press(who, act)
	case emulate.ActFollow:
		return p.follow(who, act.Value), nil
	case emulate.ActLeave:
		who.follows = false
		return p.event(customer, "unsubscribe", "<EventKey></EventKey>"), nil
	}
	return nil, errors.New("WeChat has no such thing")
}

func (p *Platform) sendFile(who *person, act emulate.Act) ([]byte, error) {
	kind := act.Media
	if p.o.Mini && kind != "image" || kind != "image" && kind != "voice" && kind != "video" {
		return nil, errors.New("only pictures, recordings and videos can be sent to an account")
	}
	p.grant(who, 5, afterMessage)
	id := p.keep(&material{kind: kind, name: act.Name, mime: act.MIME, body: act.File})
	media, _ := p.shown(id, kind)
	p.show(who, emulate.Bubble{From: "me", Media: media})
	fields := "<MediaId>" + cdata(id) + "</MediaId>"
	switch kind {
	case "image":
		fields = "<PicUrl>" + cdata("http://mmbiz.qpic.cn/"+id) + "</PicUrl>" + fields
	case "voice":
		fields += "<Format><![CDATA[amr]]></Format><Recognition></Recognition>"
	case "video":
		fields += "<ThumbMediaId>" + cdata(id) + "</ThumbMediaId>"
	}
	return p.message(who.openid, kind, fields), nil
}

// press taps an option of a menu message, or an entry of the account's menu.
func (p *Platform) press(who *person, act emulate.Act) ([]byte, error) {
	if act.Target == "" {
		for _, raw := range p.menu {
			if body := p.pressMenu(who, raw, act.Value); body != nil {
				return body, nil
			}
		}
		return nil, errors.New("the menu has no such entry")
	}
	for _, b := range who.bubbles {
		for _, row := range b.Buttons {
			if b.ID == act.Target && row[0].Value == act.Value {
				p.grant(who, 5, afterMessage)
				p.show(who, emulate.Bubble{From: "me", Text: row[0].Label})
				return p.message(who.openid, "text", "<Content>"+cdata(row[0].Label)+"</Content><bizmsgmenuid>"+tapped(act.Value)+"</bizmsgmenuid>"), nil
			}
		}
	}
	return nil, errors.New("there is no such option")
}

// tapped is what comes back of an option's id: numbers, and nothing of others.
func tapped(id string) string {
	if strings.Trim(id, "0123456789") == "" {
		return id
	}
	return "0"
}

func (p *Platform) pressMenu(who *person, raw json.RawMessage, value string) []byte {
	var b menuButton
	_ = json.Unmarshal(raw, &b) // it was checked when it was set
	for _, sub := range b.Sub {
		if body := p.pressMenu(who, sub, value); body != nil {
			return body
		}
	}
	switch {
	case len(b.Sub) > 0 || b.Key != value && b.URL != value:
	case b.Type == "view":
		return p.event(who.openid, "VIEW", "<EventKey>"+cdata(b.URL)+"</EventKey><MenuId>421000001</MenuId>")
	case b.Type == "click":
		p.grant(who, 3, time.Minute)
		return p.event(who.openid, "CLICK", "<EventKey>"+cdata(b.Key)+"</EventKey>")
	}
	return nil
}

// follow subscribes, scans a code again, or enters a mini-program's chat.
func (p *Platform) follow(who *person, scene string) []byte {
	if p.o.Mini {
		p.grant(who, 2, time.Minute)
		return p.event(who.openid, "user_enter_tempsession", "<SessionFrom>"+cdata(scene)+"</SessionFrom>")
	}
	p.grant(who, 3, time.Minute)
	if who.follows && scene != "" {
		return p.event(who.openid, "SCAN", "<EventKey>"+cdata(scene)+"</EventKey><Ticket><![CDATA[gQHi8DwAAAAAAAAAAS]]></Ticket>")
	}
	who.follows = true
	fields := "<EventKey></EventKey>"
	if scene != "" {
		fields = "<EventKey>" + cdata("qrscene_"+scene) + "</EventKey><Ticket><![CDATA[gQHi8DwAAAAAAAAAAS]]></Ticket>"
	}
	return p.event(who.openid, "subscribe", fields)
}
