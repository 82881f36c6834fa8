package journey

import "testing"

// desk is an agent at the inbox, in English.
type desk struct {
	*tab
	who worker
}

// signIn opens the application and signs in through its form.
func (s *shop) signIn(t testing.TB, w worker, m manner) *desk {
	t.Helper()
	if m.Locale == "" {
		m.Locale = "en-GB"
	}
	d := &desk{tab: somebody(t, w.name, m).open(s.url), who: w}
	d.fill(label("E-mail"), w.email)
	d.fill(label("Password"), password)
	d.click(button("Sign in"))
	d.sees(role("navigation", "Views"))
	return d
}

// goes sets the agent's own state.
func (d *desk) goes(state string) {
	d.t.Helper()
	d.click(role("button", d.who.name+", ").loose())
	d.click(role("menuitem", state).loose())
	d.sees(role("button", d.who.name+", "+state).loose())
}

// view opens one of the views at the left.
func (d *desk) view(name string) {
	d.t.Helper()
	d.click(role("link", name).loose().within(role("navigation", "Views")))
}

// rows are the conversations listed.
func (d *desk) row(text string) thing { return css("a[href*='/inbox/']:has(time)").has(text) }

// opens opens the conversation in whose row the text stands.
func (d *desk) opens(text string) {
	d.t.Helper()
	d.click(d.row(text).nth(0))
	d.sees(role("log"))
}

// log is the thread; from picks the messages of one side: customer, bot, agent,
// note, system.
func (d *desk) log(from string) thing {
	x := css("article")
	if from != "" {
		x = css("article[data-from='" + from + "']")
	}
	return x.within(role("log"))
}

func (d *desk) composer() thing { return role("region", "Write") }

// field is where a reply is written.
func (d *desk) field() thing {
	return role("textbox", "Reply to ").loose().within(d.composer())
}

// replies writes and sends, and waits until the hub has it.
func (d *desk) replies(words string) {
	d.t.Helper()
	d.fill(d.field(), words)
	d.press(d.field(), "Enter")
	d.sees(d.log("agent").has(words))
}

// tool presses one of what can be done with the message that contains the text.
func (d *desk) tool(text, what string) {
	d.t.Helper()
	m := d.log("").has(text).nth(-1)
	d.hover(m)
	d.click(button("More about this message").within(m))
	d.click(role("menuitem", what).loose().shown())
}
