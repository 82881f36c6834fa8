package journey

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// An agent with a full list and no mouse: filters it, keeps the filter as a view
// with an address, selects several rows and has them tagged at once, snoozes one,
// gets it back when its customer writes, and gives the whole view to a colleague.
func TestViewsAndManyAtOnceByKeyboard(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	app := s.platform(t, "")
	writes := func(who, locale, words string) {
		t.Helper()
		peer := object{"id": who, "name": who, "locale": locale}
		e := object{"event_id": who + words, "from": peer, "event": object{"type": "posted", "message": object{"parts": []object{{"type": "text", "body": words}}}}}
		if got := app.tell(t, e); got != http.StatusNoContent {
			t.Fatalf("a message was answered %d", got)
		}
	}
	for i := range 4 {
		writes(fmt.Sprintf("Anna %d", i), "de-DE", "Wo ist mein Paket?")
	}
	writes("Mei", "zh-CN", "包裹在哪里？")
	s.do(t, "POST", "/tags", map[string]string{"scope": "conversation", "name": "parcel", "color": "amber"}, nil)

	lin := s.signIn(t, s.lin, manner{Size: &size{1440, 900}, Axe: true})
	page := css("body")
	lin.press(page, "g")
	lin.press(page, "m")
	lin.counts(lin.row(""), 5)

	// Only the Germans, kept as a view.
	lin.press(page, "f")
	dialog := role("dialog", "Filter")
	language := role("combobox", "Language").within(dialog)
	lin.write(language, "German")
	lin.press(language, "Enter")
	lin.press(language, "Escape")
	lin.press(button("Show").within(dialog), "Enter")
	lin.counts(lin.row(""), 4)
	if a := lin.address(); !strings.Contains(a, "language=de") {
		t.Errorf("the address %s does not say the filter", a)
	}
	lin.press(button("Save as a view"), "Enter")
	name := label("Name").within(role("dialog", "Save as a view"))
	lin.write(name, "Germans")
	lin.press(name, "Enter")
	lin.sees(role("link", "Germans 4").loose().within(role("navigation", "Views")))
	lin.sees(role("heading", "Germans"))
	lin.counts(lin.row(""), 4)
	view := lin.address()
	lin.visit(view[:strings.LastIndex(view, "/inbox/")] + "/inbox/all")
	lin.counts(lin.row(""), 5)
	lin.visit(view)
	lin.counts(lin.row(""), 4)
	lin.shot("views-saved")

	// Three of them at once: tagged, then taken. The row the page opened with is
	// where the selection begins.
	lin.sees(css("a[href*='/inbox/'][aria-current]:has(time)"))
	lin.press(page, "x")
	lin.press(page, "j")
	lin.press(page, "j")
	lin.press(page, "Shift+X")
	bar := role("region", "Selected conversations")
	lin.sees(text("3 selected").within(bar))
	lin.shot("views-selected")
	lin.press(page, "l")
	tag := role("combobox", "Choose tags").within(role("dialog"))
	lin.write(tag, "parcel")
	lin.press(tag, "Enter")
	lin.press(button("Tag").within(role("dialog")), "Enter")
	lin.sees(text("3 conversations done."))
	lin.counts(lin.row("parcel"), 3)

	// One is put off: h, and the digit of "until the customer writes".
	lin.opens("Anna 2")
	lin.press(page, "h")
	times := role("listbox", "Snooze")
	lin.sees(role("option", "Until the customer writes").loose().within(times))
	lin.shot("views-snooze")
	for range 4 {
		lin.press(times, "ArrowDown")
	}
	lin.press(times, "ArrowUp")
	lin.press(times, "Enter")
	lin.sees(text("Snoozed until the customer writes."))
	lin.counts(lin.row("Anna 2"), 0)
	lin.view("Snoozed")
	lin.counts(lin.row("Anna 2"), 1)
	lin.opens("Anna 2")
	lin.sees(role("log").has("snoozed the conversation until the customer writes"))
	lin.shot("views-snoozed")

	writes("Anna 2", "de-DE", "Hallo?")
	lin.sees(text("Anna 2 is back"))
	lin.counts(lin.row("Anna 2"), 0)
	lin.visit(view)
	lin.counts(lin.row(""), 4)
	lin.opens("Anna 2")
	lin.sees(role("log").has("the snooze is over"))

	// The whole view to a colleague.
	lin.press(page, "*")
	lin.press(page, "a")
	lin.sees(text("All of this view, 1,000 at most").within(bar))
	lin.press(page, "a")
	search := role("combobox", "Search agents, teams and bots").within(role("dialog"))
	lin.write(search, s.chen.name)
	lin.press(search, "Enter")
	lin.sees(text("4 conversations done."))
	lin.counts(lin.row(""), 0)

	for _, v := range lin.axe("") {
		t.Errorf("axe: %s", v)
	}
	if log := lin.did(); len(log.Errors) > 0 {
		t.Errorf("the page said %q", log.Errors)
	}

	// Chen has them now; Lin's view is not shared with her.
	chen := s.signIn(t, s.chen, manner{Size: &size{1440, 900}, Scheme: "dark"})
	chen.counts(chen.row("Anna"), 4)
	chen.shot("views-given-dark")
	chen.visit(view)
	chen.sees(text("This view is gone, or not shared with you."))
	chen.shot("views-not-shared-dark")
}
