package journey

import (
	"strings"
	"testing"
)

// visitor is a customer in a browser, with the chat of a site before them.
type visitor struct {
	*tab
	frame string // part of the panel's address; empty on the chat's own page
	zh    bool
}

// visit opens a page of the site and leaves the chat closed.
func (s *site) visit(p *person, path string) *visitor {
	p.t.Helper()
	return &visitor{tab: p.open(s.url + path), frame: "/chat/" + s.account, zh: true}
}

// chatPage opens the chat as a page of its own.
func (s *site) chatPage(p *person) *visitor {
	p.t.Helper()
	return &visitor{tab: p.open(s.hub + "/chat/" + s.account), zh: true}
}

// in looks for a thing inside the panel.
func (v *visitor) in(x thing) thing { x.frame = v.frame; return x }

// launcher is the button as a screen reader knows it: its tree is closed to the
// page, and to selectors too.
func (v *visitor) launcher() heard {
	v.t.Helper()
	var found heard
	until(v.t, "the launcher is there", func() (bool, string) {
		var all []string
		for _, h := range v.tree() {
			if h.Role == "button" {
				all = append(all, h.Name)
				if strings.Contains(h.Name, "咨询") || strings.Contains(strings.ToLower(h.Name), "chat") {
					found = h
					return true, ""
				}
			}
		}
		return false, strings.Join(all, " | ")
	})
	return found
}

// open presses the launcher where it stands and waits for the panel.
func (v *visitor) open() {
	v.t.Helper()
	v.launcher()
	v.press1()
	v.sees(v.box())
}

// press1 presses the launcher: 56 px, 20 px from the corner.
func (v *visitor) press1() { v.t.Helper(); v.mouse(-48, -48) }

func (v *visitor) word(zh, en string) string {
	if v.zh {
		return zh
	}
	return en
}

func (v *visitor) box() thing { return v.in(label(v.word("输入消息…", "Write a message…"))) }

// say writes and sends a message, and waits until the hub has it.
func (v *visitor) say(words string) {
	v.t.Helper()
	v.fill(v.box(), words)
	v.press(v.box(), "Enter")
	v.sees(v.mine().has(words))
}

// mine are the visitor's own bubbles, theirs all others.
func (v *visitor) mine() thing   { return v.in(css(".msg.mine")) }
func (v *visitor) theirs() thing { return v.in(css(".msg.theirs")) }
func (v *visitor) head() thing   { return v.in(css(".head")) }

// picks presses an option the bot offered.
func (v *visitor) picks(option string) {
	v.t.Helper()
	v.click(v.in(css("button.opt").has(option).nth(-1)))
}

// asksForPerson presses the button at the top.
func (v *visitor) asksForPerson() {
	v.t.Helper()
	v.click(button(v.word("转人工", "Talk to a person")).within(v.head()))
}

func customer(t testing.TB, name string) *person {
	return somebody(t, name, manner{Locale: "zh-CN", Zone: "Asia/Shanghai"})
}
