package api

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"parley/admin/auth"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

// Preview is what would become of a message.
type Preview struct {
	Look
	Shut bool `json:"shut" doc:"The channel takes nothing but a template until the customer writes again"`
}

type previewInput struct {
	ByID
	Body struct {
		Content *canon.Message `json:"content,omitempty" doc:"What would be said: either this or text"`
		Text    string         `json:"text,omitempty" maxLength:"100000"`
		ReplyTo canon.ID       `json:"reply_to,omitzero" doc:"A message of this thread that it would answer"`
		Edits   canon.ID       `json:"edits,omitzero" doc:"A message of this thread whose words text would replace: where the channel changes none, what is shown is the correction that would be sent"`
	}
}

func (a *API) addSending() {
	add(a, route{method: "POST", path: "/conversations/{id}/preview", tag: "Messages", may: auth.ConversationReply, summary: "What would become of a message on its channel",
		doc: "Rendered as it would be sent, by what the channel can carry now. Nothing is sent or stored."}, a.preview)
	add(a, route{method: "GET", path: "/conversations/{id}/templates", tag: "Messages", may: auth.ConversationReply, summary: "Templates the channel of a conversation has approved",
		doc: "Asked of the platform. text marks each slot as {{slot}}; send the template back with its params filled in."}, a.templates)
}

func (a *API) preview(ctx context.Context, c *call, in *previewInput) (*answer[Preview], error) {
	r, err := a.see(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	m, err := a.content(ctx, c, in.Body.Content, in.Body.Text)
	if err != nil {
		return nil, err
	}
	thread, _, err := c.scope.Thread(ctx, r.Thread)
	if err != nil {
		return nil, err
	}
	caps, _, err := a.Desk.Reach(ctx, c.who.Tenant, r, thread.Key, true)
	if err != nil {
		return nil, err
	}
	if !in.Body.Edits.IsZero() {
		correction, instead, err := a.Desk.Correction(ctx, c.who.Tenant, in.Body.Edits, in.Body.Text)
		if err != nil {
			return nil, at(err, "edits")
		}
		if instead {
			m, in.Body.ReplyTo = correction, in.Body.Edits
		}
	}
	got, err := look(a.Desk.Preview(ctx, c.who.Tenant, r, thread.Key, m, in.Body.ReplyTo, sees(c)))
	return &answer[Preview]{Preview{got, caps.Window.Shut(c.scope.Now())}}, err
}

func (a *API) templates(ctx context.Context, c *call, in *ByID) (*answer[list[canon.Template]], error) {
	r, err := a.see(ctx, c, in.ID)
	if err != nil {
		return nil, err
	}
	v, conn, err := a.connOf(ctx, c, r.Account)
	if err != nil {
		return nil, err
	}
	t, ok := conn.(connector.Templater)
	if !ok || !conn.Capabilities(canon.ThreadKey{Account: v.RemoteID}).Can(connector.OpsTemplates) {
		return nil, &core.Fault{Kind: core.FaultConflict, Code: "no_templates",
			Text:   connector.Text{EN: "This channel has no templates.", ZH: "该渠道没有模板消息。"},
			Remedy: connector.Text{EN: "Write plain words instead.", ZH: "请直接发送文字。"}}
	}
	ctx, cancel := context.WithTimeout(ctx, menuTime)
	defer cancel()
	all, err := t.Templates(ctx, connector.Account{ID: v.ID, RemoteID: v.RemoteID, Name: v.Name})
	if err != nil {
		return nil, platformSays(err)
	}
	return listOf(all, len(all), nil), nil
}

// leads tells an address of the web.
func leads(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// template writes what fills its slots into the words of a template, and checks
// that nothing is missing.
func (a *API) template(ctx context.Context, c *call, t canon.Template, field string) (canon.Template, error) {
	if t.Name == "" {
		return t, core.Invalid("template", field+".name", connector.Text{EN: "This names no template.", ZH: "未指定模板。"},
			connector.Text{EN: "GET the conversation's templates.", ZH: "请先获取该会话可用的模板。"})
	}
	t.Params = slices.DeleteFunc(slices.Clone(t.Params), func(p canon.TemplateParam) bool { return p.Leads != "" && p.Text == "" })
	for i, p := range t.Params {
		place := fmt.Sprintf("%s.params[%d]", field, i)
		switch {
		case p.Leads == canon.LeadURL && !leads(p.Text):
			return t, core.Invalid("bad_address", place, connector.Text{EN: "This is no address of the web.", ZH: "不是有效的网址。"},
				connector.Text{EN: "Write one that begins with https://, or leave it empty.", ZH: "请填写以 https:// 开头的网址，或留空。"})
		case p.Text == "" && p.File.IsZero():
			return t, core.Invalid("slot_empty", place, connector.Text{EN: "The slot " + p.Slot + " is empty.", ZH: "“" + p.Slot + "”尚未填写。"},
				connector.Text{EN: "Fill in every slot of the template.", ZH: "请填写模板中的每一项。"})
		case !p.File.IsZero():
			if _, err := a.file(ctx, c, p.File); err != nil {
				return t, at(err, place+".file")
			}
		}
	}
	return t.Filled(), nil
}
