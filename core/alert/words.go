package alert

import (
	"strings"
	"time"

	"parley/core"
	"parley/core/connector"
)

var subjects = map[core.AlertKind]connector.Text{
	core.AlertRed:   {EN: "{name} is not working", ZH: "{name} 无法正常工作"},
	core.AlertGreen: {EN: "{name} works again", ZH: "{name} 已恢复正常"},
	core.AlertToken: {EN: "The credentials of {name} run out on {date}", ZH: "{name} 的凭据将于 {date} 到期"},
	core.AlertTest:  {EN: "A test alert from Parley", ZH: "Parley 测试告警"},
}

var bodies = map[core.AlertKind]connector.Text{
	core.AlertGreen: {EN: "Messages pass in both directions again.", ZH: "消息收发已恢复。"},
	core.AlertToken: {EN: "Renew them before that, or messages stop.", ZH: "请在到期前更新，否则消息将中断。"},
	core.AlertTest:  {EN: "Alerts of your accounts arrive here.", ZH: "账号告警会发送到这里。"},
}

// Words are the subject and body of an alert's mail.
func Words(a core.Alert, lang, pageURL string) (subject, body string) {
	date := a.Expires.Format(time.DateOnly)
	subject = strings.NewReplacer("{name}", a.Name, "{date}", date).Replace(subjects[a.Kind].In(lang))
	lines := []string{subject + connector.Text{EN: ".", ZH: "。"}.In(lang)}
	for _, line := range []string{bodies[a.Kind].In(lang), a.Text.In(lang), a.Remedy.In(lang)} {
		if line != "" && a.Kind != core.AlertGreen || line == bodies[core.AlertGreen].In(lang) {
			lines = append(lines, line)
		}
	}
	if at := page(pageURL, a); at != "" {
		lines = append(lines, at)
	}
	return subject, strings.Join(lines, "\n\n")
}

// page is the address of the account's page.
func page(pageURL string, a core.Alert) string {
	if a.Account.IsZero() {
		return ""
	}
	return pageURL + "/channels/a/" + a.Account.String()
}
