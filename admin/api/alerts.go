package api

import (
	"context"
	"fmt"
	"net/mail"
	"net/url"
	"strings"

	"parley/admin/auth"
	"parley/core"
	"parley/core/alert"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
)

// ShownAlertSettings are the settings of alerts, with whether there is a secret.
type ShownAlertSettings struct {
	core.AlertSettings
	Signed bool   `json:"signed" doc:"The webhook has a secret"`
	Secret string `json:"secret,omitempty" doc:"The webhook's secret, shown when it was made"`
}

type alertSettingsInput struct {
	Body struct {
		Mail        []string `json:"mail" maxItems:"20" doc:"Addresses to write to"`
		MailAccount canon.ID `json:"mail_account,omitzero" doc:"A linked mailbox that writes to them"`
		Webhook     string   `json:"webhook,omitempty" maxLength:"500" doc:"Address that is told, signed as Standard Webhooks says"`
		NewSecret   bool     `json:"new_secret,omitempty" doc:"Make a new secret for the webhook"`
	}
}

func (a *API) addAlerts() {
	add(a, route{method: "GET", path: "/alerts", tag: "Channels", may: auth.AccountRead, summary: "What people were told of accounts, newest first",
		doc: "One alert a change: an account went red, is well again, or its credentials run out within seven days."},
		func(ctx context.Context, c *call, in *ListInput) (*answer[list[core.Alert]], error) {
			before, err := in.after("alerts")
			if err != nil {
				return nil, err
			}
			all, err := c.scope.Alerts(ctx, before, in.size())
			if !c.who.Can(auth.TenantWrite) {
				for i := range all {
					all[i].Sends = []core.AlertSend{} // other people's addresses
				}
			}
			return listOf(all, in.Limit, func(v core.Alert) string { return cursorText("alerts", v.ID) }), err
		})
	add(a, route{method: "GET", path: "/alerts/settings", tag: "Channels", may: auth.TenantWrite, summary: "Where alerts go besides the inbox"},
		func(ctx context.Context, c *call, _ *none) (*answer[ShownAlertSettings], error) {
			s, sealed, err := c.scope.AlertSettings(ctx)
			return &answer[ShownAlertSettings]{ShownAlertSettings{AlertSettings: s, Signed: len(sealed) > 0}}, err
		})
	add(a, route{method: "PUT", path: "/alerts/settings", tag: "Channels", may: auth.TenantWrite, act: "alerts.changed", summary: "Choose where alerts go", secret: true,
		doc: "A webhook gets a secret when it is first set, or when a new one is asked for; it is shown in this answer and never again."}, a.saveAlertSettings)
	add(a, route{method: "POST", path: "/alerts/test", tag: "Channels", may: auth.TenantWrite, act: "alerts.tested", summary: "Send a test alert to everybody alerts go to", status: 201,
		doc: "How it fares stands in the list of alerts."},
		func(ctx context.Context, c *call, _ *none) (*answer[core.Alert], error) {
			var out core.Alert
			err := c.write(ctx, func(t *store.Tx) (string, error) {
				var err error
				out, err = t.AddAlert(ctx, core.Alert{Kind: core.AlertTest})
				return out.ID.String(), err
			})
			if out.Sends == nil {
				out.Sends = []core.AlertSend{}
			}
			return &answer[core.Alert]{out}, err
		})
}

func (a *API) saveAlertSettings(ctx context.Context, c *call, in *alertSettingsInput) (*answer[ShownAlertSettings], error) {
	b := in.Body
	s := core.AlertSettings{Mail: []string{}, MailAccount: b.MailAccount, Webhook: strings.TrimSpace(b.Webhook)}
	for i, m := range b.Mail {
		at, err := mail.ParseAddress(strings.TrimSpace(m))
		if err != nil || at.Name != "" {
			return nil, core.Invalid("invalid", fmt.Sprintf("body.mail[%d]", i), connector.Text{EN: "This is not an e-mail address.", ZH: "不是有效的邮箱地址。"},
				connector.Text{EN: "Write it like name@example.com.", ZH: "格式如 name@example.com。"})
		}
		s.Mail = append(s.Mail, at.Address)
	}
	if len(s.Mail) > 0 && s.MailAccount.IsZero() {
		return nil, core.Invalid("required", "body.mail_account", connector.Text{EN: "Choose the mailbox that writes to these addresses.", ZH: "请选择用于发送告警的邮箱账号。"},
			connector.Text{EN: "Link an e-mail account first if there is none.", ZH: "如果还没有，请先接入一个电子邮件账号。"})
	}
	if !s.MailAccount.IsZero() {
		v, err := c.scope.Account(ctx, s.MailAccount)
		if err != nil {
			return nil, err
		}
		if d, ok := a.Connectors.Driver(v.Kind); !ok || d.Spec().Ceiling.Subject.Max == 0 {
			return nil, core.Invalid("invalid", "body.mail_account", connector.Text{EN: "This account does not write mail.", ZH: "该账号不能发送邮件。"},
				connector.Text{EN: "Choose an e-mail account.", ZH: "请选择电子邮件账号。"})
		}
	}
	if u, err := url.Parse(s.Webhook); s.Webhook != "" && (err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http") {
		return nil, core.Invalid("invalid", "body.webhook", connector.Text{EN: "This is not a whole address.", ZH: "不是完整的地址。"},
			connector.Text{EN: "Write it like https://example.com/alerts.", ZH: "格式如 https://example.com/alerts。"})
	}
	_, sealed, err := c.scope.AlertSettings(ctx)
	if err != nil {
		return nil, err
	}
	out := ShownAlertSettings{AlertSettings: s}
	switch {
	case s.Webhook == "":
		sealed = nil
	case len(sealed) == 0 || b.NewSecret:
		key, err := c.scope.DataKey(ctx)
		if err != nil {
			return nil, err
		}
		out.Secret = connector.NewSecret()
		if sealed, err = a.Box.Seal(key, alert.SecretScope(c.who.Tenant), []byte(out.Secret)); err != nil {
			return nil, err
		}
	}
	out.Signed = len(sealed) > 0
	err = c.write(ctx, func(t *store.Tx) (string, error) { return "", t.SaveAlertSettings(ctx, s, sealed) })
	return &answer[ShownAlertSettings]{out}, err
}
