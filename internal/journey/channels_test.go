package journey

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parley/connectors/emulate"
)

// tale is the journey of one channel: who goes it, and what is known so far.
type tale struct {
	*channel
	t     testing.TB
	s     *shop
	admin *desk
	robot api    // says what the composer cannot, in the admin's name
	page  string // address of the account's page
	talk  string // id of the conversation
}

// For every channel: linked in the application against its platform; a customer
// writes, the bot answers, then a person; everything that can be sent goes both
// ways; a message is taken back, or it is said that the platform cannot; the
// platform refuses the credentials, the account turns red with cause and remedy,
// and comes back with all that was said.
func TestEveryChannelFromLinkingToRepair(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	s.greets(t)
	kinds := map[string]func(*testing.T) *channel{
		"telegram":      telegramChannel,
		"line":          lineChannel,
		"wechat":        wechatChannel,
		"wechatmini":    wechatminiChannel,
		"wechatkf":      wechatkfChannel,
		"wecom":         wecomChannel,
		"wecomsuite":    wecomsuiteChannel,
		"whatsappcloud": whatsappcloudChannel,
		"messenger":     messengerChannel,
		"instagram":     instagramChannel,
		"email":         emailChannel,
		"http":          httpChannel,
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			x := &tale{channel: kinds[kind](t), t: t, s: s}
			x.goes(kind)
		})
	}
}

// greets gives the shop the canned reply of the journey.
func (s *shop) greets(t testing.TB) {
	t.Helper()
	s.do(t, "POST", "/canned", object{"shortcut": "hours", "title": "Opening hours", "body": "{{agent}} 为您服务，我们九点开门。"}, nil)
}

// goes the whole way.
func (x *tale) goes(kind string) {
	x.t.Helper()
	x.hires(kind)
	x.links()
	x.meetsTheBot()
	x.getsAPerson()
	x.receives()
	x.sends()
	x.says()
	x.recall()
	x.tests()
	x.breaks()
	x.unlinks()
	if l := x.admin.did(); len(l.Errors) > 0 || len(l.Dialogs) > 0 {
		x.t.Errorf("the page failed: %q, dialogs %q", l.Errors, l.Dialogs)
	}
}

// hires an administrator who serves this channel alone.
func (x *tale) hires(kind string) {
	x.t.Helper()
	w := worker{name: "Amy of " + kind, email: kind + "@shop.test"}
	var made named
	x.s.do(x.t, "POST", "/agents", object{"email": w.email, "name": w.name, "role": "admin", "password": password, "language": "en", "max_load": 0}, &made)
	w.id = made.ID
	x.robot = x.s.api
	x.robot.agent = w.id
	x.admin = x.s.signIn(x.t, w, manner{Size: &size{1440, 1000}, Permissions: []string{"clipboard-read", "clipboard-write", "microphone"}})
	x.admin.goes("Away") // who waits stays in the queue, until taken by hand
}

// links goes from the gallery through the form, a wrong credential first, to the
// platform's console and back.
func (x *tale) links() {
	x.t.Helper()
	a := x.admin
	a.visit(x.s.url + "/channels/link")
	a.click(css("a[href$='/channels/link/" + x.phone.Platform() + "']").has(x.name))
	a.fill(label("Name"), x.name+" of the shop")
	a.sees(button("Link account"))
	if a.count(button("more setting").loose()) > 0 {
		a.click(button("more setting").loose())
	}
	for _, field := range slices.Sorted(maps.Keys(x.choose)) {
		a.choose(field, x.choose[field])
	}
	for _, field := range slices.Sorted(maps.Keys(x.values)) {
		a.fill(css("#config_"+field), x.values[field])
	}
	for _, field := range x.accepts {
		a.click(css("#config_" + field))
	}
	if !x.ours {
		const manual = `[...document.querySelectorAll("form a[target=_blank]")].find((a) => a.textContent.startsWith("Where to find these values"))`
		var leads string
		a.eval(&leads, "", manual+`?.rel.includes("noopener") ? `+manual+`.href : ""`)
		if !strings.HasPrefix(leads, "https://") {
			x.t.Errorf("the form leads to %q for where its values are", leads)
		}
	}
	a.picks("bot", "售前助手")
	a.shot("channel-" + x.phone.Platform() + "-form")
	for field, value := range x.wrong {
		a.fill(css("#config_"+field), value)
		a.click(button("Verify"))
		a.sees(text("Something is in the way. The line marked above says what to do."))
		a.fill(css("#config_"+field), x.values[field])
	}
	if x.joins == nil { // otherwise there is nothing to verify yet
		a.click(button("Verify"))
		a.sees(text("Everything works."))
	}
	a.click(button("Link account"))
	if x.joins != nil {
		x.joins(a)
	}
	a.sees(text(x.name + " of the shop is linked"))
	if x.chooses != nil {
		x.chooses(a)
	}
	if x.pulled {
		a.sees(text("the hub fetches messages by itself"))
		a.misses(text("Callback address"))
	}
	if x.console != nil {
		a.click(button("Copy").loose().nth(0))
		a.sees(button("Copied").loose())
		var copied string
		a.eval(&copied, "", "navigator.clipboard.readText()")
		if !strings.HasPrefix(copied, x.s.url+"/hooks/") {
			x.t.Fatalf("what was copied is %q", copied)
		}
		if err := x.console(copied); err != nil {
			x.t.Fatalf("the platform does not take the callback address: %v", err)
		}
	}
	if x.joins == nil {
		a.click(button("Verify"))
		a.sees(text("Everything works."))
	}
	a.shot("channel-" + x.phone.Platform() + "-linked")
	a.click(button("Open the account"))
	a.sees(role("heading", "Health"))
	x.page = a.address()
	if x.grants != nil {
		x.grants(a)
	}
}

// picks takes an option of a list of the form, by the name of its field.
func (d *desk) picks(field, option string) {
	d.t.Helper()
	d.click(css(".ant-select:has(#" + field + ")"))
	d.click(css(".ant-select-item-option").has(option).shown())
}

func (d *desk) choose(field, option string) { d.t.Helper(); d.picks("config_"+field, option) }

func (x *tale) meetsTheBot() {
	x.t.Helper()
	if x.follow {
		x.does(x.t, emulate.Act{Kind: emulate.ActFollow})
		x.reads(x.t, 0, "您好，我是售前助手。")
	}
	x.channel.says(x.t, "退货")
	x.reads(x.t, 0, "签收后七天内可以退货。", "想了解哪一项？", "运费谁出")
	x.presses(x.t, "运费谁出", "1")
	x.reads(x.t, 0, "退货运费由我们承担。")
}

// getsAPerson: the customer asks for one and waits; the administrator takes the
// conversation out of the queue, with all that was said.
func (x *tale) getsAPerson() {
	x.t.Helper()
	x.channel.says(x.t, "人工")
	x.until("the customer waits for a person", func() bool {
		for _, c := range x.s.conversations(x.t, "status=queue&limit=200") {
			if c.Account.Name == x.name+" of the shop" {
				x.talk = c.ID
			}
		}
		return x.talk != ""
	})
	a := x.admin
	a.visit(x.s.url + "/inbox/all/" + x.talk)
	a.sees(a.log("bot").has("退货运费由我们承担。"))
	a.sees(a.log("customer").has("人工"))
	a.click(button("Take to reply"))
	a.sees(a.field())
}

func (x *tale) until(what string, ok func() bool) {
	x.t.Helper()
	until(x.t, what, func() (bool, string) { return ok(), "" })
}

// receives has the customer send everything the platform lets them send.
func (x *tale) receives() {
	x.t.Helper()
	for _, in := range x.in {
		act := in.act
		if act.Kind == emulate.ActReply {
			act.Target = x.newest("them").ID
		}
		if in.do != nil {
			in.do()
		} else {
			x.does(x.t, act)
		}
		in.sees(x.admin, x.admin.log("customer").nth(-1))
	}
	x.admin.shot("channel-" + x.phone.Platform() + "-in")
	if x.again != nil {
		x.again(x)
	}
}

// mark is how much of the account's the customer has seen so far. The platform
// may want to hear of the customer before more may be said.
func (x *tale) mark() int {
	x.t.Helper()
	if x.replies > 0 {
		x.channel.says(x.t, "嗯 "+strings.Repeat("。", len(x.phone.Screen(x.who).Bubbles)))
		x.admin.sees(x.admin.log("customer").nth(-1).has("嗯 " + strings.Repeat("。", len(x.phone.Screen(x.who).Bubbles)-1)))
	}
	theirs, _ := x.screen()
	return len(theirs)
}

// sends uses what the composer has.
func (x *tale) sends() {
	x.t.Helper()
	a := x.admin
	seen := x.mark()
	a.replies("您好 👩‍👩‍👧，请看：")
	x.reads(x.t, seen, "您好 👩‍👩‍👧，请看：")

	seen = x.mark()
	a.fill(a.field(), "/hours")
	a.sees(role("option").has("Opening hours"))
	a.press(a.field(), "Enter")
	a.press(a.field(), "Enter")
	a.sees(a.log("agent").has("我们九点开门。"))
	x.reads(x.t, seen, " 为您服务，我们九点开门。")

	// An answer to one message, and not to the others.
	seen = x.mark()
	x.channel.says(x.t, "几点关门？")
	a.sees(a.log("customer").nth(-1).has("几点关门？"))
	a.tool("几点关门？", "Reply to this")
	if strings.HasPrefix(x.quote, "“") { // the platform has no quotes: the agent sees what comes of it
		a.fill(a.field(), "晚上九点。")
		a.sees(text("the one you answer is quoted in words").loose().within(a.composer()))
	}
	a.replies("晚上九点。")
	x.reads(x.t, seen, "晚上九点。", x.quote)

	for _, f := range x.files {
		seen = x.mark()
		a.upload(css("input[type=file]").within(a.composer()), f.name, f.body)
		a.sees(role("list", "Files to send").has(f.name))
		a.misses(css("progress"))
		a.click(button("Send").within(a.composer()))
		x.reads(x.t, seen, f.want...)
		x.opens(seen, f)
	}
	if x.spoken != "" {
		seen = x.mark()
		x.speaks()
		x.reads(x.t, seen, x.spoken)
		a.sees(button("Play voice message, 0:0").loose().within(a.log("agent").nth(-1)))
	}
	if x.albums {
		seen = x.mark()
		for _, name := range []string{"正面.png", "背面.png"} {
			a.upload(css("input[type=file]").within(a.composer()), name, picture(x.t))
			a.sees(role("list", "Files to send").has(name))
		}
		a.misses(css("progress"))
		a.click(button("Send").within(a.composer()))
		x.until("both pictures stand in one album", func() bool {
			theirs, _ := x.screen()
			theirs = theirs[seen:]
			return len(theirs) == 2 && theirs[0].Album != "" && theirs[0].Album == theirs[1].Album && len(theirs[0].Media)+len(theirs[1].Media) == 2
		})
	}
	a.misses(a.log("agent").has("Not delivered"))
	a.shot("channel-" + x.phone.Platform() + "-out")
}

// speaks records a voice, throws it away, and sends another.
func (x *tale) speaks() {
	x.t.Helper()
	a := x.admin
	a.click(button("Record a voice message"))
	a.sees(role("timer").has("0:0"))
	a.press(button("Keep"), "Escape")
	a.misses(role("timer"))
	a.click(button("Record a voice message"))
	a.sees(role("timer").has("0:01"))
	a.press(button("Keep"), "Enter")
	a.sees(role("list", "Files to send").has("voice message."))
	a.misses(css("progress"))
	a.press(a.field(), "Enter")
}

var address = regexp.MustCompile(`https?://[^\s)}\]]+/files/[^\s)}\]]+`)

// opens fetches a file that was sent as a phone does: what is shown in the chat,
// or what a link leads to.
func (x *tale) opens(seen int, f attachment) {
	x.t.Helper()
	theirs, _ := x.screen()
	for _, b := range theirs[seen:] {
		if len(b.Media) == 0 {
			continue
		}
		m := b.Media[0]
		if m.URL == "" && m.Size > 0 {
			return // it came with its bytes
		}
		if body := x.fetches(x.t, m.URL); len(body) == 0 {
			x.t.Errorf("%s is empty on the phone", f.name)
		}
		return
	}
	link := address.FindString(drawn(theirs[seen:]))
	if link == "" {
		x.t.Errorf("there is no file to open in %s", drawn(theirs[seen:]))
	} else if body := x.fetches(x.t, link); string(body) != string(f.body) {
		x.t.Errorf("%s leads to %d bytes, not the file's %d", link, len(body), len(f.body))
	}
}

// says what the composer cannot, by the API: the customer sees it in the form the
// platform allows, the agent as it was meant.
func (x *tale) says() {
	x.t.Helper()
	a := x.admin
	for _, d := range x.out {
		seen := x.mark()
		x.robot.do(x.t, "POST", "/conversations/"+x.talk+"/messages", object{"content": object{"parts": []object{d.part}}}, nil)
		x.reads(x.t, seen, d.want...)
		a.sees(a.log("agent").nth(-1).has(d.words()))
		if d.part["type"] != "choices" {
			continue
		}
		label := d.part["options"].([]object)[1]["label"].(string)
		x.presses(x.t, label, "2")
		a.sees(css("li[data-taken]").has(label).within(a.log("agent").nth(-1)))
	}
	a.misses(a.log("agent").has("Not delivered"))
	a.shot("channel-" + x.phone.Platform() + "-parts")
}

// recall takes a message back; where the platform cannot, the application and the
// API say so, and the customer keeps it.
func (x *tale) recall() {
	x.t.Helper()
	a := x.admin
	seen := x.mark()
	a.replies("发错人了")
	x.reads(x.t, seen, "发错人了")
	if x.recalls {
		a.tool("发错人了", "Recall")
		a.sees(a.log("agent").nth(-1).has("recalled "))
		x.until("it is gone from the phone", func() bool {
			theirs, _ := x.screen()
			return !strings.Contains(drawn(theirs), "发错人了")
		})
		return
	}
	m := a.log("agent").has("发错人了").nth(-1)
	a.hover(m)
	a.click(button("More about this message").within(m))
	a.sees(role("menuitem", "This channel cannot take messages back").loose().shown())
	a.keys("Escape")
	all := x.s.messages(x.t, x.talk)
	sent := all[slices.IndexFunc(all, func(m message) bool { return m.has("发错人了") })]
	if no := x.robot.refused(x.t, "POST", "/messages/"+sent.ID+"/recall", nil); no.Code != "recall_unsupported" || no.Remedy == "" {
		x.t.Errorf("taking it back was answered %+v", no)
	}
	x.reads(x.t, seen, "发错人了")
}

// tests sends the message of the account's page.
func (x *tale) tests() {
	x.t.Helper()
	seen := x.mark()
	a := x.admin
	a.visit(x.page)
	a.click(button("Send test message"))
	for _, hop := range []string{"Accepted by the hub", "Stored for good", "Written to the platform", "Taken by the platform"} {
		a.sees(text(hop))
	}
	x.reads(x.t, seen, "This is a test message")
}

// breaks takes the credentials away at the platform: what is said then does not
// leave, the account is red and says why. The new ones bring it back, and nothing
// that was said is lost.
func (x *tale) breaks() {
	x.t.Helper()
	a := x.admin
	a.visit(x.s.url + "/inbox/all/" + x.talk)
	a.sees(a.field())
	seen := x.mark()
	back := x.loseRights()
	a.replies("还在吗？")
	a.visit(x.page)
	health := css("section").has("Last in").nth(0)
	a.sees(css("[class*=bad]").has(x.cause).within(health))
	a.sees(css("p").has(cmp.Or(x.remedy, "Check the credentials of this account and save.")).within(health))
	a.shot("channel-" + x.phone.Platform() + "-red")

	back()
	a.sees(css("[class*=good]").within(health))
	a.shot("channel-" + x.phone.Platform() + "-green")
	x.reads(x.t, seen, "还在吗？")
	x.channel.says(x.t, "我在")
	a.visit(x.s.url + "/inbox/all/" + x.talk)
	a.sees(a.log("customer").nth(-1).has("我在"))
	a.sees(a.log("agent").has("还在吗？"))
}

// loseRights takes away at the platform what the account works by, and returns how
// the administrator, on the account's page, brings it back.
func (x *tale) loseRights() (back func()) {
	x.t.Helper()
	a := x.admin
	if x.loses != nil {
		if err := x.loses(); err != nil {
			x.t.Fatal(err)
		}
		return func() { x.t.Helper(); x.regains(a) }
	}
	field, value := x.revoke()
	return func() {
		x.t.Helper()
		a.fill(css("#config_"+field), value)
		a.click(button("Save").nth(-1))
		a.sees(text("Saved"))
	}
}

// unlinks ends it: nothing comes in or goes out any more, and what was said stays.
func (x *tale) unlinks() {
	x.t.Helper()
	a := x.admin
	a.visit(x.page)
	a.click(button("Unlink account"))
	a.click(button("Unlink account").within(css(".ant-popover")).shown())
	a.sees(role("heading", "Channels"))
	a.misses(role("link", x.name+" of the shop"))
	a.visit(x.s.url + "/inbox/all/" + x.talk)
	a.sees(a.log("customer").has("我在"))
}
