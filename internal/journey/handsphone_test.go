package journey

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// standing says who stands in the list, from top to bottom as it is drawn.
const standing = `[...document.querySelectorAll("a[data-row]")].filter((a) => a.checkVisibility())
	.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
	.map((a) => a.innerText)`

// rows waits until these stand in the list, in this order.
func (h *hands) rows(who ...string) {
	h.t.Helper()
	until(h.t, "the list is as it is to be", func() (bool, string) {
		var got []string
		h.eval(&got, "", standing)
		return slices.EqualFunc(got, who, strings.Contains), fmt.Sprintf("%q", got)
	})
}

// The hour by keys in Chinese in a window of 390 pixels, where list and thread are
// there one at a time: three answers, one of them composed, a note, a transfer, a
// snooze, a close, and a past message found.
func TestU19_AnAgentsHourByKeyboardOnAPhone(t *testing.T) {
	t.Parallel()
	h := startHub(t, "sqlite")
	s := staff(t, h)
	h.do(t, "PATCH", "/tenant", object{"settings": object{"require_tag": true}}, nil)
	h.do(t, "POST", "/tags", object{"scope": "conversation", "name": "快递", "color": "amber"}, nil)
	zhou := worker{name: "周洁", email: "zhou@shop.test"}
	h.do(t, "POST", "/agents", object{"email": zhou.email, "name": zhou.name, "role": "agent", "max_load": 50, "password": password, "language": "zh"}, nil)
	app := s.crowd(t, "商城")
	x := s.sits(t, zhou, manner{Locale: "zh-CN", Zone: "Asia/Shanghai", Size: &size{390, 844}, Axe: true})
	for i, who := range []string{"欧阳明月", "Dora", "Anna"} {
		app.writes(t, who, []string{"我的包裹在哪里？", "Are you there?", "Where is my parcel?"}[i])
		x.sees(x.row(who))
	}
	x.rows("Anna", "Dora", "欧阳明月")
	for _, who := range []string{"Dora", "欧阳明月"} { // nobody points at the list: who wrote last comes first
		app.writes(t, who, "还在吗？")
		x.sees(x.row(who).has("还在吗？"))
	}
	x.rows("欧阳明月", "Dora", "Anna")
	x.shot("keys-390")
	// A list of choices leaves what is pressed next in sight.
	x.keys("f")
	x.at(onDialog)
	x.act(css(".ant-modal [role=combobox][aria-label='优先级']"), "focus", nil)
	x.keys("ArrowDown")
	x.sees(css(".ant-select-item-option").has("紧急"))
	x.waitEval("", `(() => {
		const r = document.querySelector(".ant-modal .ant-btn-primary").getBoundingClientRect();
		return document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)?.closest(".ant-btn-primary") != null;
	})()`)
	x.shot("keys-390-filter")
	x.keys("Escape")
	x.waitEval("", `document.querySelector(".ant-select-dropdown:not(.ant-select-dropdown-hidden)") === null`) // it takes Escape while it fades
	x.keys("Escape")
	x.misses(role("dialog"))

	x.keys("j")
	x.sees(role("heading", "欧阳明月"))
	x.at(onLog + ", main")
	x.keys("r")
	x.at(onField)
	x.writes("在的，请稍等。")
	x.keys("Enter")
	app.reads(t, "欧阳明月", "在的，请稍等。")
	x.keys("Alt+j")
	x.sees(role("heading", "Dora"))
	x.at(onField)
	x.composes([]string{"h", "hao", "haode"}, "好的", "Enter", "KeyJ")
	x.at(onField)
	x.keys("Enter")
	app.reads(t, "Dora", "好的")
	x.keys("Alt+j")
	x.sees(role("heading", "Anna"))
	x.at(onField)
	x.writes("马上为您查询。")
	x.keys("Enter")
	app.reads(t, "Anna", "马上为您查询。")
	x.shot("keys-390-answered")
	x.accessible("the thread, by keys, on a phone")

	x.keys("Alt+p")
	x.at(onNote)
	x.writes("已查过物流。")
	x.keys("Enter")
	x.sees(x.log("note").has("已查过物流。"))
	x.keys("Escape", "a")
	x.at(onDialog)
	x.writes("陈雨")
	x.fits("the transfer")
	x.keys("Enter")
	x.sees(text("已转接给 陈雨"))
	x.at(onLog)

	x.keys("k")
	x.sees(role("heading", "Dora"))
	x.keys("h")
	x.at(onDialog)
	x.shot("keys-390-snooze")
	x.keys("2")
	x.sees(text("已设为稍后处理"))
	x.at(onLog)
	x.keys("k")
	x.sees(role("heading", "欧阳明月"))
	x.keys("e")
	x.at(onDialog)
	x.writes("快")
	x.keys("Enter", "Control+Enter")
	x.sees(text("会话已结束。"))

	x.keys("s")
	x.at("[data-search-field] input")
	x.composes([]string{"b", "bao", "baoguo"}, "包裹")
	x.sees(css("[data-result] mark").has("包裹"))
	x.shot("keys-390-found")
	x.keys("ArrowDown")
	x.at("[data-result]")
	x.untouched()
	for state, want := range map[string]string{"snoozed": "Dora", "closed": "欧阳明月"} {
		until(t, want+" is among the "+state, func() (bool, string) {
			type talk struct {
				Contact struct {
					Name string `json:"name"`
				} `json:"contact"`
			}
			all := list[talk](t, h.api, "/conversations?status="+state)
			return len(all) == 1 && all[0].Contact.Name == want, fmt.Sprint(all)
		})
	}
}
