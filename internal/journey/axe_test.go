package journey

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// judge runs axe and fails for what is serious; the rest is only told.
func (p *tab) judge(where, frame string) {
	p.t.Helper()
	for _, v := range p.axe(frame) {
		if v.Impact == "serious" || v.Impact == "critical" {
			p.t.Errorf("axe: %s: %s", where, v)
		} else {
			p.t.Logf("axe, not counted: %s: %s", where, v)
		}
	}
}

// Every route of the application, light and dark, English and Chinese, has no
// serious finding of axe; neither has the chat.
func TestU19_W03_AxeFindsNothingOnAnyScreen(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	site := s.webSite(t, s.bot)
	s.platform(t, "")
	s.mailbox(t, s.bot)

	// Something to look at: a talk with a bot and one with a person.
	v := site.visit(customer(t, "小明"), "/plain")
	v.open()
	v.picks("我要退货")
	v.sees(v.theirs().has("签收后七天内可以退货。"))
	v.say("人工")
	v.sees(v.head().has("排队第 1 位"))
	c := s.conversations(t, "status=queue")[0]
	as := s.api
	as.agent = s.lin.id
	as.do(t, "POST", "/conversations/"+c.ID+"/take", nil, nil)
	as.do(t, "POST", "/conversations/"+c.ID+"/messages", map[string]string{"text": "您好，我是小满。"}, nil)
	as.do(t, "POST", "/conversations/"+c.ID+"/notes", map[string]string{"text": "老客户"}, nil)
	v.upload(v.in(css("input[type=file]")), "照片.png", picture(t))
	v.upload(v.in(css("input[type=file]")), "订单.txt", []byte("20261121"))
	v.sees(v.mine().has("订单.txt"))
	s.do(t, "POST", "/tags", map[string]string{"name": "退货", "scope": "conversation", "color": "#d92d20"}, nil)
	accounts := list[named](t, s.api, "/accounts")

	routes := []string{
		"/inbox/mine", "/inbox/queue", "/inbox/bots", "/inbox/all", "/inbox/closed", "/inbox/all/" + c.ID,
		"/contacts", "/contacts/" + c.Contact.ID, "/bots", "/channels", "/channels/link", "/channels/link/web", "/channels/link/email", "/channels/link/http", "/channels/trouble",
		"/settings", "/nowhere",
	}
	for _, tab := range []string{"basics", "rules", "menus", "replies", "human", "hits", "missed", "conversations", "versions"} {
		routes = append(routes, "/bots/"+s.bot+"/"+tab)
	}
	for _, section := range []string{"profile", "sessions", "team", "routing", "hours", "canned", "tags", "blocks", "tokens", "audit", "business"} {
		routes = append(routes, "/settings/"+section)
	}
	for _, a := range accounts {
		routes = append(routes, "/channels/a/"+a.ID)
	}
	wang := worker{name: "王店长", email: "wang@shop.test"}
	for _, look := range []struct{ scheme, locale, language string }{{"light", "en-GB", "en"}, {"dark", "zh-CN", "zh"}, {"light", "zh-CN", "zh"}, {"dark", "en-GB", "en"}} {
		name := look.scheme + "-" + look.language
		who := somebody(t, name, manner{Locale: look.locale, Scheme: look.scheme, Axe: true})
		door := who.open(s.url + "/signin")
		door.sees(css("input[type=password]"))
		door.judge(name+" /signin", "")
		door.fill(css("input[type=email]"), wang.email)
		door.fill(css("input[type=password]"), password)
		door.click(css("button[type=submit]"))
		door.sees(css("nav"))
		door.eval(nil, "", `fetch("/api/v1/me", {method: "PATCH", headers: {"Content-Type": "application/json"}, body: JSON.stringify({language: "`+look.language+`"})}).then((r) => r.status)`)
		for _, at := range routes {
			door.visit(s.url + at)
			door.settled()
			if strings.HasPrefix(at, "/inbox/all/") || at == "/settings/team" || strings.HasSuffix(at, "/rules") {
				door.shot("axe-" + name + safeName(strings.ReplaceAll(at, c.ID, "c")))
			}
			door.judge(name+" "+at, "")
		}

		// What opens over a screen.
		door.visit(s.url + "/inbox/all/" + c.ID)
		door.settled()
		for _, key := range []string{"Control+k", "?", "a", "l"} {
			door.keys(key)
			door.sees(css("[role=dialog], dialog[open]").shown())
			door.settled()
			door.judge(name+" after "+key, "")
			door.keys("Escape")
			door.misses(css("[role=dialog], dialog[open]").shown())
		}
		door.close()

		// The chat: on its own page and inside a site.
		w := &visitor{tab: who.open(s.url + "/chat/" + site.account), zh: look.language == "zh"}
		w.sees(w.theirs().has("您好，我是售前助手。"))
		w.judge(name+" chat", "")
		w.fill(w.box(), "退货")
		w.press(w.box(), "Enter")
		w.sees(w.theirs().has("想了解哪一项？"))
		w.click(w.in(button(w.word("表情", "Emoji"))))
		w.judge(name+" chat with menu and emoji", "")
		w.shot("axe-" + name + "-chat")
		w.close()
		framed := &visitor{tab: who.open(site.url + "/plain"), frame: "/chat/" + site.account, zh: look.language == "zh"}
		framed.open()
		framed.sees(framed.theirs().has("您好，我是售前助手。"))
		framed.judge(name+" widget", framed.frame)
		if h := framed.launcher(); h.Name == "" || !h.Expanded {
			t.Errorf("W-03: the launcher of the open chat is told as %+v", h)
		}
	}
}

// settled waits until a screen stopped loading.
func (p *tab) settled() {
	p.t.Helper()
	p.waitEval("", `document.readyState === "complete" && !document.querySelector("[aria-busy=true], .ant-skeleton-active, .ant-spin-spinning, .ant-zoom-appear-active, .ant-zoom-enter-active, .ant-fade-enter-active, .ant-fade-appear-active, .ant-slide-up-enter-active") && (document.getElementById("root")?.innerText.length ?? 0) > 20`)
	p.ask(command{Op: "idle"})
}

// The routes judged are the routes there are.
func TestU19_EveryRouteIsJudged(t *testing.T) {
	source, err := os.ReadFile("../../admin/ui/src/router.tsx")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"/setup": true, "/signin": true, "/": true, "/inbox/$view": true, "$conversation": true, "/contacts": true, "/contacts/$id": true, "/bots": true, "/bots/$id/$tab": true,
		"/channels": true, "/channels/link": true, "/channels/link/$kind": true, "/channels/trouble": true, "/channels/a/$id": true, "/settings": true, "/settings/$section": true}
	found := map[string]bool{}
	for _, piece := range strings.Split(string(source), "\n") {
		for _, mark := range []string{`path: "`, `page("`} {
			if _, rest, ok := strings.Cut(piece, mark); ok {
				path, _, _ := strings.Cut(rest, `"`)
				found[path] = true
			}
		}
	}
	for path := range found {
		if !known[path] {
			t.Errorf("the route %s is not judged by axe; add it to the journey", path)
		}
	}
	if len(found) < len(known) {
		t.Errorf("of the routes %s only %s were found in the router", fmt.Sprint(slices.Sorted(maps.Keys(known))), fmt.Sprint(slices.Sorted(maps.Keys(found))))
	}
}
