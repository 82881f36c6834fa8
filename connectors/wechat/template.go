package wechat

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// subscribed marks the names of notifications a customer agrees to one by one
// (订阅通知); other names are those of template messages (模板消息).
const subscribed = "subscribe:"

// templateID is how the message of a template is known: reports of its end name
// it so.
func templateID(id string) canon.RemoteID { return canon.RemoteID("template:" + id) }

type value struct {
	Value string `json:"value"`
}

// notice is a template message or a notification. client_msg_id keeps a repeated
// call within ten minutes from sending twice.
type notice struct {
	ToUser     string           `json:"touser"`
	TemplateID string           `json:"template_id"`
	Data       map[string]value `json:"data"`
	ClientID   string           `json:"client_msg_id,omitempty"`
	URL        string           `json:"url,omitempty"`
	Page       string           `json:"page,omitempty"` // of notifications: of our own mini-program, or an address
	Program    *program         `json:"miniprogram,omitempty"`
}

// program is the mini-program a tap opens where the device can, before the address.
type program struct {
	AppID string `json:"appid"`
	Page  string `json:"pagepath,omitempty"`
}

// leads are the slots of where a tap leads: a mini-program's notifications open it,
// those of an official account an address or a mini-program bound to it.
func leads(mini bool) []canon.TemplateParam {
	if mini {
		return []canon.TemplateParam{{Slot: "page", Leads: canon.LeadPage}}
	}
	return []canon.TemplateParam{{Slot: "url", Leads: canon.LeadURL}, {Slot: "miniprogram.appid", Leads: canon.LeadApp}, {Slot: "miniprogram.pagepath", Leads: canon.LeadPage}}
}

// lead writes where a tap leads; notification tells one from a template message.
func (n *notice) lead(to map[canon.Lead]string, mini, notification bool) error {
	switch {
	case mini:
		n.Page = to[canon.LeadPage]
	case notification:
		n.Page = to[canon.LeadURL]
	default:
		n.URL = to[canon.LeadURL]
	}
	if mini || to[canon.LeadApp] == "" && to[canon.LeadPage] == "" {
		return nil
	}
	if to[canon.LeadApp] == "" {
		return &connector.Error{Class: connector.Invalid, Code: "no_appid", Err: errors.New("a page of no mini-program"),
			Shown: text("A page of a mini-program needs the mini-program's AppID. Fill it in, or leave the page empty.", "填写小程序页面时必须同时填写小程序 AppID；也可将页面留空。")}
	}
	n.Program = &program{to[canon.LeadApp], to[canon.LeadPage]}
	return nil
}

// unbound tells a mini-program WeChat does not open from here from an AppID of our
// own that it does not know: the code is the same, and only the latter is the
// account's fault.
func (n notice) unbound(err error) error {
	var e *connector.Error
	if n.Program == nil || !errors.As(err, &e) || e.Code != "40013" {
		return err
	}
	return &connector.Error{Class: connector.Invalid, Code: e.Code, Err: e.Err,
		Shown: text("WeChat does not open this mini-program from here. Check its AppID, and that it is bound to the account in the console.", "无法跳转该小程序。请检查小程序 AppID，并确认已在公众平台与本账号关联。")}
}

// sendTemplate sends a template message, or a notification.
// https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage
// https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg
func (c *Conn) sendTemplate(ctx context.Context, r connector.Request, t canon.Template) (connector.Receipt, error) {
	id, subscribe := strings.CutPrefix(t.Name, subscribed)
	n := notice{ToUser: string(r.Thread.Peer), TemplateID: id, Data: map[string]value{}}
	to := map[canon.Lead]string{}
	for _, p := range t.Params {
		if p.Leads == "" {
			n.Data[p.Slot] = value{printable(p.Text)}
		} else {
			to[p.Leads] = strings.TrimSpace(p.Text)
		}
	}
	if err := n.lead(to, c.mini, subscribe); err != nil {
		return connector.Receipt{}, err
	}
	path := "/cgi-bin/message/template/send"
	switch {
	case c.mini:
		path = "/cgi-bin/message/subscribe/send"
	case subscribe:
		path = "/cgi-bin/message/subscribe/bizsend"
	default:
		n.ClientID = strings.ReplaceAll(r.Key.String(), "-", "")
	}
	var got struct {
		status
		MsgID int64 `json:"msgid"`
	}
	if err := c.call(ctx, path, n, &got); err != nil {
		return connector.Receipt{}, n.unbound(err)
	}
	out := connector.Receipt{State: canon.Sent}
	if got.MsgID != 0 {
		out.RemoteID = templateID(strconv.FormatInt(got.MsgID, 10))
	}
	return out, nil
}

// slot is a place to fill in a template: {{thing1.DATA}}.
var slot = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\.DATA\s*\}\}`)

// Templates lists the account's templates; the parameters name their slots.
func (c *Conn) Templates(ctx context.Context, _ connector.Account) ([]canon.Template, error) {
	var out []canon.Template
	if !c.mini {
		var got struct {
			status
			List []struct {
				ID      string `json:"template_id"`
				Title   string `json:"title"`
				Content string `json:"content"`
			} `json:"template_list"`
		}
		if err := c.call(ctx, "/cgi-bin/template/get_all_private_template", nil, &got); err != nil {
			return nil, connector.Harmless(err)
		}
		for _, t := range got.List {
			out = append(out, template(t.ID, t.Title, t.Content, c.mini))
		}
	}
	var got struct {
		status
		Data []struct {
			ID      string `json:"priTmplId"`
			Title   string `json:"title"`
			Content string `json:"content"`
		} `json:"data"`
	}
	if err := c.call(ctx, "/wxaapi/newtmpl/gettemplate", nil, &got); err != nil {
		return nil, connector.Harmless(err)
	}
	for _, t := range got.Data {
		out = append(out, template(subscribed+t.ID, t.Title, t.Content, c.mini))
	}
	return out, nil
}

func template(name, title, content string, mini bool) canon.Template {
	t := canon.Template{Name: name, Locale: "zh-CN", Text: strings.TrimSpace(title + "\n" + slot.ReplaceAllString(content, "{{$1}}"))}
	for _, m := range slot.FindAllStringSubmatch(content, -1) {
		t.Params = append(t.Params, canon.TemplateParam{Slot: m[1]})
	}
	t.Params = append(t.Params, leads(mini)...)
	return t
}
