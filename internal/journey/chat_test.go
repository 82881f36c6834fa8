package journey

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
)

// picture is a PNG of one colour that a browser can draw.
func picture(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 120, 80))
	for y := range 80 {
		for x := range 120 {
			m.Set(x, y, color.RGBA{200, uint8(2 * x), uint8(3 * y), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A visitor meets the bot, asks for a person, and is served by two of them.
func TestVisitorIsServedFromBotToPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, h *hub) {
		s := staff(t, h)
		site := s.webSite(t, s.bot)

		// The bot greets and answers by rule and by menu.
		ming := customer(t, "小明")
		v := site.visit(ming, "/plain?user=小明&utm_source=baidu&title=新书")
		v.open()
		v.sees(v.theirs().has("您好，我是售前助手。"))
		v.sees(v.head().has("售前助手"))
		v.picks("我要退货")
		v.sees(v.theirs().has("签收后七天内可以退货。"))
		v.picks("运费谁出")
		v.sees(v.theirs().has("退货运费由我们承担。"))
		v.say("你们的书会说话吗")
		v.sees(v.theirs().has("这个我还不会。"))

		// Nobody is online: the customer is told the place in the queue.
		v.say("人工")
		v.sees(v.in(text("您当前排在第 1 位")))
		v.sees(v.head().has("排队第 1 位"))
		other := site.visit(customer(t, "小红"), "/plain?user=小红")
		other.open()
		other.sees(other.theirs().has("您好，我是售前助手。"))
		other.asksForPerson()
		other.sees(other.head().has("排队第 2 位"))

		// Lin opens the inbox, and both come to her; the whole talk is there.
		lin := s.signIn(t, s.lin, manner{})
		lin.counts(lin.row(""), 2)
		v.sees(v.head().has("林小满"))
		first := h.conversations(t, "status=agent&sort=waiting")
		if len(first) != 2 || first[0].Queued.IsZero() || first[0].Picked.IsZero() || !first[0].Replied.IsZero() {
			t.Errorf("want two picked conversations with queue and pick-up times, without a reply: %+v", first)
		}
		lin.opens("小明")
		for _, said := range []string{"签收后七天内可以退货。", "退货运费由我们承担。", "这个我还不会。"} {
			lin.sees(lin.log("bot").has(said))
		}
		lin.sees(lin.log("customer").has("你们的书会说话吗"))
		lin.shot("chat-lin-opened")

		// The agent types, answers, and the visitor sees who it is.
		lin.write(lin.field(), "您好，")
		v.sees(v.in(css(".dots")))
		lin.replies("您好，我是小满，请说。")
		v.sees(v.theirs().has("您好，我是小满，请说。"))
		v.misses(v.in(css(".dots")))
		v.sees(v.theirs().has("林小满"))
		lin.sees(lin.log("agent").has("Read"))
		v.say("我想退这本书")
		lin.sees(lin.log("customer").has("我想退这本书"))

		// What the visitor types is seen, said to be unsent, and kept nowhere.
		v.write(v.box(), "这句是草稿 zq81")
		lin.sees(css("em").has("这句是草稿 zq81"))
		lin.sees(text("not sent yet"))
		lin.reload() // it stands there for whoever opens the conversation, too
		lin.sees(css("em").has("这句是草稿 zq81"))
		v.fill(v.box(), "")
		lin.misses(text("zq81"))
		if bytes.Contains(h.dump(t), []byte("zq81")) || strings.Contains(h.logged(t), "zq81") {
			t.Error("U-05: what a visitor only typed is in the database or the log")
		}

		// Files both ways.
		v.upload(v.in(css("input[type=file]")), "破损照片.png", picture(t))
		lin.sees(role("img").loose().within(lin.log("customer").nth(-1)))
		v.upload(v.in(css("input[type=file]")), "订单.txt", []byte("订单号 20261121"))
		lin.sees(lin.log("customer").has("订单.txt"))
		name, content := lin.download(role("link", "订单.txt").loose().within(lin.log("customer")))
		if name != "订单.txt" || string(content) != "订单号 20261121" {
			t.Errorf("the agent got %q: %q", name, content)
		}
		lin.upload(css("input[type=file]").within(lin.composer()), "退货单.txt", []byte("请随包裹寄回"))
		lin.sees(role("list", "Files to send").has("退货单.txt"))
		lin.fill(lin.field(), "请打印这张单子")
		lin.misses(css("progress"))
		lin.press(lin.field(), "Enter")
		v.sees(v.theirs().has("请打印这张单子"))
		v.sees(v.theirs().has("退货单.txt"))
		file := v.fetch(absolute(h.url, v.read(v.in(css("a.tile").has("退货单.txt")), "href")))
		if file.Status != 200 || string(file.body()) != "请随包裹寄回" || file.Headers["x-content-type-options"] != "nosniff" {
			t.Errorf("the visitor's file: %d %v %q", file.Status, file.Headers, file.body())
		}
		v.shot("chat-visitor-files")

		// A mistake, recalled: it vanishes in both tabs and stays gone.
		second := site.visit(ming, "/plain?user=小明&page=2")
		second.open()
		second.sees(second.theirs().has("请打印这张单子")) // history across tabs
		lin.replies("发错人了 rk77")
		v.sees(v.theirs().has("rk77"))
		second.sees(second.theirs().has("rk77"))
		lin.tool("rk77", "Recall")
		lin.sees(text("recalled "))
		for _, tab := range []*visitor{v, second} {
			tab.misses(tab.in(text("rk77")))
			tab.reload()
			tab.open()
			tab.sees(tab.theirs().has("请打印这张单子"))
			tab.misses(tab.in(text("rk77")))
		}
		second.close()

		// W-07: a closed panel counts what it misses.
		v.press1()
		lin.replies("还在吗？")
		until(t, "the launcher counts what is unread", func() (bool, string) {
			name := v.launcher().Name
			return strings.Contains(name, "1 条未读消息"), name
		})
		v.shot("chat-visitor-badge")
		v.press1()
		v.sees(v.theirs().has("还在吗？"))
		until(t, "what was read is no longer counted", func() (bool, string) {
			name := v.launcher().Name
			return !strings.Contains(name, "未读"), name
		})

		// To a colleague, with a word.
		chen := s.signIn(t, s.chen, manner{})
		chen.goes("Online")
		lin.click(button("Transfer"))
		lin.click(role("option", "陈雨").loose())
		lin.fill(label("A word for whoever gets it (optional)"), "退货问题，老客户")
		lin.click(button("Transfer").within(role("dialog")))
		chen.opens("小明")
		chen.sees(text("退货问题，老客户"))
		chen.sees(text("林小满 gave the conversation to"))
		v.sees(v.head().has("陈雨"))
		lin.misses(lin.field())
		chen.replies("您好，我是陈雨，接着为您处理。")
		v.sees(v.theirs().has("我是陈雨"))
		v.misses(v.in(text("老客户"))) // the word was for the colleague

		// Closed, and open again by the next message.
		chen.click(button("Close conversation"))
		v.sees(v.in(text("本次会话已结束")))
		chen.view("Closed")
		chen.sees(chen.row("小明"))
		closed := h.conversations(t, "status=closed")
		if len(closed) != 1 || closed[0].Closed.IsZero() || closed[0].Replied.IsZero() {
			t.Errorf("want one closed conversation with its times: %+v", closed)
		}
		v.say("还有一个问题")
		v.misses(v.in(text("本次会话已结束")))
		chen.view("All open")
		chen.opens("小明")
		chen.sees(chen.log("agent").has("我是陈雨")) // the thread goes on
		if chen.address() == "" {
			t.Error("no address")
		}

		// Another visit, another day: the history is there.
		again := site.visit(ming, "/plain?user=小明")
		again.open()
		again.sees(again.theirs().has("我是陈雨"))
		again.sees(again.mine().has("还有一个问题"))
		again.close()

		// W-05: somebody else at this browser, signed in or not, finds nothing of it, and
		// whose it is finds it again.
		for _, who := range []string{"?user=小兰", ""} {
			stranger := site.visit(ming, "/plain"+who)
			stranger.open()
			stranger.sees(stranger.theirs().has("您好，我是售前助手。"))
			stranger.misses(stranger.in(text("我是陈雨")))
			stranger.misses(stranger.in(text("还有一个问题")))
			stranger.close()
		}
		again = site.visit(ming, "/plain?user=小明")
		again.open()
		again.sees(again.mine().has("还有一个问题"))

		for _, p := range []*tab{v.tab, other.tab, lin.tab, chen.tab} {
			if l := p.did(); len(l.Errors) > 0 || len(l.Dialogs) > 0 {
				t.Errorf("%s's page failed: %q, dialogs %q", p.name, l.Errors, l.Dialogs)
			}
		}
	})
}

func absolute(base, href string) string {
	if strings.HasPrefix(href, "http") {
		return href
	}
	return base + "/" + strings.TrimLeft(strings.TrimPrefix(href, ".."), "/")
}
