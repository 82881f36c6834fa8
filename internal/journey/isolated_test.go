package journey

import (
	"slices"
	"strings"
	"testing"
)

// shifts counts how far a page's contents jumped, in every document from its start.
const shifts = `window.jumped = 0; new PerformanceObserver((l) => { for (const e of l.getEntries()) window.jumped += e.value; }).observe({ type: "layout-shift", buffered: true });`

// Until somebody reaches for the chat, a page loads the loader and how the button
// looks; nothing of the page moves, and nobody but the hub is ever asked.
func TestW01_TheChatCostsAPageNothingUntilItIsWanted(t *testing.T) {
	t.Parallel()
	h := startHub(t, "sqlite")
	s := staff(t, h)
	site := s.webSite(t, s.bot)
	v := site.visit(somebody(t, "小明", manner{Locale: "zh-CN", Script: shifts}), "/plain")
	v.launcher()
	var asked []string
	for _, r := range v.did().Requests {
		if path, ok := strings.CutPrefix(r, h.url); ok {
			asked = append(asked, path)
		}
	}
	slices.Sort(asked)
	if want := []string{"/chat/" + site.account + "/launcher", "/widget.js"}; !slices.Equal(asked, want) {
		t.Errorf("a page nobody chats on asked the hub for %q, want %q", asked, want)
	}
	v.open()
	v.sees(v.theirs().has("您好，我是售前助手。"))
	var jumped float64
	v.eval(&jumped, "", "window.jumped")
	if jumped != 0 {
		t.Errorf("the contents of the page jumped by %g", jumped)
	}
	for _, r := range v.did().Requests {
		if !strings.HasPrefix(r, h.url+"/") && !strings.HasPrefix(r, site.url+"/") {
			t.Errorf("somebody else was asked: %s", r)
		}
	}
}

// The chat works where styles spoil everything and scripts have replaced what the
// language brings, where the policy allows nothing it need not, where nothing can
// be stored, and where the address and all contents change under it.
func TestW02_TheChatStandsOnAnyPage(t *testing.T) {
	t.Parallel()
	h := startHub(t, "sqlite")
	s := staff(t, h)
	site := s.webSite(t, s.bot)
	forbidden := `for (const kind of ["localStorage", "sessionStorage", "indexedDB"]) Object.defineProperty(window, kind, { get() { throw new DOMException("forbidden", "SecurityError"); } });
		Object.defineProperty(Document.prototype, "cookie", { get() { return ""; }, set() {} });`
	for _, c := range []struct{ page, script string }{{"/hostile", ""}, {"/strict", ""}, {"/plain", forbidden}} {
		v := site.visit(somebody(t, c.page, manner{Locale: "zh-CN", Script: c.script}), c.page)
		v.open()
		v.sees(v.theirs().has("您好，我是售前助手。"))
		v.say("我要退货")
		v.sees(v.theirs().has("签收后七天内可以退货。"))
		v.shot("widget-on" + strings.ReplaceAll(c.page, "/", "-"))
		v.press1()
		until(t, "the chat closes", func() (bool, string) {
			is := v.launcher()
			return !is.Expanded, is.Name
		})
		if c.page == "/plain" {
			v.press1()
			v.moves(t)
		}
		l := v.did()
		for _, said := range l.Console {
			if strings.Contains(said, "Content Security Policy") || strings.Contains(said, "Trusted") {
				t.Errorf("%s: the policy refused something: %s", c.page, said)
			}
		}
		if len(l.Errors) > 0 {
			t.Errorf("%s: the page failed: %q", c.page, l.Errors)
		}
	}
}

// moves changes address and contents of the page as applications of one page do.
func (v *visitor) moves(t *testing.T) {
	t.Helper()
	v.fill(v.box(), "halb geschrieben")
	v.eval(nil, "", `(() => { history.pushState({}, "", "/plain?page=7"); document.title = "第七页"; document.querySelector("main").outerHTML = "<main><h1>第七页</h1></main>"; })()`)
	v.sees(role("heading", "第七页"))
	if got := v.read(v.box(), "value"); got != "halb geschrieben" {
		t.Errorf("the page changed, and what was written is %q", got)
	}
	v.press(v.box(), "Enter")
	v.sees(v.mine().has("halb geschrieben"))
	v.sees(v.theirs().has("这个我还不会。"))
}

// Who reads a page is invited as the administrator wrote it: the focus stays where
// it is and nothing moves, it comes once in a visit, never again once dismissed, and
// the chat opens when it is pressed.
func TestW07_AVisitorIsInvitedOnceAndNeverPushed(t *testing.T) {
	t.Parallel()
	h := startHub(t, "sqlite")
	s := staff(t, h)
	site := s.webSite(t, s.bot)
	const words = "需要帮您找书吗？"
	wang := somebody(t, "王店长", manner{Locale: "zh-CN", Axe: true})
	p := wang.open(h.url + "/channels/a/" + site.account + "/widget")
	p.fill(label("邮箱"), "wang@shop.test")
	p.fill(label("密码"), password)
	p.click(button("登录"))
	p.click(button("添加邀请"))
	p.sees(text("请填写第 1 条邀请的中文或英文内容。"))
	p.fill(label("内容 · 中文"), words)
	p.misses(text("请填写第 1 条邀请的中文或英文内容。"))
	p.fill(label("网址包含"), "boo*=7")
	p.fill(label("停留秒数"), "1")
	p.shot("widget-invitation")
	for _, x := range p.axe("") {
		t.Error(x)
	}
	p.click(button("保存"))
	p.sees(text("已保存，访客打开下一个页面时即可看到。"))

	ming := somebody(t, "小明", manner{Locale: "zh-CN", Script: shifts})
	v := site.visit(ming, "/plain?book=7")
	v.eval(nil, "", `(() => { const own = document.createElement("input"); own.id = "own"; document.querySelector("main").append(own); own.focus(); window.jumped = 0; })()`)
	v.hears(words)
	v.shot("widget-invited")
	var at string
	var jumped float64
	v.eval(&at, "", "document.activeElement.id")
	v.eval(&jumped, "", "window.jumped")
	if at != "own" || jumped != 0 {
		t.Errorf("the invitation took the focus to %q or moved the page by %g", at, jumped)
	}
	if heard := v.launcher(); heard.Expanded {
		t.Error("nobody asked for the chat, and it is open")
	}
	v.mouse(-40, -110) // ×
	until(t, "the invitation is gone", func() (bool, string) { return !v.told(words), "" })
	v.reload()
	v.uninvited(words, "was dismissed in this visit")
	again := site.visit(ming, "/plain?book=7")
	again.uninvited(words, "was dismissed in an earlier visit")

	hong := site.visit(somebody(t, "小红", manner{Locale: "zh-CN"}), "/plain")
	hong.uninvited(words, "is for another page")
	hong.visit(site.url + "/plain?book=7")
	hong.hears(words)
	hong.reload()
	hong.uninvited(words, "came in this visit already")
	li := site.visit(somebody(t, "小李", manner{Locale: "zh-CN"}), "/strict?book=7")
	li.hears(words)
	li.mouse(-150, -110)
	li.sees(li.box())
	if li.told(words) {
		t.Error("the invitation stands beside the open chat")
	}
}

// told reports whether the page shows a button of that name.
func (v *visitor) told(name string) bool {
	v.t.Helper()
	return slices.ContainsFunc(v.tree(), func(h heard) bool { return h.Role == "button" && h.Name == name })
}

func (v *visitor) hears(name string) {
	v.t.Helper()
	until(v.t, "the page says "+name, func() (bool, string) { return v.told(name), "" })
}

// uninvited stays longer than an invitation waits, and is not invited.
func (v *visitor) uninvited(words, why string) {
	v.t.Helper()
	v.launcher()
	v.waitEval("", "performance.now() > 4000")
	if v.told(words) {
		v.t.Errorf("an invitation that %s came", why)
	}
}
