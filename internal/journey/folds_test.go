package journey

import (
	"fmt"
	"testing"
)

// The four columns fold from the outside in as the window narrows, down to one with a
// way back; their sizes are remembered; z leaves the thread alone.
func TestU01_ColumnsFoldAndKeepTheirSizes(t *testing.T) {
	t.Parallel()
	h := startHub(t, "sqlite")
	s := staff(t, h)
	app := s.crowd(t, "App")
	lin := s.signIn(t, s.lin, manner{})
	app.writes(t, "Anna", "Where is my parcel?")
	lin.opens("Anna")
	shows := func(want string) {
		t.Helper()
		lin.waitEval("", fmt.Sprintf(`(() => {
			const seen = (q) => [...document.querySelectorAll(q)].some((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("[inert]"));
			return Object.entries({ views: "nav[aria-label=Views]", list: "[data-row]", thread: "[role=log]", context: "aside[aria-label=Details]" })
				.filter(([, q]) => seen(q)).map(([name]) => name).join(" ") === %q;
		})()`, want))
		lin.waitEval("", "document.documentElement.scrollWidth <= innerWidth")
	}
	for _, c := range []struct {
		width int
		want  string
	}{{1440, "views list thread context"}, {1439, "list thread context"}, {1180, "list thread context"}, {1179, "list thread"}, {768, "list thread"}, {767, "thread"}} {
		lin.sized(c.width, 900)
		shows(c.want)
	}
	lin.click(button("Back"))
	shows("list")
	lin.opens("Anna")
	lin.sized(1440, 900)
	shows("views list thread context")

	grip := func(name string) thing { return role("separator", name) }
	wide := func(list, context int) {
		t.Helper()
		lin.waitEval("", fmt.Sprintf(`(() => {
			const is = (q) => Math.round(document.querySelector(q).getBoundingClientRect().width);
			return is("section:has([data-row])") === %d && is("aside[aria-label=Details]") === %d;
		})()`, list, context))
	}
	wide(340, 320)
	lin.act(grip("Width of the list"), "focus", nil)
	lin.keys("ArrowRight", "ArrowRight")
	lin.act(grip("Width of the details"), "focus", nil)
	lin.keys("ArrowRight")
	wide(372, 304)
	lin.reload()
	lin.sees(role("log"))
	wide(372, 304)

	lin.keys("z")
	shows("thread")
	lin.keys("z")
	shows("views list thread context")
	wide(372, 304)
}
