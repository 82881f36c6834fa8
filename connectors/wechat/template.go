package wechat

import (
	"context"
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
}

// sendTemplate sends a template message, or a notification.
// https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage
// https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg
func (c *Conn) sendTemplate(ctx context.Context, r connector.Request, t canon.Template) (connector.Receipt, error) {
	id, subscribe := strings.CutPrefix(t.Name, subscribed)
	n := notice{ToUser: string(r.Thread.Peer), TemplateID: id, Data: map[string]value{}}
	for _, p := range t.Params {
		n.Data[p.Slot] = value{printable(p.Text)}
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
		return connector.Receipt{}, err
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
			return nil, unsent(err)
		}
		for _, t := range got.List {
			out = append(out, template(t.ID, t.Title, t.Content))
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
		return nil, unsent(err)
	}
	for _, t := range got.Data {
		out = append(out, template(subscribed+t.ID, t.Title, t.Content))
	}
	return out, nil
}

func template(name, title, content string) canon.Template {
	t := canon.Template{Name: name, Locale: "zh-CN", Text: strings.TrimSpace(title + "\n" + slot.ReplaceAllString(content, "{{$1}}"))}
	for _, m := range slot.FindAllStringSubmatch(content, -1) {
		t.Params = append(t.Params, canon.TemplateParam{Slot: m[1]})
	}
	return t
}
