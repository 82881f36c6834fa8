package journey

import "testing"

// phone is one platform on the demo's page of phones.
type phone struct {
	*tab
	kind string
}

func (p *phone) in(x thing) thing { return x.within(css("#phone-" + p.kind)) }
func (p *phone) theirs() thing    { return p.in(css(".bubble.them")) }
func (p *phone) mine() thing      { return p.in(css(".bubble.me")) }

func (p *phone) say(words string) {
	p.t.Helper()
	p.write(p.in(label("Write a message")), words)
	p.press(p.in(label("Write a message")), "Enter")
}

// In the demo one person plays customers on their phones: what they write reaches
// the bot through the platform's own doors, and its answer is on the phone. No
// address of the hub is public; where a platform needs one, it says how to lend one.
func TestC05_CustomersOnTheDemosPhonesAreAnswered(t *testing.T) {
	t.Parallel()
	h := prepareHub(t, "sqlite")
	h.args = []string{"demo", "--language", "en"}
	h.start(t)
	may := somebody(t, "May", manner{Locale: "en-GB", Size: &size{1440, 1000}, Axe: true})
	page := may.open(h.url + "/demo/phones")

	// Telegram, which the hub polls.
	telegram := &phone{page, "telegram"}
	page.click(telegram.in(button("Start")))
	page.sees(telegram.theirs().has("I am Tilly"))
	page.click(telegram.in(button("Opening hours")))
	page.sees(telegram.theirs().has("9 am"))
	telegram.say("how much is shipping?")
	page.sees(telegram.mine().has("how much is shipping?"))
	page.sees(telegram.theirs().has("working days"))

	// LINE, where the hub sets its callback by itself.
	line := &phone{page, "line"}
	line.say("do you deliver to France?")
	page.sees(line.theirs().has("working days"))
	page.upload(line.in(css("input[type=file]")), "crack.png", picture(t))
	page.waitEval("", `[...document.querySelectorAll("#phone-line .bubble.me img")].some((i) => i.complete && i.naturalWidth > 0)`)

	// WeCom's customer service, whose console calls the hub.
	desk := &phone{page, "wechatkf"}
	desk.say("refund please")
	page.sees(desk.theirs().has("14 days"))

	page.shot("phones")
	for _, v := range page.axe("") {
		t.Error(v)
	}
	log := page.did()
	if len(log.Errors) > 0 || len(log.Refused) > 0 {
		t.Errorf("the page said %q, and was refused %q", log.Errors, log.Refused)
	}

	// Whoever links an account of their own learns which platforms need more.
	lin := somebody(t, "Lin", manner{}).open(h.url + "/signin")
	lin.fill(label("E-mail"), "lin@demo.example")
	lin.fill(label("Password"), "demo-lin-2026")
	lin.click(button("Sign in"))
	lin.sees(role("navigation", "Views"))
	lin.visit(h.url + "/channels/link")
	needs := "Needs a public https address, which this hub does not have."
	lin.sees(css("a[href$='/channels/link/messenger']").has(needs))
	lin.misses(css("a[href$='/channels/link/telegram']").has(needs))
	lin.click(css("a[href$='/channels/link/messenger']"))
	lin.sees(text("a tunnel such as cloudflared or ngrok").loose())

	// On a small and dark screen there is one phone, with all of it in reach.
	small := somebody(t, "May at night", manner{Locale: "zh-CN", Scheme: "dark", Size: &size{390, 844}, Axe: true}).open(h.url + "/demo/phones?lang=zh#telegram")
	small.sees(css("#phone-telegram .bubble.them").has("working days").nth(0))
	small.counts(css(".phone.chosen").shown(), 1)
	small.shot("phones-small")
	for _, v := range small.axe("") {
		t.Error(v)
	}
	wide := false
	small.eval(&wide, "", "document.documentElement.scrollWidth > innerWidth")
	if wide {
		t.Error("the page is wider than the screen")
	}
}
