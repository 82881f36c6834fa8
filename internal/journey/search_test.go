package journey

import (
	"context"
	"fmt"
	"testing"
	"time"

	"parley/core/canon"
)

// seeks types a question and waits until the address says that it was asked.
func (d *desk) seeks(question string) {
	d.t.Helper()
	field := css("[data-search-field] input")
	d.fill(field, question)
	d.press(field, "Enter")
	// The router writes what could be read as JSON as JSON.
	d.waitEval("", fmt.Sprintf(`[%[1]q, JSON.stringify(%[1]q)].includes(new URLSearchParams(location.search).get("q"))`, question))
}

// found are the messages found.
func (d *desk) found() thing { return css("[data-result]:has(mark)") }

// An agent finds what was said by every operator and opens it where it was said;
// what is not understood is said in words; a limited agent finds only what is
// theirs; on a phone, in Chinese, it is the same, and a list is filtered and
// worked on with a thumb.
func TestU11_SearchAndFiltersInTheBrowser(t *testing.T) {
	t.Parallel()
	h := startHub(t, "sqlite")
	s := staff(t, h)
	app, counter := s.crowd(t, "App"), s.crowd(t, "专柜")
	var tag named
	h.do(t, "POST", "/tags", map[string]string{"scope": "conversation", "name": "fragile", "color": "red"}, &tag)
	trainee := worker{name: "许晴", email: "xu@shop.test"}
	var made named
	h.do(t, "POST", "/agents", map[string]any{"email": trainee.email, "name": trainee.name, "role": "limited", "max_load": 50, "password": password, "language": "en"}, &made)
	lin := s.signIn(t, s.lin, manner{Axe: true})
	app.writes(t, "Anna", "Where is my parcel?")
	var long []canon.Envelope
	for i := range 60 {
		e := app.Says("Anna", fmt.Sprintf("And another thing, number %d.", i))
		e.From.Name = "Anna"
		long = append(long, e)
	}
	if got, err := app.Post(context.Background(), app.hook, long...); err != nil || !got.Accepted() {
		t.Fatalf("%d %v", got.Status, err)
	}
	app.writes(t, "欧阳明月", "我的包裹在哪里？")
	counter.writes(t, "Bert", "The parcel broke.")
	bert := h.conversationWith(t, "The parcel broke.")
	lin.counts(lin.row(""), 3)
	as := h.api
	as.agent = s.lin.id
	as.do(t, "POST", "/conversations/"+h.conversationWith(t, "Where is my parcel?")+"/messages", object{"text": "Your parcel is in Leipzig."}, nil)
	as.do(t, "PUT", "/conversations/"+bert+"/tags/"+tag.ID, nil, nil)
	as.do(t, "POST", "/conversations/"+bert+"/transfer", object{"agent": made.ID}, nil)

	lin.opensInbox(t, h.url, func() { app.writes(t, "Anna", "Are you there?") }, lin.row("Are you there?"))
	lin.visit(h.url + "/search")
	lin.sees(button("in:shop").loose())
	lin.shot("search-empty")
	today, field := time.Now().UTC().Format(time.DateOnly), css("[data-search-field] input")
	until(t, "everything said is found", func() (bool, string) { // the index follows
		var got page[object]
		h.do(t, "GET", "/search?q=parcel", nil, &got)
		return len(got.Items) == 3, fmt.Sprint(len(got.Items))
	})
	for _, c := range []struct {
		question string
		want     []string
	}{
		{"parcel", []string{"Leipzig", "broke", "Where is my"}},
		{"from:Anna parcel", []string{"Where is my"}},
		{"from:me parcel", []string{"Leipzig"}},
		{"in:专柜 parcel", []string{"broke"}},
		{"tag:fragile parcel", []string{"broke"}},
		{"parcel after:" + today, []string{"Leipzig", "broke", "Where is my"}},
		{"包裹", []string{"我的包裹在哪里"}},
		{`"parcel is in"`, []string{"Leipzig"}},
	} {
		lin.seeks(c.question)
		lin.counts(lin.found(), len(c.want))
		for _, words := range c.want {
			lin.sees(lin.found().has(words))
		}
	}
	lin.shot("search-found")
	lin.accessible("what was found")
	lin.seeks("parcel before:" + today)
	lin.sees(text("Nothing was found for"))
	lin.shot("search-none")
	lin.accessible("nothing found")
	lin.seeks("from:Nobody parcel")
	lin.sees(text("There is nobody and nothing called from:Nobody here."))

	// An operator is not wrong while it is being typed; when Enter asks, it says what is.
	lin.seeks("parcel")
	lin.write(field, " after:yester")
	lin.counts(lin.found(), 3)
	lin.misses(role("alert"))
	lin.press(field, "Enter")
	lin.sees(role("alert").has("is not a date"))
	lin.sees(role("alert").has("Write the day as"))
	lin.shot("search-error")
	lin.accessible("what is not understood")

	// It opens where it was said, far up, and says which it is.
	lin.seeks("from:Anna parcel")
	lin.click(lin.found())
	lin.sees(lin.marked("Where is my parcel?"))
	lin.inSight()
	lin.shot("search-opened")

	// What is somebody else's a limited agent does not find, nor whose it is.
	xu := s.signIn(t, trainee, manner{})
	xu.visit(h.url + "/search?q=parcel")
	xu.counts(xu.found(), 1)
	xu.sees(xu.found().has("broke"))
	xu.seeks("Anna")
	xu.sees(text("Nothing was found for"))
	xu.seeks("Bert")
	xu.sees(css("[data-result]").has("Bert").nth(0))

	s.byThumb(t)
}

// marked is the message an address names.
func (d *desk) marked(words string) thing { return css("article[aria-current]").has(words) }

// inSight waits until it stands within the window.
func (d *desk) inSight() {
	d.t.Helper()
	d.waitEval("", `(() => { const r = document.querySelector("article[aria-current]")?.getBoundingClientRect(); return r && r.top > 0 && r.bottom < innerHeight; })()`)
}

// fits fails when a page is wider than its window, or a dialog taller.
func (p *tab) fits(what string) {
	p.t.Helper()
	p.waitEval("", `!document.querySelector(".ant-modal-wrap [class*=-enter], .ant-zoom-enter")`)
	out := ""
	p.eval(&out, "", `(() => {
		if (document.documentElement.scrollWidth > innerWidth) return "the page is " + document.documentElement.scrollWidth + " wide";
		for (const el of document.querySelectorAll(".ant-modal button, .ant-modal input, .ant-modal [role=option], main button, main a")) {
			const r = el.getBoundingClientRect();
			if (r.width && (r.left < -1 || r.right > innerWidth + 1)) return "out of the window: " + el.outerHTML.slice(0, 120);
		}
		return "";
	})()`)
	if out != "" {
		p.t.Errorf("%s: %s", what, out)
	}
}

// byThumb goes through search, filters and work on many at once on a phone.
func (s *shop) byThumb(t *testing.T) {
	t.Helper()
	zhou := worker{name: "周洁", email: "zhou@shop.test"}
	s.do(t, "POST", "/agents", map[string]any{"email": zhou.email, "name": zhou.name, "role": "agent", "max_load": 50, "password": password, "language": "zh"}, nil)
	m := manner{Locale: "zh-CN", Zone: "Asia/Shanghai", Size: &size{390, 844}, Touch: true, Axe: true}
	x := &desk{tab: somebody(t, zhou.name, m).open(s.url + "/search"), who: zhou}
	x.fill(css("input[type=email]"), zhou.email)
	x.fill(css("input[type=password]"), password)
	x.click(css("button[type=submit]"))
	x.sees(css("[data-search-field] input"))
	x.shot("search-390-empty")
	x.seeks("包裹")
	x.counts(x.found(), 1)
	x.fits("what was found")
	x.accessible("what was found, on a phone")
	x.shot("search-390")
	x.click(x.found())
	x.sees(x.marked("我的包裹在哪里"))
	x.inSight()
	x.shot("search-390-opened")

	// A list, filtered.
	x.visit(s.url + "/inbox/all")
	x.counts(x.row(""), 3)
	x.click(button("筛选"))
	dialog := role("dialog", "筛选")
	x.sees(dialog)
	x.fits("the filter")
	x.accessible("the filter, on a phone")
	x.shot("filter-390")
	x.click(role("combobox", "标签").within(dialog))
	x.shot("filter-390-open")
	x.fits("a choice of the filter")
	x.click(css(".ant-select-item-option").has("fragile").shown())
	x.click(button("查看").within(dialog))
	x.counts(x.row(""), 1)
	x.shot("filter-390-on")
	x.click(button("移除筛选 fragile"))
	x.counts(x.row(""), 3)

	// By how urgent agents say they are: only those, and those first.
	s.do(t, "PUT", "/conversations/"+s.conversationWith(t, "The parcel broke.")+"/priority", object{"priority": "urgent"}, nil)
	x.sees(x.row("Bert").has("紧急"))
	x.sees(x.row("").nth(0).has("Anna"))
	x.click(button("筛选"))
	x.click(role("combobox", "优先级").within(dialog))
	x.click(css(".ant-select-item-option").has("紧急").shown())
	x.click(css(".ant-modal-title").within(dialog)) // the open list lies over the button
	x.click(button("查看").within(dialog))
	x.counts(x.row(""), 1)
	x.sees(x.row("Bert"))
	x.shot("filter-390-urgent")
	x.click(button("移除筛选 紧急"))
	x.counts(x.row(""), 3)
	x.click(button("排序：最新"))
	x.click(role("menuitem", "最紧急").shown())
	x.sees(x.row("").nth(0).has("Bert"))
	x.sees(button("排序：最紧急"))
	x.fits("the list, the most urgent first")
	x.shot("sort-390-urgent")

	// Two of them at once: every question that can be asked about them fits.
	for _, who := range []string{"Anna", "Bert"} {
		x.click(label("选择 " + who))
	}
	bar := role("region", "已选择的会话")
	x.sees(text("已选 2 个").within(bar))
	x.fits("the bar of what is selected")
	x.shot("bulk-390")
	for _, ask := range []string{"分配", "稍后处理", "结束", "打标签"} {
		x.click(button(ask).within(bar))
		x.sees(role("dialog"))
		x.fits(ask)
		x.accessible(ask + ", on a phone")
		x.shot("bulk-390-" + ask)
		if ask != "打标签" {
			x.click(button("取消").within(role("dialog")))
			x.misses(role("dialog"))
		}
	}
	x.write(role("combobox", "选择标签").within(role("dialog")), "fragile")
	x.click(css(".ant-select-item-option").has("fragile").shown())
	x.click(css(".ant-modal-title")) // the open list lies over the button
	x.click(button("打标签").within(role("dialog")))
	x.sees(text("已完成 2 个会话。"))
	x.shot("bulk-390-done")
	x.counts(x.row("fragile"), 2)
	if log := x.did(); len(log.Errors) > 0 {
		t.Errorf("the page said %q", log.Errors)
	}
}
