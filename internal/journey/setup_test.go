package journey

import (
	"regexp"
	"strings"
	"testing"
)

// From an empty data folder to the first message of a customer on the screen,
// in a browser alone and in Chinese: at a desk on one database, on a phone on the
// other.
func TestOwnerSetsUpAndMeetsTheFirstCustomer(t *testing.T) {
	onBoth(t, func(t *testing.T, h *hub) {
		m, on := manner{Locale: "zh-CN", Zone: "Asia/Shanghai", Axe: true}, ""
		if h.dbURL != "sqlite" {
			m.Size, m.Touch, on = &size{390, 844}, true, "-390"
		}
		wang := somebody(t, "王店长", m)
		p := wang.open(h.url)
		look := func(page string) {
			t.Helper()
			p.fits(page)
			p.accessible(page)
			p.shot(page + on)
		}

		// The first page asks for the owner, and says what does not fit.
		p.sees(role("heading", "开始使用 Parley"))
		look("setup")
		p.fill(label("企业名称"), "山野书店")
		p.fill(label("你的姓名"), "王店长")
		p.fill(label("邮箱"), "wang@shop.test")
		p.fill(label("密码"), "short")
		p.click(button("开始"))
		p.sees(text("至少 8 个字符。").nth(0))
		p.fill(label("密码"), password)
		p.click(button("开始"))

		// An account is linked through its form.
		p.sees(text("还没有关联渠道账号。"))
		look("setup-channels")
		p.click(button("关联账号").nth(0))
		p.sees(role("link", "网站在线咨询").loose())
		look("setup-gallery")
		p.click(role("link", "网站在线咨询").loose())
		site := openSite(t, h, "")
		p.fill(label("名称"), "官网")
		p.fill(label("允许嵌入的网站").loose(), "not a site")
		p.click(button("关联账号"))
		p.sees(text("不是有效的网站"))
		p.fill(label("允许嵌入的网站").loose(), site.origins())
		look("setup-linking")
		p.click(button("关联账号"))

		// The line for the site brings the chat onto it.
		p.sees(css("code").has("widget.js").nth(0))
		look("setup-linked")
		snippet := p.read(css("code").has("widget.js").nth(0), "text")
		found := regexp.MustCompile(`src="([^"]+)/widget\.js" data-account="([0-9a-f-]{36})"`).FindStringSubmatch(snippet)
		if found == nil || found[1] != h.url {
			t.Fatalf("the line for the site is %q", snippet)
		}
		site.account = found[2]
		v := site.visit(customer(t, "小明"), "/plain")
		v.open()
		v.say("你们几点开门？")
		v.shot("setup-visitor")

		// And the customer's first message stands in the inbox of the owner, who
		// is the only one there.
		p.click(role("link", "会话").loose().nth(0))
		p.click(css("a[href*='/inbox/']:has(time)").nth(0))
		p.sees(css("article[data-from='customer']").has("你们几点开门？"))
		p.fill(role("textbox", "回复").loose(), "您好，九点。")
		p.press(role("textbox", "回复").loose(), "Enter")
		v.sees(v.theirs().has("您好，九点。"))
		look("setup-inbox")

		// Whoever asks to be forgotten is: closed, the conversation is erased.
		p.click(button("结束会话"))
		p.sees(button("重新打开会话"))
		p.click(button("更多").nth(0))
		p.click(role("menuitem", "彻底删除此会话").loose())
		p.sees(text("删除后任何人都无法恢复。").loose())
		look("setup-erase")
		p.click(button("彻底删除"))
		p.sees(text("已删除").loose())
		p.visit(h.url + "/inbox/closed")
		p.sees(text("还没有结束的会话。"))
		p.misses(css("a[href*='/inbox/']:has(time)"))

		// The door is shut behind the owner.
		if got := (api{base: h.url}).refused(t, "POST", "/setup", map[string]string{"tenant_name": "x", "language": "zh", "name": "Mallory", "email": "m@evil.test", "password": password}); got.Status/100 != 4 {
			t.Errorf("setting up twice: %+v", got)
		}
		stranger := somebody(t, "a stranger", manner{}).open(h.url + "/setup")
		stranger.sees(label("Password"))
		until(t, "a stranger is sent to the sign-in page", func() (bool, string) {
			at := stranger.address()
			return strings.Contains(at, "/signin"), at
		})
		if l := p.did(); len(l.Errors) > 0 {
			t.Errorf("the owner's page failed: %q", l.Errors)
		}
	})
}
