package wechat

import "encoding/json"

type menuButton struct {
	Type     string            `json:"type"`
	Name     string            `json:"name"`
	Key      string            `json:"key"`
	URL      string            `json:"url"`
	AppID    string            `json:"appid"`
	PagePath string            `json:"pagepath"`
	Sub      []json.RawMessage `json:"sub_button"`
}

func (p *Platform) menuCreate(c *call) result {
	var ask struct {
		Button []json.RawMessage `json:"button"`
	}
	_ = json.Unmarshal(c.body, &ask) // checkBody saw that it is JSON
	if n := len(ask.Button); n < 1 || n > 3 {
		return refuse(40016, "invalid button size")
	}
	for _, raw := range ask.Button {
		if bad := checkButton(raw, false); bad.code != 0 {
			return bad
		}
	}
	p.menu = ask.Button
	return result{}
}

func checkButton(raw json.RawMessage, below bool) result {
	var b menuButton
	if json.Unmarshal(raw, &b) != nil {
		return refuse(47001, "data format error")
	}
	most := 16
	if below {
		most = 60
	}
	switch {
	case b.Name == "" || len(b.Name) > most:
		return refuse(40018, "invalid button name size")
	case len(b.Sub) > 5 || len(b.Sub) > 0 && below:
		return refuse(40023, "invalid sub button size")
	case len(b.Sub) > 0:
		for _, s := range b.Sub {
			if bad := checkButton(s, true); bad.code != 0 {
				return bad
			}
		}
		return result{}
	}
	switch b.Type {
	case "click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select":
		if b.Key == "" || len(b.Key) > 128 {
			return refuse(40019, "invalid button key size")
		}
	case "view", "miniprogram":
		if b.URL == "" || len(b.URL) > 1024 {
			return refuse(40020, "invalid button url size")
		}
		if b.Type == "miniprogram" && (b.AppID == "" || b.PagePath == "") {
			return refuse(40119, "invalid use button type")
		}
	case "media_id", "view_limited", "article_id", "article_view_limited":
	default:
		return refuse(40119, "invalid use button type")
	}
	return result{}
}

func (p *Platform) menuGet(*call) result {
	if len(p.menu) == 0 {
		return refuse(46003, "menu no exist")
	}
	return result{fields: map[string]any{"menu": map[string]any{"button": p.menu}}}
}

func (p *Platform) menuDelete(*call) result {
	p.menu = nil
	return result{}
}
