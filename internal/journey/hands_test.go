package journey

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/connectors/http/fake"
	"parley/core/canon"
)

// hands is somebody at a keyboard, without a mouse. What they press goes to
// whatever has the focus, and the focus is looked after at every step.
type hands struct{ *desk }

// noMouse counts what a mouse or a finger did to a page.
const noMouse = `window.touched = 0; for (const e of ["pointerdown", "mousedown"]) addEventListener(e, () => window.touched++, true)`

// focused says what has the focus, empty while it is nowhere, out of sight or
// without anything that shows it: an outline, a border or shadow of a field, a caret.
const focused = `(() => {
	const a = document.activeElement;
	if (!a || a === document.body || !a.checkVisibility({ visibilityProperty: true })) return "";
	const r = a.getBoundingClientRect();
	if (r.bottom <= 0 || r.top >= innerHeight || r.right <= 0 || r.left >= innerWidth) return "";
	const field = a.matches("textarea, input");
	const ringed = a.matches("main") || getComputedStyle(a).outlineStyle !== "none" && parseFloat(getComputedStyle(a).outlineWidth) > 0;
	if (!field && !ringed) return "";
	return a.tagName.toLowerCase() + " " + (a.getAttribute("role") || "") + " " + (a.getAttribute("aria-label") || a.textContent || "").slice(0, 60);
})()`

// at waits until what has the focus is there to see and fits a selector.
func (h *hands) at(selector string) {
	h.t.Helper()
	until(h.t, "the focus is on "+selector, func() (bool, string) {
		what, fits := "", false
		h.eval(&what, "", focused)
		h.eval(&fits, "", fmt.Sprintf(`document.activeElement?.matches(%q)`, selector))
		if what == "" {
			h.eval(&what, "", `"lost or unseen: " + document.activeElement?.outerHTML.slice(0, 200)`)
			return false, what
		}
		return fits, what
	})
}

// writes types where the focus is.
func (h *hands) writes(words string) { h.t.Helper(); h.ask(command{Op: "write", Value: words}) }

// composes has an input method write words from letters, with keys pressed before it is done.
func (h *hands) composes(letters []string, words string, keys ...string) {
	h.t.Helper()
	h.ask(command{Op: "compose", Value: letters, Code: words, Keys: keys})
}

// Where the focus can be at the inbox.
const (
	onRow    = "[data-row][aria-current]"
	onLog    = "[role=log]"
	onField  = "section[data-mode=reply] textarea"
	onNote   = "section[data-mode=note] textarea"
	onDialog = ".ant-modal input, .ant-modal [role=listbox], .ant-modal textarea, .ant-modal button"
)

// crowd is an application with many customers.
type crowd struct {
	*fake.Platform
	hook string
}

func (s *shop) crowd(t testing.TB, name string) *crowd {
	t.Helper()
	p, err := fake.New(appSecret)
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		HookURL string `json:"hook_url"`
	}
	s.do(t, "POST", "/accounts", map[string]any{"connector": "http", "name": name, "config": map[string]string{"secret": appSecret, "api_base": serves(t, p)}}, &made)
	return &crowd{p, made.HookURL}
}

func (c *crowd) writes(t testing.TB, who, words string) {
	t.Helper()
	e := c.Says(canon.RemoteID(who), words)
	e.From.Name = who
	if got, err := c.Post(context.Background(), c.hook, e); err != nil || !got.Accepted() {
		t.Fatalf("%s wrote: %d %v", who, got.Status, err)
	}
}

// reads waits until exactly these words came to the customer, besides who serves.
func (c *crowd) reads(t testing.TB, who string, want ...string) {
	t.Helper()
	until(t, who+" reads", func() (bool, string) {
		var got []string
		for _, l := range c.Seen(canon.RemoteID(who)) {
			if words := l.Message.Fallback(); !strings.Contains(words, "为您服务") {
				got = append(got, words)
			}
		}
		return strings.Join(got, "|") == strings.Join(want, "|"), strings.Join(got, "|")
	})
}

// sits signs somebody in, by keys alone.
func (s *shop) sits(t testing.TB, w worker, m manner) *hands {
	t.Helper()
	m.Script = noMouse
	h := &hands{&desk{tab: somebody(t, w.name, m).open(s.url), who: w}}
	h.at("input[type=email]")
	h.writes(w.email)
	h.keys("Tab")
	h.writes(password)
	h.keys("Enter")
	h.sees(role("navigation", map[bool]string{false: "Main", true: "主导航"}[m.Locale == "zh-CN"]))
	until(t, w.name+" may be given conversations", func() (bool, string) {
		type agent struct{ Email, State string }
		all := list[agent](t, s.api, "/agents")
		return slices.Contains(all, agent{w.email, "online"}), fmt.Sprint(all)
	})
	return h
}

// untouched fails when a mouse was used after all.
func (h *hands) untouched() {
	h.t.Helper()
	n := -1
	if h.eval(&n, "", "window.touched"); n != 0 {
		h.t.Errorf("a mouse was used %d times", n)
	}
	if log := h.did(); len(log.Errors) > 0 {
		h.t.Errorf("the page said %q", log.Errors)
	}
}

// An agent's hour without a mouse: three answers, a canned reply, a note, a tag, a
// snooze, a transfer, a close that asks for a tag, what can be taken back taken
// back, a customer and a past message found. The focus is always somewhere one can
// see, and an input method that composes is left alone.
func TestU19_AnAgentsHourByKeyboard(t *testing.T) {
	t.Parallel()
	h := startHub(t, "sqlite")
	s := staff(t, h)
	h.do(t, "PATCH", "/tenant", map[string]any{"settings": map[string]any{"require_tag": true}}, nil)
	h.do(t, "POST", "/tags", map[string]string{"scope": "conversation", "name": "parcel", "color": "amber"}, nil)
	h.do(t, "POST", "/canned", map[string]any{"shortcut": "hi", "title": "Greeting", "body": "Hello {{name}}, this is {{agent}}."}, nil)
	app := s.crowd(t, "App")
	lin := s.sitsBeside(t, app)

	// Up and down the list; the focus goes along, and stays when the list is out of sight.
	lin.keys("g", "m")
	lin.keys("j")
	lin.at(onRow)
	lin.keys("k", "k")
	lin.at(onRow)
	lin.sees(role("heading", "欧阳明月"))
	lin.keys("z", "j")
	lin.sees(role("heading", "Dora"))
	lin.at(onLog)
	lin.keys("z", "k")
	lin.sees(role("heading", "欧阳明月"))

	// The first answer is a canned one, called with the slash of a Chinese keyboard.
	lin.keys("r")
	lin.at(onField)
	lin.writes("、hi")
	lin.sees(role("option", "Greeting").loose())
	lin.keys("Enter")
	lin.sees(lin.field().has("Hello 欧阳明月, this is 林小满."))
	lin.keys("Enter")
	app.reads(t, "欧阳明月", "Hello 欧阳明月, this is 林小满.")
	lin.at(onField)

	// The second is composed: Enter is the input method's until it is done.
	lin.keys("Alt+j")
	lin.sees(role("heading", "Dora"))
	lin.at(onField)
	lin.composes([]string{"n", "ni", "nihao"}, "您好", "Enter", "KeyJ")
	lin.at(onField)
	if got := lin.read(lin.field(), "value"); got != "您好" {
		t.Errorf("the input method wrote %q", got)
	}
	lin.keys("Control+a")
	lin.writes("您好，请说。")
	lin.keys("Enter")
	app.reads(t, "Dora", "您好，请说。")
	lin.keys("Escape")
	lin.at(onLog)

	// The third, after a note that no customer sees.
	lin.keys("j")
	lin.sees(role("heading", "Cora"))
	lin.at(onRow)
	lin.keys("n")
	lin.at(onNote)
	lin.writes("She is always right.")
	lin.keys("Enter")
	lin.sees(lin.log("note").has("She is always right."))
	lin.at(onNote)
	lin.keys("Alt+l")
	lin.at(onField)
	lin.writes("At once.")
	lin.keys("Control+Enter")
	app.reads(t, "Cora", "At once.")
	lin.shot("keys-answered")

	// A tag, taken back and set again.
	tagged := lin.row("Cora").has("parcel")
	lin.keys("Escape", "l")
	lin.at(onDialog)
	lin.writes("parcel")
	lin.keys("Enter", "Control+Enter")
	lin.counts(tagged, 1)
	lin.at(onLog)
	lin.keys("Control+z")
	lin.counts(tagged, 0)
	lin.keys("l")
	lin.at(onDialog)
	lin.writes("parcel")
	lin.keys("Enter", "Control+Enter")
	lin.counts(tagged, 1)

	// Urgent in two keys, and back.
	urgent := lin.row("Cora").has("Urgent")
	lin.keys("p")
	lin.at(".ant-modal button[aria-pressed]")
	lin.keys("1")
	lin.counts(urgent, 1)
	lin.at(onLog)
	lin.keys("Control+z")
	lin.counts(urgent, 0)

	// Put off till tomorrow, and back.
	lin.keys("h")
	lin.at(onDialog)
	lin.keys("2")
	lin.counts(lin.row("Cora"), 0)
	lin.at(onLog)
	lin.shot("keys-snoozed")
	lin.keys("Control+z")
	lin.counts(lin.row("Cora"), 1)

	// What is half written stays so, whatever is pressed in a dialog over it.
	lin.keys("r")
	lin.at(onField)
	lin.writes("half")
	lin.keys("Escape", "a")
	lin.at(onDialog)
	lin.keys("Control+Enter")
	lin.writes("陈")
	lin.shot("keys-transfer")
	lin.keys("Enter")
	lin.counts(lin.row("Cora"), 0)
	lin.at(onLog)
	lin.keys("Control+z")
	lin.counts(lin.row("Cora"), 1)
	lin.keys("a", "e") // faster than the dialog opens: what is typed is not for the inbox
	lin.at(onDialog)
	lin.keys("Control+a")
	lin.writes("陈雨")
	lin.keys("Enter")
	lin.counts(lin.row("Cora"), 0)
	app.reads(t, "Cora", "At once.")

	// Of what left the list the place stays: the next is who stood behind it.
	lin.keys("j")
	lin.sees(role("heading", "Dora"))
	lin.at(onRow)
	lin.keys("j", "j")
	lin.sees(role("heading", "Bert"))
	lin.at(onRow)

	// Closing asks for a tag once, is taken back, and closes at once then.
	lin.keys("e")
	lin.at(onDialog)
	lin.writes("par")
	lin.keys("Enter")
	lin.shot("keys-close")
	lin.keys("Control+Enter")
	lin.counts(lin.row("Bert"), 0)
	lin.at(onLog)
	lin.keys("Control+z")
	lin.counts(lin.row("Bert"), 1)
	lin.keys("r")
	lin.at(onField)
	lin.writes("Goodbye, Bert.")
	lin.keys("Control+Alt+e")
	lin.counts(lin.row("Bert"), 0)
	lin.misses(role("heading", "Bert"))
	lin.at(onField + ", " + onRow)

	// A customer by name, and what one of them said once by two characters of it.
	lin.keys("Escape", "s")
	lin.at("input[aria-label^='Search']")
	lin.writes("明月")
	lin.sees(css("[data-result]").has("欧阳明月"))
	lin.keys("ArrowDown")
	lin.at("[data-result]")
	lin.keys("Enter")
	lin.sees(role("heading", "欧阳明月"))
	lin.at("main")
	lin.keys("Control+Shift+f")
	lin.composes([]string{"b", "bao", "baoguo"}, "包裹")
	lin.sees(css("[data-result] mark").has("包裹"))
	lin.keys("ArrowDown")
	lin.at("[data-result]")
	for range 3 { // past the conversation, to the message
		there := false
		if lin.eval(&there, "", `!!document.activeElement.querySelector("mark")`); !there {
			lin.keys("ArrowDown")
		}
	}
	lin.keys("Enter")
	lin.sees(css("article[aria-current]").has("我的包裹在哪里？"))
	lin.at(onLog + ", main")
	lin.shot("keys-found")

	// Everything there is, and how it is called.
	lin.keys("?")
	lin.sees(role("dialog", "Keyboard shortcuts"))
	lin.shot("keys-help")
	lin.keys("Escape")
	lin.misses(role("dialog"))
	lin.at(onLog + ", main")
	lin.keys("Control+k")
	lin.at(".ant-modal input")
	lin.writes("snooz")
	lin.keys("Enter")
	lin.at(".ant-modal [role=listbox]")
	lin.keys("Escape")
	lin.misses(role("dialog"))
	lin.keys("g", "c")
	lin.sees(role("heading", "Contacts"))
	lin.at("main")
	lin.remaps(s)
	lin.untouched()
}

// remaps gives the keys of two actions to each other by pressing them: it holds at
// once, everywhere it is told, and at another machine; then single keys are off.
func (h *hands) remaps(s *shop) {
	h.t.Helper()
	chip := func(name string) thing { return button(name).loose() }
	h.keys("Control+k")
	h.at(".ant-modal input")
	h.writes("change keys")
	h.keys("Enter")
	h.sees(role("heading", "Keys"))
	h.accessible("the keys")
	h.shot("keys-page")
	h.act(chip("Change E for “Close conversation”"), "focus", nil)
	h.keys("Enter")
	h.at("input[data-recording]")
	h.keys("g")
	h.sees(text("does not go together with G I"))
	h.keys("Control+Enter")
	h.sees(text("“Send” has this key"))
	h.keys("Escape")
	h.misses(role("dialog"))
	h.at("[data-action=close] button")
	h.keys("Enter")
	h.at("input[data-recording]")
	h.keys("i")
	h.sees(text("If you swap, “Take this conversation” gets E for it."))
	h.accessible("a key being pressed")
	h.shot("keys-press")
	h.keys("Enter")
	h.sees(chip("Change I for “Close conversation”"))
	h.sees(chip("Change E for “Take this conversation”"))

	// At another machine, and in the sheet there. It is a small one: the list is where it
	// was left when one comes back to it.
	other := s.sits(h.t, s.lin, manner{Locale: "en-GB", Size: &size{700, 300}})
	list := `[...document.querySelectorAll("section *")].find((e) => e.querySelector("a[data-row]") && getComputedStyle(e).overflowY === "auto")`
	other.sees(other.row("Anna"))
	other.waitEval("", "("+list+".scrollTop = 60) > 0 && "+list+".scrollTop > 30")
	other.act(other.row("Anna"), "focus", nil)
	was, is := 0, 0
	other.eval(&was, "", list+".scrollTop")
	other.keys("Enter")
	other.sees(role("log"))
	other.act(button("Back"), "focus", nil)
	other.keys("Enter")
	other.sees(other.row("Anna"))
	if other.eval(&is, "", list+".scrollTop"); is != was || was == 0 {
		h.t.Errorf("the list stood at %d and stands at %d", was, is)
	}
	other.act(other.row("Anna"), "focus", nil)
	other.keys("Enter")
	other.sees(role("log"))
	other.keys("?")
	other.sees(css("kbd").has("I").within(css("[role=dialog] dl > div").has("Close conversation")))
	other.keys("Escape")
	other.misses(role("dialog"))
	other.keys("i")
	other.sees(role("dialog", "Close conversation"))
	other.act(button("Cancel"), "focus", nil)
	other.keys("Enter")
	other.misses(role("dialog"))

	// What is changed here counts there at once.
	other.keys("?")
	other.sees(css("[role=switch][aria-checked=true]").within(role("dialog", "Keyboard shortcuts")))
	h.act(css("main button[role=switch]"), "focus", nil)
	h.keys("Space")
	other.sees(css("[role=switch][aria-checked=false]").within(role("dialog", "Keyboard shortcuts")))
	other.keys("Escape")
	other.misses(role("dialog"))
	other.keys("i", "?", "Control+k")
	other.sees(role("dialog", "Search actions"))
	other.counts(role("dialog"), 1)
	other.untouched()
}

// sitsBeside signs Lin in and has five customers write to her, the last one first in her list.
func (s *shop) sitsBeside(t *testing.T, app *crowd) *hands {
	t.Helper()
	lin := s.sits(t, s.lin, manner{Locale: "en-GB", Size: &size{1440, 900}, Axe: true})
	for i, who := range []string{"Anna", "Bert", "Cora", "Dora", "欧阳明月"} {
		app.writes(t, who, []string{"Where is my parcel?", "It broke.", "I want it now.", "Are you there?", "我的包裹在哪里？"}[i])
		lin.counts(lin.row(""), i+1)
	}
	return lin
}
