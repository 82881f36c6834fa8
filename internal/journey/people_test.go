package journey

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"
)

var linkInLetter = regexp.MustCompile(`http[^\s"<>]+/password#[\w.-]+`)

// letterLink waits for a letter that says something and returns the link in it.
func letterLink(t testing.TB, box interface {
	Wait(testing.TB, string, int) [][]byte
}, n int) (link, words string) {
	t.Helper()
	all := box.Wait(t, "INBOX", n)
	m := read(t, all[n-1])
	if link = linkInLetter.FindString(m.text); link == "" {
		t.Fatalf("no link in the letter %q: %s", m.subject(), m.text)
	}
	return link, m.subject() + "\n" + m.text
}

// A colleague is invited by mail, chooses a password and answers her first
// customer; forgets it, and has a link mailed; is deactivated, and what she had
// goes to the queue. Links that count no more say why.
func TestX10_InvitedByMailServesForgetsAndLeaves(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	server, _ := s.mailbox(t, "")
	box := server.NewMailbox(t, "zhao")
	app := s.platform(t, "")

	wang := somebody(t, "王店长", manner{Locale: "zh-CN", Size: &size{1440, 900}, Axe: true}).open(s.url + "/signin")
	wang.fill(label("邮箱"), "wang@shop.test")
	wang.fill(label("密码"), password)
	wang.click(button("登录"))
	wang.sees(role("link", "会话").loose().nth(0))
	wang.visit(s.url + "/settings/team")
	wang.click(button("新建客服"))
	dialog := role("dialog")
	wang.fill(label("姓名").within(dialog), "赵敏")
	wang.fill(label("邮箱").within(dialog), box.Address)
	wang.click(button("保存"))
	wang.sees(text("发送到 " + box.Address).within(dialog))
	wang.shot("invite-mailed")
	wang.accessible("the link")
	first, words := letterLink(t, box, 1)
	if want := "邀请你加入"; !regexp.MustCompile(want).MatchString(words) {
		t.Errorf("the letter does not say %s: %s", want, words)
	}
	wang.click(button("关闭").nth(-1))

	// Renewed, the first counts no more.
	row := css("tr").has(box.Address)
	wang.sees(row.has("已邀请"))
	wang.click(button("赵敏 的更多操作"))
	wang.click(role("menuitem", "重新邀请").loose().shown())
	wang.sees(text("发送到 " + box.Address).within(dialog))
	wang.click(button("关闭").nth(-1))
	second, _ := letterLink(t, box, 2)
	zhao := somebody(t, "赵敏", manner{Locale: "zh-CN", Size: &size{1440, 900}}).open(first)
	zhao.sees(role("heading", "此链接已被新的链接取代。"))
	zhao.shot("link-replaced")

	zhao.visit(second)
	zhao.sees(role("heading", "欢迎，赵敏"))
	zhao.fill(label("新密码"), "password1")
	zhao.click(button("保存并登录"))
	zhao.sees(css(".ant-form-item-explain-error"))
	zhao.shot("invite-accept")
	zhao.fill(label("新密码"), "low-tide-at-seven")
	zhao.click(button("保存并登录"))
	zhao.sees(role("link", "会话").loose().nth(0))
	wang.reload()
	wang.misses(row.has("已邀请"))

	// Her first customer; the owner is busy.
	var all struct {
		Items []named `json:"items"`
	}
	s.do(t, "GET", "/agents", nil, &all)
	s.do(t, "PUT", "/agents/"+all.Items[0].ID+"/state", object{"state": "busy"}, nil)
	e := object{"event_id": "first", "from": object{"id": "mei", "name": "Mei", "locale": "zh-CN"}, "event": object{"type": "posted", "message": object{"parts": []object{{"type": "text", "body": "包裹在哪里？"}}}}}
	if got := app.tell(t, e); got != http.StatusNoContent {
		t.Fatalf("a message was answered %d", got)
	}
	d := &desk{tab: zhao, who: worker{name: "赵敏"}}
	d.opens("Mei")
	field := role("textbox", "回复").loose().within(role("region", "输入"))
	zhao.sees(field)
	zhao.fill(field, "您好，我来查一下。")
	zhao.press(field, "Enter")
	zhao.sees(d.log("agent").has("我来查一下"))

	// She forgets it at home.
	home := somebody(t, "赵敏在家", manner{Locale: "en-GB", Size: &size{390, 844}, Axe: true}).open(s.url + "/signin")
	home.click(role("link", "Forgot your password?"))
	home.fill(label("E-mail"), box.Address)
	home.shot("forgot-390")
	home.click(button("Send me a link"))
	home.sees(role("heading", "Look into your mail"))
	home.accessible("having asked")
	reset, _ := letterLink(t, box, 3)
	home.visit(reset)
	home.fill(label("New password"), "high-tide-at-nine")
	home.click(button("Save and sign in"))
	home.sees(css("select"))
	zhao.sees(label("邮箱")) // signed out where she was
	for _, x := range []struct{ link, says string }{{reset, "This link was used already."}, {reset + "x", "This link is not known."}} {
		late := somebody(t, "whoever finds it", manner{Locale: "en-GB"}).open(x.link)
		late.sees(role("heading", x.says))
	}

	// A link that is taken back says so; then she leaves.
	wang.click(button("赵敏 的更多操作"))
	wang.click(role("menuitem", "设置新密码的链接").loose().shown())
	link := wang.read(css("[class*=link]").within(dialog).has("/password#"), "text")
	wang.click(button("关闭").nth(-1))
	wang.click(button("赵敏 的更多操作"))
	wang.click(role("menuitem", "撤销链接").loose().shown())
	wang.sees(text("链接已失效。"))
	late := somebody(t, "whoever finds it", manner{Locale: "zh-CN"}).open(link)
	late.sees(role("heading", "此链接已被撤销。"))
	wang.click(row)
	wang.click(role("switch", "允许登录").within(dialog))
	wang.sees(text("对方的会话将转入排队").within(dialog))
	wang.shot("deactivate")
	wang.click(button("保存"))
	home.sees(label("邮箱")) // in her language since she signed in
	until(t, "what she had goes to the queue", func() (bool, string) {
		open := s.conversations(t, "status=queue")
		return len(open) == 1, fmt.Sprint(open)
	})
	for _, p := range []*tab{wang, zhao, home} {
		if l := p.did(); len(l.Errors) > 0 {
			t.Errorf("a page failed: %q", l.Errors)
		}
	}
}

// Lin names Chen in a note by letters of his name's pinyin; Chen is told wherever
// he is, opens it, and it counts as read. Who cannot see the conversation is shown
// so and not told.
func TestU08_AColleagueIsMentionedInANote(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	app := s.platform(t, "")
	s.do(t, "POST", "/agents", map[string]any{"email": "zhou@shop.test", "name": "周新", "role": "limited", "password": password, "language": "en"}, nil)
	e := object{"event_id": "one", "from": object{"id": "mei", "name": "Mei", "locale": "zh-CN"}, "event": object{"type": "posted", "message": object{"parts": []object{{"type": "text", "body": "这个订单怎么退？"}}}}}
	chen := s.signIn(t, s.chen, manner{Size: &size{1440, 900}, Scheme: "dark", Axe: true})
	s.do(t, "PUT", "/agents/"+s.chen.id+"/state", object{"state": "busy"}, nil)
	chen.visit(s.url + "/settings/profile")
	lin := s.signIn(t, s.lin, manner{Size: &size{1440, 900}, Axe: true})
	if got := app.tell(t, e); got != http.StatusNoContent {
		t.Fatalf("a message was answered %d", got)
	}
	lin.opens("Mei")
	lin.sees(lin.field())
	lin.press(css("body"), "n")
	note := role("textbox", "Note").loose().within(lin.composer())
	offers := role("listbox", "Suggestions").within(lin.composer())
	lin.write(note, "@zx")
	lin.sees(role("option", "周新").loose().within(offers).has("cannot see this"))
	lin.press(note, "Enter") // takes nobody
	lin.sees(role("option", "周新").loose().within(offers))
	lin.fill(note, "")
	lin.write(note, "麻烦 @")
	lin.sees(role("option", "陈雨").loose().within(offers))
	lin.shot("mention-offer")
	lin.accessible("whom to mention")
	lin.write(note, "cy")
	lin.counts(role("option").within(offers), 1)
	lin.press(note, "Enter")
	lin.write(note, "看一下退款")
	lin.press(note, "Enter")
	lin.sees(lin.log("note").has("@陈雨 看一下退款"))
	lin.shot("mention-sent")

	chen.sees(text(s.lin.name + " mentioned you"))
	chen.shot("mention-told-dark")
	chen.visit(s.url + "/inbox/mentions")
	views := role("navigation", "Views")
	chen.sees(role("link", "Mentions 1").loose().within(views))
	chen.sees(chen.row("看一下退款"))
	chen.shot("mention-list-dark")
	chen.accessible("the mentions")
	chen.opens("看一下退款")
	chen.sees(css("article[data-me]").has("@陈雨"))
	chen.misses(role("link", "Mentions 1").loose().within(views))
	chen.sees(role("link", "Mentions").loose().within(views))
	chen.misses(role("img", "Not read yet"))
	chen.shot("mention-read-dark")

	// On a phone the list is chosen above it.
	phone := s.signIn390(t, s.chen)
	phone.visit(s.url + "/inbox/mentions")
	phone.sees(phone.row("看一下退款"))
	phone.shot("mention-list-390")
	for _, p := range []*tab{lin.tab, chen.tab, phone.tab} {
		if l := p.did(); len(l.Errors) > 0 {
			t.Errorf("a page failed: %q", l.Errors)
		}
	}
}

// signIn390 signs in on a phone, where the views are a choice above the list.
func (s *shop) signIn390(t testing.TB, w worker) *desk {
	t.Helper()
	d := &desk{tab: somebody(t, w.name, manner{Locale: "en-GB", Size: &size{390, 844}}).open(s.url), who: w}
	d.fill(label("E-mail"), w.email)
	d.fill(label("Password"), password)
	d.click(button("Sign in"))
	d.sees(role("combobox", "Views"))
	return d
}
