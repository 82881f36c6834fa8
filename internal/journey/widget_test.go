package journey

import (
	"strings"
	"testing"
)

// The administrator sees the chat change while typing, and saves; the next
// visitor meets all of it and is asked before the first message; the agent sees
// what was answered. Where the chat was seen stands beside it, and a site that
// may not show it can be let in from there.
func TestWidgetIsDesignedShownAndAnswered(t *testing.T) {
	onBoth(t, func(t *testing.T, h *hub) {
		s := staff(t, h)
		site := s.webSite(t, "")
		wang := somebody(t, "王店长", manner{Locale: "zh-CN", Zone: "Asia/Shanghai", Axe: true})
		p := wang.open(h.url + "/channels/a/" + site.account + "/widget")
		p.fill(label("邮箱"), "wang@shop.test")
		p.fill(label("密码"), password)
		p.click(button("登录"))

		const panel = "preview?panel=1&lang=zh"
		inPanel := func(x thing) thing { x.frame = panel; return x }
		p.sees(text("尚未见到。"))
		p.sees(inPanel(css("h1").has("您好")))

		p.fill(label("品牌颜色"), "#ffd400")
		p.fill(label("标题 · 中文"), "欢迎光临山野")
		p.click(label("位置"))
		p.click(css(".ant-select-item-option").has("左侧"))
		p.sees(text("其上的文字为黑色"))
		p.click(button("添加问题"))
		p.click(role("menuitem", "自定义问题"))
		p.fill(label("问题 · 中文"), "订单号")
		p.click(role("switch", "必填：订单号"))
		p.sees(inPanel(label("订单号")))
		p.sees(inPanel(css("h1").has("欢迎光临山野")))
		p.waitEval(panel, `getComputedStyle(document.documentElement).getPropertyValue("--brand").trim() === "#ffd400"`)
		p.waitEval("preview?lang=", `[...document.body.children].some((e) => e.style.left === "0px" && e.style.right === "auto")`)
		p.click(css(`.ant-segmented-item:has([aria-label="深色"])`))
		p.waitEval(panel, `getComputedStyle(document.body).backgroundColor === "rgb(21, 23, 28)"`)
		p.shot("widget")
		p.click(css(".ant-segmented-item").has("English"))
		english := button("Start the chat")
		english.frame = "preview?panel=1&lang=en"
		p.sees(english)
		if look := string(p.fetch(h.url + "/chat/" + site.account + "/launcher").body()); !strings.Contains(look, "#2f5bea") {
			t.Errorf("visitors see what is not saved: %s", look)
		}
		for _, x := range p.axe("") {
			t.Error(x)
		}

		// What is wrong is said at once, and cannot be saved.
		p.fill(label("品牌颜色"), "yellow")
		p.sees(text("格式不正确"))
		p.sees(css("button[type=submit]:disabled").has("保存"))
		p.fill(label("品牌颜色"), "#ffd400")
		p.misses(text("格式不正确"))
		p.click(button("保存"))
		p.sees(text("已保存，访客打开下一个页面时即可看到。"))

		v := site.visit(customer(t, "小明"), "/plain?token=secret")
		v.launcher()
		v.mouse(48, -48) // at the left now
		v.sees(v.in(css("h1").has("欢迎光临山野")))
		v.waitEval(v.frame, `getComputedStyle(document.documentElement).getPropertyValue("--ink").trim() === "#000000"`)
		v.misses(v.box())
		begin := v.in(button("开始咨询"))
		v.click(begin)
		v.sees(v.in(text("请填写订单号。")))
		v.fill(v.in(label("订单号")), "A-2026")
		v.shot("widget-asked")
		v.click(begin)
		v.say("什么时候到？")
		v.reload() // whoever answered is not asked again
		v.launcher()
		v.mouse(48, -48)
		v.sees(v.mine().has("什么时候到？"))

		lin := s.signIn(t, s.lin, manner{})
		lin.visit(s.url + "/inbox/all")
		lin.opens("")
		lin.sees(css("dt").has("订单号"))
		lin.sees(css("dd").has("A-2026"))
		lin.shot("widget-answered")

		// The page says where it was seen, without what may be a secret; a site
		// that is not allowed is let in with a press.
		p.reload()
		p.sees(text("已见于 " + site.url))
		p.sees(role("link", site.url+"/plain"))
		p.fill(label("允许的网站"), "https://www.example.com")
		p.sees(text(site.url + " 显示了按钮，但未获准显示聊天"))
		p.shot("widget-foreign")
		p.click(button("允许该网站"))
		p.click(button("保存"))
		p.sees(text("已保存，访客打开下一个页面时即可看到。"))
		p.sees(text("已见于 " + site.url))
		p.sees(text("已全部保存"))

		// Leaving with changes asks first.
		p.fill(label("标题 · 中文"), "别的")
		p.click(role("link", "官网"))
		p.click(button("留下"))
		p.click(button("撤销更改"))
		p.click(role("link", "官网"))
		p.sees(role("heading", "官网"))
	})
}
