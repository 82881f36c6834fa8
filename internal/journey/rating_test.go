package journey

import (
	"strings"
	"testing"
)

// A visitor on a phone is asked once when the agent closes, rates with a press,
// says why, and finds it answered after a reload; the agent sees what they said
// and cannot change it.
func TestVisitorRatesOnAPhoneAndTheAgentSeesIt(t *testing.T) {
	onBoth(t, func(t *testing.T, h *hub) {
		s := staff(t, h)
		h.do(t, "PATCH", "/tenant", map[string]any{"settings": map[string]any{"rating": map[string]any{"on": true, "scale": "stars", "every": 7}}}, nil)
		site := s.webSite(t, "")
		lin := s.signIn(t, s.lin, manner{Axe: true})
		v := site.chatPage(somebody(t, "小美", manner{Locale: "zh-CN", Zone: "Asia/Shanghai", Size: &size{390, 844}, Touch: true, Axe: true}))
		v.say("书到了吗")
		lin.opens("正在为您服务")
		lin.replies("今天送到。")
		v.sees(v.theirs().has("今天送到。"))
		lin.click(button("Close conversation"))

		asked := css("form.scale")
		v.sees(asked.has("请问您对本次服务是否满意？"))
		star := func(words string) thing { return button(words).within(asked) }
		for _, words := range []string{"非常不满意", "不满意", "一般", "满意", "非常满意"} {
			v.sees(star(words))
		}
		v.shot("rating-asked")
		v.reload() // it stands there as before
		v.press(star("满意"), "Enter")
		v.sees(text("感谢您的评价。"))
		v.sees(css("form.scale button[aria-pressed=true]"))
		v.sees(text("★★★★ 满意"))
		v.reload()
		v.sees(text("★★★★ 满意"))
		v.click(css("label.opt").has("回复及时").within(asked))
		v.fill(label("补充说明（选填）"), "小满很耐心 <b>")
		v.shot("rating-why")
		for _, x := range v.axe("") {
			if x.Rule != "landmark-banner-is-top-level" { // the page's own head, which no rating changes
				t.Error(x)
			}
		}
		v.click(button("提交").within(asked))
		v.sees(asked.has("回复及时 · 小满很耐心 <b>"))
		v.misses(button("提交"))
		v.click(star("非常不满意")) // too late
		v.reload()
		v.sees(asked.has("回复及时 · 小满很耐心 <b>"))
		v.misses(button("提交"))
		v.shot("rating-done")

		// The agent sees it where the conversation stands, and it stays over.
		lin.view("Closed")
		lin.opens("感谢您的评价。")
		lin.sees(role("log").has("The customer on the rating · 回复及时 · 小满很耐心 <b>"))
		lin.sees(role("img", "The customer rated the service 4 of 5").within(lin.row("感谢您的评价。")))
		lin.shot("rating-agent")
		if open := h.conversations(t, "status=open"); len(open) != 0 {
			t.Errorf("rating opened %+v", open)
		}
		var all struct {
			Items []struct {
				Score  int    `json:"score"`
				Reason string `json:"reason"`
				Agent  string `json:"agent"`
			} `json:"items"`
		}
		h.do(t, "GET", "/ratings", nil, &all)
		if len(all.Items) != 1 || all.Items[0].Score != 4 || all.Items[0].Reason != "回复及时 · 小满很耐心 <b>" || all.Items[0].Agent != s.lin.id {
			t.Errorf("%+v", all.Items)
		}
		// Written to again, the agent closes again: asked once a week is enough.
		v.say("还有一件事")
		lin.view("Mine")
		lin.opens("正在为您服务")
		lin.replies("请说。")
		lin.click(button("Close conversation"))
		v.sees(v.theirs().has("请说。"))
		v.sees(text("本次会话已结束"))
		v.counts(asked, 1)
		if did := v.did(); len(did.Errors) > 0 || strings.Contains(strings.Join(did.Refused, " "), "frame") {
			t.Errorf("the page said %q, refused %q", did.Errors, did.Refused)
		}
	})
}
