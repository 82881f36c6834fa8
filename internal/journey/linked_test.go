//go:build !nogpl

package journey

import (
	"strings"
	"testing"
	"time"
)

// Of the demo, in which WhatsApp is played.
const (
	demoOwner, demoPassword = "lin@demo.example", "demo-lin-2026"
	demoNumber              = "+15550001111"
	codePatience            = 2 * time.Minute // a QR code is good for one minute, the first
)

// owner signs the demo's owner in.
func owner(t *testing.T, h *hub, m manner) *desk {
	t.Helper()
	m.Axe = true
	d := &desk{tab: somebody(t, "Lin", m).open(h.url), who: worker{name: "Lin Xiaoman", email: demoOwner}}
	d.fill(css("input[type=email], input[autocomplete=username]").nth(0), demoOwner)
	d.fill(css("input[type=password]"), demoPassword)
	d.press(css("input[type=password]"), "Enter")
	d.sees(css("nav a[href^='/inbox']").nth(0))
	return d
}

// chooses takes an option of a list to choose from.
func (p *tab) chooses(from, option string) {
	p.t.Helper()
	p.click(role("combobox", from))
	p.click(css(".ant-select-item-option").has(option).shown())
}

// An administrator links WhatsApp to a phone: reads what is risked, has a code
// shown that is replaced when it runs out, and scans it; a customer is served by
// the bot and then by a person; the phone logs the device out, the light goes red
// with cause and remedy, and a code typed into the phone brings it back with
// everything that was said.
func TestSomebodyLinksAPhoneAndItsCustomersAreServed(t *testing.T) {
	t.Parallel()
	h := prepareHub(t, "sqlite")
	h.args = []string{"demo", "--language", "en"}
	h.start(t)
	admin := owner(t, h, manner{Locale: "en-GB", Size: &size{1440, 1000}})
	phone := &phone{somebody(t, "Li Lei", manner{Locale: "en-GB", Size: &size{1000, 1000}, Axe: true}).open(h.url + "/demo/phones#whatsapp"), "whatsapp"}
	device := phone.in(css(".device"))

	// The gallery, and what is to be known before.
	admin.visit(h.url + "/channels/link")
	admin.click(role("link", "WhatsApp (linked device)").loose())
	admin.sees(text("A number used this way can be banned at any time"))
	admin.fill(label("Name").nth(0), "Shop phone")
	admin.chooses("Answers first", "Tilly")
	admin.chooses("People who answer", "Shop floor")
	admin.click(button("Link account"))
	admin.sees(text("Read the notice and switch this on to go on."))
	admin.click(role("switch", "I know that WhatsApp may ban this number"))
	admin.shot("linked-notice")
	admin.click(button("Link account"))

	// A code with its countdown, replaced by itself.
	admin.sees(text("One step is left: link it."))
	admin.click(button("Link"))
	phone.click(button("Scan the QR code on the screen").within(device))
	phone.sees(phone.in(css(".said")).has("no QR code is before the camera"))
	admin.click(button("Go on"))
	admin.sees(label("Code to scan"))
	admin.sees(text("then replaced by itself."))
	first := admin.code()
	admin.shot("linked-qr")
	small := owner(t, h, manner{Locale: "en-GB", Scheme: "dark", Size: &size{390, 844}})
	untilWithin(t, codePatience, "another code is shown", func() (bool, string) {
		now := admin.code()
		return now != "" && now != first, now
	})
	admin.sees(text("then replaced by itself."))

	// The phone scans it.
	phone.click(button("Scan the QR code on the screen").within(device))
	admin.sees(text(demoNumber + " is linked."))
	admin.sees(text("Shop phone is linked"))
	phone.sees(device.has("linked: Parley"))
	admin.click(button("Open the account"))
	admin.sees(text("The device is linked and connected."))
	account := admin.address()
	admin.shot("linked-green")

	// Bot, then a person.
	phone.say("how much is shipping?")
	phone.sees(phone.theirs().has("working days"))
	phone.upload(phone.in(css("input[type=file]")), "crack.png", picture(t))
	phone.say("agent")
	phone.sees(phone.theirs().has("person").nth(0))
	admin.visit(h.url + "/inbox/all")
	admin.opens("李雷")
	admin.sees(admin.log("customer").has("how much is shipping?"))
	admin.sees(css("img").within(admin.log("customer")).nth(0))
	admin.replies("Lin here: shipping is free above ¥99")
	phone.sees(phone.theirs().has("free above ¥99"))
	admin.replies("tpyo, forget it")
	phone.sees(phone.theirs().has("tpyo"))
	admin.tool("tpyo", "Recall")
	phone.sees(phone.theirs().has("Message taken back"))
	talk := admin.address()

	// The phone lets go.
	phone.click(button("Log the device out").within(device))
	admin.sees(role("alert").has("Shop phone is not working"))
	admin.sees(role("alert").has("The phone has unlinked this device. Link it again with the code. Conversations stay."))
	admin.shot("linked-red")
	small.visit(account)
	small.sees(role("alert").has("The phone has unlinked this device."))
	small.shot("linked-red-small")

	// A code typed into the phone brings it back.
	admin.click(role("link", "Open the account"))
	admin.click(button("Link"))
	admin.chooses("How to link", "Type a code into the phone")
	admin.fill(label("Phone number").loose(), demoNumber)
	admin.click(button("Go on"))
	admin.sees(css("output"))
	code := strings.TrimSpace(admin.read(css("output"), "text"))
	admin.shot("linked-code")
	small.click(button("Link"))
	small.click(button("Go on"))
	small.sees(label("Code to scan"))
	small.shot("linked-qr-small")
	for _, v := range append(small.axe(""), admin.axe("")...) {
		t.Error(v)
	}
	wide := false
	small.eval(&wide, "", "document.documentElement.scrollWidth > innerWidth")
	if wide {
		t.Error("the account's page is wider than a phone")
	}
	small.click(button("Cancel"))
	phone.fill(label("Pair code").within(device), "AAAA-AAAA")
	phone.click(button("Link").within(device))
	phone.sees(phone.in(css(".said")).has("wrong code"))
	phone.fill(label("Pair code").within(device), code)
	phone.click(button("Link").within(device))
	admin.sees(text(demoNumber + " is linked."))
	admin.misses(role("alert").has("Shop phone is not working"))
	phone.sees(device.has("linked: Parley"))

	// What was said is where it was, and it goes on.
	phone.say("are you still there?")
	admin.visit(talk)
	admin.sees(admin.log("customer").has("are you still there?"))
	admin.sees(admin.log("customer").has("how much is shipping?"))
	admin.replies("still here")
	phone.sees(phone.theirs().has("still here"))
	phone.shot("linked-phone")
	for _, v := range phone.axe("") {
		t.Error(v)
	}
}

// code is what the QR code shown is drawn from; "" while there is none.
func (p *tab) code() string {
	p.t.Helper()
	var drawn string
	p.eval(&drawn, "", `document.querySelector('[aria-label="Code to scan"] path:last-of-type')?.getAttribute("d") ?? ""`)
	return drawn
}
