package journey

import (
	"strings"
	"testing"
)

// TestAMenuIsMadeAndTapped: an administrator makes the menu below an account's chats
// on its page; the customer taps it, is answered by the bot and reaches the queue.
// One kind has names alone, the other a picture that is drawn from them.
func TestAMenuIsMadeAndTapped(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	for kind, play := range map[string]func(*testing.T) *channel{"line": lineChannel, "wecom": wecomChannel} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			x := &tale{channel: play(t), t: t, s: s}
			x.hires(kind)
			x.links()
			a := x.admin
			a.visit(x.page)
			a.sees(text("There is no menu yet."))
			picked := func(field string, n int, option string) {
				t.Helper()
				a.click(css(".ant-select:has([aria-label='" + field + "'])").nth(n))
				a.click(css(".ant-select-item-option").has(option).shown())
			}
			if kind == "line" {
				picked("Layout", 0, "2 side by side")
				// What is missing is said where it is, before anything reaches the platform.
				a.click(button("Save at the platform"))
				a.sees(text("Fill in what stands on the bar."))
				a.sees(text("Give the entry a name.").nth(0))
				if _, menu := x.screen(); len(menu) > 0 {
					t.Errorf("the customer sees %+v", menu)
				}
				a.fill(label("Text of the bar"), "菜单")
			} else {
				a.click(button("Add entry"))
				a.click(button("Add entry"))
			}
			a.fill(label("Name").nth(0), "退货政策")
			a.fill(label("Value").nth(0), "退货")
			a.fill(label("Name").nth(1), "找人工")
			picked("When pressed", 1, "Asks for a person")
			a.shot("menu-" + kind)
			a.click(button("Save at the platform"))
			a.sees(text("The menu is set. Customers may see it a little later."))
			if kind == "line" { // the picture lies at the platform, and is shown from there
				a.visit(x.page)
				var wide int
				x.until("the picture is shown", func() bool {
					a.eval(&wide, "", "document.querySelector('img[src*=\"/menu/picture\"]')?.naturalWidth ?? 0")
					return wide == 2500
				})
				a.shot("menu-line-standing")
			}
			x.presses(t, "退货政策", "")
			x.reads(t, 0, "签收后七天内可以退货。")
			x.presses(t, "找人工", "")
			x.until("the customer waits for a person", func() bool {
				for _, c := range s.conversations(t, "status=queue&limit=200") {
					if strings.HasPrefix(c.Account.Name, x.name) {
						return true
					}
				}
				return false
			})
			if l := a.did(); len(l.Errors) > 0 {
				t.Errorf("the page failed: %q", l.Errors)
			}
		})
	}
}
