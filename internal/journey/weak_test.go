package journey

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// slow gives a page the network of a train: 400 ms away, 50 kB down and 20 kB up
// a second; fast takes it away again.
func (p *tab) slow() { p.t.Helper(); p.ask(command{Op: "network", X: 400, Y: 50_000, Wheel: 20_000}) }
func (p *tab) fast() { p.t.Helper(); p.ask(command{Op: "network"}) }

// A visitor on a phone, or at a desk, on a slow network that breaks: the desk is
// closed and takes a message; it opens, and there is a queue; what is said while the
// line is cut arrives once and in order, both ways; a file shows how far it is, is
// called off, and goes on by itself when the line was cut under it; the rating takes
// two taps. In either language, at either width.
func TestW09_AVisitorOnAPhoneWithAWeakNetwork(t *testing.T) {
	phone, screen := size{390, 844}, size{1440, 900}
	for i, way := range []manner{
		{Locale: "zh-CN", Zone: "Asia/Shanghai", Size: &phone, Touch: true},
		{Locale: "en-GB", Zone: "Europe/London", Size: &phone, Touch: true},
		{Locale: "zh-CN", Zone: "Asia/Shanghai", Size: &screen},
		{Locale: "en-GB", Zone: "Europe/London", Size: &screen},
	} {
		name := fmt.Sprintf("%s-%d", way.Locale[:2], way.Size.Width)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			way.Axe = true
			cuts := 1
			if i == 0 {
				cuts = 3
			}
			visitsWeakly(t, name, way, cuts)
		})
	}
}

func visitsWeakly(t *testing.T, name string, way manner, cuts int) {
	h := startHub(t, "sqlite")
	s := staff(t, h)
	h.do(t, "PATCH", "/tenant", map[string]any{"settings": map[string]any{"rating": map[string]any{"on": true, "scale": "stars", "every": 7}}}, nil)
	site := s.webSite(t, "")
	var hours, team named
	week := func(periods ...object) (w [7][]object) {
		for i := range w {
			w[i] = append([]object{}, periods...)
		}
		return w
	}
	h.do(t, "POST", "/hours", object{"name": "门店", "time_zone": "Asia/Shanghai", "week": week()}, &hours)
	h.do(t, "POST", "/teams", object{"name": "售前", "hours": hours.ID, "members": []string{s.lin.id}}, &team)
	h.do(t, "PUT", "/routing", object{"items": []object{{"account": site.account, "team": team.ID}}}, nil)
	wire := lay(t, h)
	near := *site
	near.hub = wire.url
	v := near.chatPage(somebody(t, "小美", way))
	v.zh = way.Locale == "zh-CN"
	shot := func(what string) { v.shot("weak-" + name + "-" + what) }
	v.slow()
	v.reload()

	// Closed: a message is left. A line that breaks keeps what was written, and says the truth about it.
	v.sees(text(v.word("现在是休息时间", "We are away now")).nth(0))
	shot("closed")
	v.click(button(v.word("留言", "Leave a message")))
	v.fill(label(v.word("您想咨询什么？", "How can we help?")), "这本书还有吗？")
	v.fill(label(v.word("称呼", "Name")), "小美")
	v.fill(label(v.word("邮箱", "E-mail")), "mei@customer.test")
	wire.sever()
	v.click(button(v.word("提交", "Send")))
	v.sees(text(v.word("未能提交，请再试一次", "nothing was sent; try again")).nth(0))
	shot("leave-failed")
	wire.mend()
	v.click(button(v.word("返回", "Back")))
	v.click(button(v.word("留言", "Leave a message")))
	if got := v.read(label(v.word("您想咨询什么？", "How can we help?")), "value"); got != "这本书还有吗？" {
		t.Errorf("after a look back the form holds %q", got)
	}
	v.click(button(v.word("提交", "Send")))
	v.sees(text(v.word("已收到您的留言", "We have your message")))
	shot("left")
	h.conversationsHave(t, "这本书还有吗？", 1)

	// Open: there is a queue, and a place in it.
	h.do(t, "PATCH", "/hours/"+hours.ID, object{"week": week(object{"from": 0, "to": 1440})}, nil)
	first := site.chatPage(customer(t, "小红"))
	first.say("我先来")
	first.sees(first.head().has("排队第"))
	v.reload()
	v.say("您好，我想订书")
	v.sees(v.head().has(v.word("排队第", "in line")))
	shot("queue")
	lin := s.signIn(t, s.lin, manner{})
	v.sees(v.head().has("林小满"))

	// The line breaks again and again while both talk.
	id := h.conversationWith(t, "您好，我想订书")
	agent := h.api
	agent.agent = s.lin.id
	var mine, theirs []string
	for i := range cuts {
		wire.sever()
		for j := range 2 {
			mine, theirs = append(mine, fmt.Sprintf("断线说的 %d%d", i, j)), append(theirs, fmt.Sprintf("客服说的 %d%d", i, j))
			v.say(mine[len(mine)-1])
			agent.do(t, "POST", "/conversations/"+id+"/messages", object{"text": theirs[len(theirs)-1]}, nil)
		}
		if i == 0 {
			v.sees(v.mine().has(v.word("发送中", "Sending")).nth(0))
			shot("cut")
		}
		wire.mend()
		v.sees(v.theirs().has(theirs[len(theirs)-1]))
		v.misses(v.mine().has(v.word("发送中", "Sending")))
	}
	said := func(from string, want []string) {
		t.Helper()
		var got []string
		for _, m := range h.messages(t, id) {
			for _, w := range append(append([]string{}, mine...), theirs...) {
				if m.From == from && m.has(w) {
					got = append(got, w)
				}
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("W-09: of the %s the hub has %q", from, got)
		}
	}
	said("customer", mine)
	said("agent", theirs)
	for _, w := range mine {
		v.counts(v.mine().has(w), 1)
	}
	for _, w := range theirs {
		v.counts(v.theirs().has(w), 1)
	}

	// A file that is called off never arrives; one whose line is cut goes on by itself.
	big := make([]byte, 160_000)
	rand.New(rand.NewSource(1)).Read(big)
	v.upload(css("input[type=file]"), "不要了.bin", big)
	bar := css("progress").within(v.mine())
	v.waitEval("", `document.querySelector("progress")?.value > 0.1`)
	shot("upload")
	v.click(button(v.word("取消", "Cancel")).within(v.mine()))
	v.counts(bar, 0)
	v.upload(css("input[type=file]"), "订单.bin", big[:80_000])
	v.waitEval("", `document.querySelector("progress")?.value > 0.1`)
	wire.sever()
	v.sees(v.mine().has(v.word("恢复后会继续发送", "it is sent when that is back")))
	shot("upload-cut")
	wire.mend()
	v.fast()
	lin.opens("订单.bin")
	lin.sees(lin.log("customer").has("订单.bin"))
	v.counts(v.mine().has("订单.bin"), 1)
	v.misses(v.mine().has(v.word("发送中", "Sending")))
	lin.counts(lin.log("customer").has("订单.bin"), 1)
	lin.counts(lin.log("customer").has("不要了.bin"), 0)
	if _, got := lin.download(role("link", "订单.bin").loose().within(lin.log("customer"))); !bytes.Equal(got, big[:80_000]) {
		t.Errorf("the file came with %d bytes", len(got))
	}

	// Two taps: the star, and that is all it takes; or the reason and its button.
	v.slow()
	lin.click(button("Close conversation"))
	v.sees(text(v.word("请问您对本次服务是否满意？", "How satisfied are you with our service?")))
	shot("rating")
	v.click(button(v.word("非常满意", "Very satisfied")))
	v.sees(text(v.word("感谢您的评价。", "Thank you for your rating.")))
	until(t, "the rating is kept", func() (bool, string) {
		type rated struct {
			Score int `json:"score"`
		}
		all := list[rated](t, h.api, "/ratings")
		return len(all) == 1 && all[0].Score == 5, fmt.Sprint(all)
	})
	for _, x := range v.axe("") {
		if x.Rule != "landmark-banner-is-top-level" {
			t.Error(x)
		}
	}
	wide := false
	if v.eval(&wide, "", "document.documentElement.scrollWidth > innerWidth"); wide {
		t.Error("the page is wider than the phone")
	}
	if did := v.did(); len(did.Errors) > 0 {
		t.Errorf("the page said %q", did.Errors)
	}
}

// conversationsHave waits until so many messages of customers, in all conversations, have the words.
func (a api) conversationsHave(t testing.TB, words string, want int) {
	t.Helper()
	until(t, words, func() (bool, string) {
		n := 0
		for _, c := range a.conversations(t, "limit=200") {
			for _, m := range a.messages(t, c.ID) {
				if m.has(words) {
					n++
				}
			}
		}
		return n == want, fmt.Sprint(n)
	})
}
