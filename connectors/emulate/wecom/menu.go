package wecom

import (
	"encoding/json"
	"errors"
	"strings"

	"parley/connectors/emulate"
)

// menuEntry is an entry of an application's menu (90231).
type menuEntry struct {
	Type     string            `json:"type"`
	Name     string            `json:"name"`
	Key      string            `json:"key"`
	URL      string            `json:"url"`
	AppID    string            `json:"appid"`
	PagePath string            `json:"pagepath"`
	Sub      []json.RawMessage `json:"sub_button"`
}

// menuCodes are the codes of what may be wrong with an entry, which differ between
// the levels (90313).
type menuCodes struct {
	kind, name, key, url, scheme int64
	most                         int // bytes of a name
}

var (
	menuTop   = menuCodes{kind: 40017, name: 40018, key: 40019, url: 40020, scheme: 40055, most: 16}
	menuBelow = menuCodes{kind: 40024, name: 40025, key: 40026, url: 40027, scheme: 40054, most: 40}
)

// createMenu is menu/create (90231).
func (p *Platform) createMenu(r *request) (answer, *refusal) {
	var in struct {
		Button []json.RawMessage `json:"button"`
	}
	if bad := r.read(&in); bad != nil {
		return answer{}, bad
	}
	if r.query.Get("agentid") != AgentID {
		return answer{}, no(40056, "invalid agentid")
	}
	if n := len(in.Button); n < 1 || n > 3 {
		return answer{}, no(40016, "invalid button size")
	}
	for _, raw := range in.Button {
		if bad := checkEntry(raw, menuTop); bad != nil {
			return answer{}, bad
		}
	}
	p.mu.Lock()
	p.bar = in.Button
	p.mu.Unlock()
	p.menuChanged()
	return answer{}, nil
}

func checkEntry(raw json.RawMessage, code menuCodes) *refusal {
	var b menuEntry
	if json.Unmarshal(raw, &b) != nil {
		return no(47001, "data format error")
	}
	switch {
	case b.Name == "" || len(b.Name) > code.most:
		return no(code.name, "invalid button name size")
	case len(b.Sub) > 0 && code == menuBelow:
		return no(40022, "invalid sub button level")
	case len(b.Sub) > 5:
		return no(40023, "invalid sub button size")
	case len(b.Sub) > 0:
		for _, sub := range b.Sub {
			if bad := checkEntry(sub, menuBelow); bad != nil {
				return bad
			}
		}
		return nil
	}
	switch b.Type {
	case "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select":
		if b.Key == "" || len(b.Key) > 128 {
			return no(code.key, "invalid button key size")
		}
	case "view":
		if b.URL == "" || len(b.URL) > 1024 {
			return no(code.url, "invalid button url size")
		}
		if !strings.HasPrefix(b.URL, "http://") && !strings.HasPrefix(b.URL, "https://") {
			return no(code.scheme, "invalid button url domain")
		}
	case "view_miniprogram":
		if b.AppID == "" || b.PagePath == "" {
			return no(40058, "invalid Request Parameter: appid or pagepath missing")
		}
	default:
		return no(code.kind, "invalid button type")
	}
	return nil
}

// getMenu is menu/get (90232).
func (p *Platform) getMenu(r *request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case r.query.Get("agentid") != AgentID:
		return answer{}, no(40056, "invalid agentid")
	case len(p.bar) == 0:
		return answer{}, no(46003, "menu no exist")
	}
	return answer{fields: map[string]any{"button": p.bar}}, nil
}

// deleteMenu is menu/delete (90233).
func (p *Platform) deleteMenu(r *request) (answer, *refusal) {
	if r.query.Get("agentid") != AgentID {
		return answer{}, no(40056, "invalid agentid")
	}
	p.mu.Lock()
	p.bar = nil
	p.mu.Unlock()
	p.menuChanged()
	return answer{}, nil
}

func (p *Platform) menuChanged() {
	p.mu.Lock()
	var members []string
	for _, who := range p.people {
		if who.member {
			members = append(members, who.id)
		}
	}
	p.mu.Unlock()
	for _, who := range members {
		p.changed("wecom", who)
	}
}

// menuRows is the menu on a screen: an entry, and behind it those below it.
func (p *Platform) menuRows() (rows [][]emulate.Button) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, raw := range p.bar {
		b := entryOf(raw)
		row := []emulate.Button{shownEntry(b)}
		for _, sub := range b.Sub {
			row = append(row, shownEntry(entryOf(sub)))
		}
		rows = append(rows, row)
	}
	return rows
}

func entryOf(raw json.RawMessage) (b menuEntry) {
	_ = json.Unmarshal(raw, &b) // it was checked when it was set
	return b
}

func shownEntry(b menuEntry) emulate.Button {
	return emulate.Button{Label: b.Name, Value: b.Key, URL: b.URL}
}

// PressMenu is a member tapping an entry of the menu, by its key or address
// (90240 事件格式).
func (p *Platform) PressMenu(member, value string) error {
	p.mu.Lock()
	var all []json.RawMessage
	for _, raw := range p.bar {
		if b := entryOf(raw); len(b.Sub) > 0 {
			all = append(all, b.Sub...)
		} else {
			all = append(all, raw)
		}
	}
	p.mu.Unlock()
	for _, raw := range all {
		b := entryOf(raw)
		switch {
		case value == "" || b.Key != value && b.URL != value:
		case b.Type == "click" || b.Type == "view":
			p.Tell(member, "event", element("Event", b.Type)+element("EventKey", value))
			return nil
		default:
			return errors.New("what this entry opens is not played here")
		}
	}
	return errors.New("the menu has no such entry")
}
