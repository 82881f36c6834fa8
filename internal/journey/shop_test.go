package journey

import (
	"encoding/json"
	"net"
	"testing"

	"parley/internal/testenv"
)

// password is everybody's; the journeys are not about passwords.
const password = "tall-ships-and-tea-7"

// shop is a small business on a hub: an owner, two agents and a bot.
type shop struct {
	*hub
	lin, chen worker
	bot       string
}

// worker is somebody who serves.
type worker struct {
	id, name, email string
}

// staff sets a hub up through its API: owner Wang, agents Lin and Chen (nobody
// online yet), and a published bot.
func staff(t testing.TB, h *hub) *shop {
	t.Helper()
	api{base: h.url}.do(t, "POST", "/setup", map[string]string{
		"tenant_name": "山野书店", "language": "zh", "name": "王店长", "email": "wang@shop.test", "password": password}, nil)
	s := &shop{hub: h}
	s.lin = s.hire(t, "林小满", "lin@shop.test")
	s.chen = s.hire(t, "陈雨", "chen@shop.test")
	s.bot = s.publishBot(t, botContent)
	return s
}

func (s *shop) hire(t testing.TB, name, email string) worker {
	t.Helper()
	w := worker{name: name, email: email}
	var made named
	s.do(t, "POST", "/agents", map[string]any{"email": email, "name": name, "role": "agent", "max_load": 50, "password": password, "language": "en"}, &made)
	w.id = made.ID
	return w
}

// publishBot makes a bot that answers by the content given.
func (s *shop) publishBot(t testing.TB, content string) string {
	t.Helper()
	var made struct {
		ID       string `json:"id"`
		DraftRev int    `json:"draft_rev"`
	}
	s.do(t, "POST", "/bots", map[string]string{"kind": "rules", "name": "售前助手", "language": "zh"}, &made)
	s.do(t, "PUT", "/bots/"+made.ID+"/draft", map[string]any{"content": json.RawMessage(content), "draft_rev": made.DraftRev}, nil)
	s.do(t, "POST", "/bots/"+made.ID+"/publish", map[string]string{"note": "first"}, nil)
	return made.ID
}

// account links an account and returns its id.
func (h *hub) account(t testing.TB, kind, name, bot string, config map[string]string) string {
	t.Helper()
	body := map[string]any{"connector": kind, "name": name, "config": config}
	if bot != "" {
		body["bot"] = bot
	}
	var made named
	h.do(t, "POST", "/accounts", body, &made)
	return made.ID
}

// webSite links a website and opens a page of it that carries the widget.
func (s *shop) webSite(t testing.TB, bot string) *site {
	t.Helper()
	site := openSite(t, s.hub, "")
	site.secret = "the-site-signs-who-is-signed-in-with-this"
	site.account = s.account(t, "web", "官网", bot, map[string]string{"name": "山野书店", "origins": site.origins(), "identity_secret": site.secret})
	return site
}

// mailbox links a real mailbox on a real mail server.
func (s *shop) mailbox(t testing.TB, bot string) (testenv.Mail, testenv.Mailbox) {
	t.Helper()
	server := testenv.Dovecot(t)
	box := server.NewMailbox(t, "help")
	s.account(t, "email", "客服邮箱", bot, mailConfig(server, box))
	return server, box
}

func mailConfig(server testenv.Mail, box testenv.Mailbox) map[string]string {
	imapHost, imapPort, _ := net.SplitHostPort(server.IMAPAddr)
	smtpHost, smtpPort, _ := net.SplitHostPort(server.SMTPAddr)
	return map[string]string{
		"address": box.Address, "display_name": "山野书店", "imap_password": box.Password,
		"imap_host": imapHost, "imap_port": imapPort, "imap_security": "none",
		"smtp_host": smtpHost, "smtp_port": smtpPort, "smtp_security": "none", "poll_seconds": "10",
	}
}

// botContent is what the shop's bot knows.
const botContent = `{
	"version": 1,
	"basics": {"name": "售前助手", "language": "zh"},
	"matching": {"script": true},
	"welcome": {"on": true, "late": true, "replies": [{"parts": [{"type": "text", "text": "您好，我是售前助手。"}, {"type": "menu", "menu": "main"}]}]},
	"default": {"on": true, "replies": [{"parts": [{"type": "text", "text": "这个我还不会。"}]}]},
	"repeated": {"on": false, "replies": [], "answer": false, "handoff": false},
	"timeout": {"on": false, "seconds": 900, "replies": [], "close": false},
	"human": {"on": true, "words": ["人工", "人工客服", "agent", "person"], "phrases": ["转人工"], "except": ["人工费"]},
	"rules": [
		{"id": "return", "on": true, "match": "keyword", "patterns": ["退货", "refund*"], "order": 10,
		 "answers": [{"parts": [{"type": "text", "text": "签收后七天内可以退货。"}]}], "menus": ["returns"]},
		{"id": "fee", "on": true, "match": "exact", "patterns": ["运费"], "order": 20,
		 "answers": [{"parts": [{"type": "text", "text": "退货运费由我们承担。"}]}]}
	],
	"menus": [
		{"id": "main", "style": "quick", "options": [{"label": "我要退货", "value": "退货"}, {"label": "转人工", "human": true}]},
		{"id": "returns", "style": "buttons", "prompt": "想了解哪一项？", "options": [{"label": "运费谁出", "rule": "fee"}, {"label": "找真人", "human": true}]}
	]
}`
