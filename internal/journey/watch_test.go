package journey

import (
	"fmt"
	"net/http"
	"testing"
)

// Two agents answer one customer at the same time: each sees the other, and the
// second is told of the first's answer before hers goes. A supervisor meanwhile
// watches the team at work, looks into a conversation unnoticed, whispers, takes
// it over and gives it to somebody else.
func TestU06_TwoAgentsAtOnceAndTheSupervisorsWatch(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	app := s.platform(t, "")
	n := 0
	writes := func(who, words string) {
		t.Helper()
		n++
		e := object{"event_id": fmt.Sprintf("%s %d", who, n), "from": object{"id": who, "name": who}, "event": object{"type": "posted", "message": object{"parts": []object{{"type": "text", "body": words}}}}}
		if got := app.tell(t, e); got != http.StatusNoContent {
			t.Fatalf("a message was answered %d", got)
		}
	}
	su := worker{name: "苏经理", email: "su@shop.test"}
	s.do(t, "POST", "/agents", map[string]any{"email": su.email, "name": su.name, "role": "supervisor", "max_load": 0, "password": password, "language": "en"}, nil)
	s.do(t, "POST", "/teams", map[string]any{"name": "Repairs", "members": []string{s.chen.id}}, nil)

	lin := s.signIn(t, s.lin, manner{Permissions: []string{"notifications"}, Script: ears, Axe: true})
	lin.goes("Online")
	writes("Anna", "Where is my parcel?")
	lin.opens("Anna")
	c := list[named](t, s.api, "/conversations")[0].ID
	s.do(t, "POST", "/conversations/"+c+"/colleagues", map[string]any{"agent": s.chen.id}, nil)
	chen := s.signIn(t, s.chen, manner{})
	chen.view("All open")
	chen.opens("Anna")
	chen.sees(text("林小满 has this open too"))
	lin.sees(text("陈雨 has this open too"))

	chen.write(chen.field(), "It is on its way")
	lin.sees(text("陈雨 is typing"))
	lin.replies("It arrives tomorrow")
	chen.sees(chen.log("agent").has("It arrives tomorrow"))
	chen.press(chen.field(), "Enter")
	told := role("alert").has("林小满 answered meanwhile: “It arrives tomorrow”")
	chen.sees(told)
	chen.shot("answered-meanwhile")
	answers := func() (n int) {
		var page struct {
			Items []struct {
				From string `json:"from"`
			} `json:"items"`
		}
		s.do(t, "GET", "/conversations/"+c+"/messages", nil, &page)
		for _, m := range page.Items {
			if m.From == "agent" {
				n++
			}
		}
		return n
	}
	if got := answers(); got != 1 {
		t.Fatalf("the customer got %d answers before Chen decided", got)
	}
	chen.click(button("Send anyway").within(told))
	chen.misses(told)
	until(t, "Chen's answer went all the same", func() (bool, string) { return answers() == 2, fmt.Sprint(answers()) })
	chen.visit(s.url + "/settings")
	chen.goes("Busy")
	lin.misses(text("陈雨 has this open too"))

	// The supervisor, who sees it live: a customer who comes, and what Lin has now.
	lin.view("Mine")
	boss := s.signIn(t, su, manner{Axe: true})
	boss.press(css("body"), "g")
	boss.press(css("body"), "w")
	boss.sees(role("heading", "Watch"))
	going := role("list", "All conversations")
	boss.sees(css("tr").has("林小满").has("1 / 50").within(role("table", "Agents")))
	boss.accessible("the watch")
	boss.shot("watch-1440")
	writes("Berta", "Is anybody there?")
	boss.sees(css("li").has("Berta").has("林小满").within(going))
	boss.sees(css("tr").has("林小满").has("2 / 50").within(role("table", "Agents")))

	// She looks in, and nobody notices; she whispers, and Lin alone is told: by one of
	// her windows, in words, until she asks for none.
	lin.opens("Berta")
	other := lin.open(s.url + "/settings/notifications")
	other.sees(role("heading", "Notifications"))
	other.accessible("the notifications")
	other.shot("notifications")
	rings := hearing{t, []*tab{lin.tab, other}}
	rings.away()
	boss.click(role("link", "Anna").loose().within(going))
	boss.sees(boss.log("agent").has("It arrives tomorrow"))
	boss.click(role("tab", "Note").within(boss.composer()))
	boss.fill(role("textbox", "Note about Anna").loose(), "Offer her a voucher.")
	boss.press(role("textbox", "Note about Anna").loose(), "Enter")
	boss.sees(boss.log("note").has("Offer her a voucher."))
	lin.click(button("Open"))
	lin.sees(lin.log("note").has("Offer her a voucher."))
	rings.once("苏经理 wrote a note about Anna: Offer her a voucher.", 3)
	lin.misses(text("苏经理 has this open too"))
	other.click(role("switch", "Keep them private"))
	if got := answers(); got != 2 {
		t.Errorf("the customer was sent %d answers, the note among them", got)
	}

	// She takes over: Lin sees whose it is now, and the customer reads her.
	boss.click(button("Take this conversation"))
	boss.click(role("tab", "Reply").within(boss.composer()))
	boss.replies("Here is a voucher, Anna.")
	lin.sees(text("苏经理 is answering."))
	until(t, "the supervisor's answer", func() (bool, string) { return answers() == 3, fmt.Sprint(answers()) })
	boss.shot("watch-taken")

	// And gives it on: to Lin, who is told and no more than that; and Berta to a team.
	gives := func(to string) {
		t.Helper()
		boss.click(button("Transfer"))
		boss.fill(css(".ant-modal input").nth(0), to)
		boss.press(css(".ant-modal input").nth(0), "Enter")
		boss.sees(text("Undo"))
		boss.misses(role("dialog"))
	}
	gives("林小满")
	rings.once("Something new in Parley", 2)
	boss.visit(s.url + "/watch")
	boss.sees(css("li").has("Anna").has("林小满").within(going))
	boss.click(role("link", "Berta").loose().within(going))
	boss.sees(boss.log("customer").has("Is anybody there?"))
	gives("Repairs")
	boss.visit(s.url + "/watch")
	boss.sees(css("li").has("Repairs").has("1 waits").within(role("list", "Queues")))
	boss.sees(css("li").has("Berta").has("Repairs").within(going))
	rings.untouched()

	// On a phone, in Chinese.
	wang := somebody(t, "王店长", manner{Locale: "zh-CN", Scheme: "dark", Size: &size{390, 844}, Axe: true, Touch: true, Script: refusing}).open(s.url + "/watch")
	wang.fill(label("邮箱"), "wang@shop.test")
	wang.fill(label("密码"), password)
	wang.click(button("登录"))
	wang.sees(role("heading", "督导"))
	wang.sees(css("tr").has("陈雨"))
	wang.accessible("the watch on a phone, in the dark")
	wang.shot("watch-390-zh-dark")
	wang.click(role("link", "Anna").loose().within(role("list", "全部会话")))
	wang.sees(css("article[data-from='note']").has("Offer her a voucher."))
	wang.click(button("为什么？").nth(1))
	wang.sees(text("当前接待量最少"))
	wang.shot("watch-390-looks-in")

	// The browser is asked at a press, and when it refuses it is said what to do.
	wang.visit(s.url + "/settings/notifications")
	wang.sees(text("尚未询问此浏览器"))
	wang.accessible("notifications nobody has allowed yet")
	wang.click(button("询问浏览器"))
	wang.sees(text("此浏览器拒绝了 Parley 的通知"))
	wang.accessible("notifications that are refused")
	wang.shot("notifications-390-zh-dark")
	wide := 0
	wang.eval(&wide, "", "document.documentElement.scrollWidth")
	if wide > 390 {
		t.Errorf("the page is %d wide", wide)
	}
}

// refusing is a browser that refuses notifications when it is asked.
const refusing = `
	let answer = "default";
	Object.defineProperty(Notification, "permission", { get: () => answer });
	Notification.requestPermission = async () => (answer = "denied");
`

// ears keeps what a page tells somebody who looks elsewhere: notifications with their
// words, tones, and which of what came it was the one to ring for.
const ears = `
	window.rung = []; window.tones = []; window.asked = {}; window.away = false;
	document.hasFocus = () => !window.away;
	const Real = Notification;
	window.Notification = class extends Real {
		constructor(title, more = {}) { super(title, more); window.rung.push(title + (more.body ? ": " + more.body : "")); }
	};
	const tone = AudioContext.prototype.createOscillator;
	AudioContext.prototype.createOscillator = function () { const o = tone.call(this); window.tones.push(o); return o; };
	const { request } = LockManager.prototype;
	LockManager.prototype.request = function (name, options, run) {
		if (!options?.ifAvailable) return request.call(this, name, options, run);
		return request.call(this, name, options, (lock) => { window.asked[name] = Boolean(lock); return run(lock); });
	};
`

// hearing is the windows of one browser, listened to.
type hearing struct {
	t    testing.TB
	tabs []*tab
}

// away has the person look elsewhere.
func (h hearing) away() {
	h.t.Helper()
	for _, p := range h.tabs {
		p.press(css("body"), "Shift") // before one does something no browser makes a sound
		p.eval(nil, "", `(window.rung = [], window.tones = [], window.asked = {}, window.away = true)`)
	}
}

// once waits until every window had its say about all that came, and expects one
// notification of these words and a sound of so many tones from all of them together;
// then it starts anew.
func (h hearing) once(words string, tones int) {
	h.t.Helper()
	type heard struct {
		Rung  []string
		Tones int
		Asked map[string]bool
	}
	var all []heard
	until(h.t, "each window had its say, and one rings", func() (bool, string) {
		all = nil
		n, asked := 0, map[string]int{}
		for _, p := range h.tabs {
			var x heard
			p.eval(&x, "", `({ Rung: window.rung, Tones: window.tones.length, Asked: window.asked })`)
			all, n = append(all, x), n+len(x.Rung)
			for key := range x.Asked {
				asked[key]++
			}
		}
		for _, m := range asked {
			if m < len(h.tabs) {
				return false, fmt.Sprintf("%+v", all)
			}
		}
		return n > 0, fmt.Sprintf("%+v", all)
	})
	var rung []string
	n := 0
	for _, x := range all {
		rung, n = append(rung, x.Rung...), n+x.Tones
	}
	if len(rung) != 1 || rung[0] != words || n != tones {
		h.t.Errorf("the windows of one person told %q with %d tones, not %q with %d", rung, n, words, tones)
	}
	for _, p := range h.tabs {
		p.eval(nil, "", `(window.rung = [], window.tones = [], window.asked = {})`)
	}
}

// untouched expects that nothing rang since.
func (h hearing) untouched() {
	h.t.Helper()
	for _, p := range h.tabs {
		var rung []string
		if p.eval(&rung, "", "window.rung"); len(rung) > 0 {
			h.t.Errorf("a window told %q", rung)
		}
	}
}
