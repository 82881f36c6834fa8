package journey

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/connectors/emulate"
)

// channel is one kind of channel with its platform played, as the journey of
// TestEveryChannelFromLinkingToRepair wants to know it.
type channel struct {
	name    string            // in the gallery
	values  map[string]string // typed into the form, by field
	choose  map[string]string // chosen there: the option's words, by field
	ours    bool              // no platform says where the values are
	accepts []string          // switched on there
	joins   func(*desk)       // how a phone is linked once the form is sent; nil: the form is all
	wrong   map[string]string // typed first; the platform refuses it
	// console takes the callback address, as the owner pastes it at the platform;
	// nil: the hub needs none, or sets it up by itself.
	console func(address string) error
	pulled  bool // the hub fetches what comes in
	phone   emulate.Phone
	who     string // of the phone's customers
	base    string // where what a phone shows can be fetched
	follow  bool   // the customer subscribes, or starts, before writing
	albums  bool   // pictures sent together stand together
	plain   bool   // the platform has no buttons: options are numbered
	replies int    // messages the platform lets follow one of the customer's; 0: any number
	quote   string // what shows that a message answers another
	in      []arrival
	files   []attachment
	spoken  string // what becomes of a voice on the phone; "": none is sent
	out     []departure
	chooses func(*desk) // what of the accounts the platform offers is linked; nil: the form names one
	again   func(*tale) // what else changes afterwards: edits, reactions, recalls of the customer's
	// recalls: the platform takes messages back.
	recalls bool
	// What the account's light says once they are refused, and what to do; "": as
	// the hub says it of most.
	cause, remedy string
	// revoke makes the credentials worthless at the platform, and returns the
	// field and the value that count from now on.
	revoke func() (field, value string)
	// Where the account works by what is done at the platform, in place of what a form
	// can name: grants sees to it from the account's page, loses takes it back at the
	// platform, and regains sees to it once more.
	grants, regains func(*desk)
	loses           func() error
}

// arrival is something the customer sends, and how the agent sees it.
type arrival struct {
	act  emulate.Act
	do   func() // in place of act, for what the phone has no act for
	sees func(d *desk, article thing)
}

// attachment is a file the agent sends from the composer, and what of it must be
// seen on the customer's screen.
type attachment struct {
	name string
	body []byte
	want []string
}

// departure is something the hub is told to say by its API, and what of it must
// be read on the customer's screen.
type departure struct {
	part object
	want []string
}

// words are those the agent reads of it.
func (d departure) words() string {
	if d.part["type"] == "template" {
		return d.want[0] // as it is filled in
	}
	for _, name := range []string{"title", "prompt", "name", "emoji"} {
		if w, ok := d.part[name].(string); ok {
			return w
		}
	}
	return ""
}

// serves answers for a platform until the test ends.
func serves(t testing.TB, platform http.Handler) string {
	t.Helper()
	server := httptest.NewServer(platform)
	t.Cleanup(server.Close)
	return server.URL
}

// drawn is all there is to see in bubbles: words, <quoted words>, [kind name] of
// files, {cards} and (buttons).
func drawn(bubbles []emulate.Bubble) string {
	var all []string
	say := func(open, close string, words ...string) {
		if said := strings.TrimSpace(strings.Join(words, " ")); said != "" {
			all = append(all, open+said+close)
		}
	}
	for _, b := range bubbles {
		say("<", ">", b.ReplyTo)
		say("", "", b.Text)
		for _, m := range b.Media {
			say("[", "]", m.Kind, m.Name)
		}
		for _, c := range b.Cards {
			say("{", "}", c.Title, c.Text, c.URL)
		}
		for _, row := range b.Buttons {
			for _, button := range row {
				say("(", ")", button.Label)
			}
		}
	}
	return strings.Join(all, "\n")
}

// screen is what the customer sees of the account, and below the chat.
func (c *channel) screen() (theirs []emulate.Bubble, menu [][]emulate.Button) {
	s := c.phone.Screen(c.who)
	for _, b := range s.Bubbles {
		if b.From != "me" && !b.Recalled {
			theirs = append(theirs, b)
		}
	}
	return theirs, s.Menu
}

// does has the customer do something the platform must allow.
func (c *channel) does(t testing.TB, act emulate.Act) {
	t.Helper()
	if err := c.phone.Do(t.Context(), c.who, act); err != nil {
		t.Fatalf("the customer cannot %s: %v", act.Kind, err)
	}
}

func (c *channel) says(t testing.TB, words string) {
	t.Helper()
	c.does(t, emulate.Act{Kind: emulate.ActText, Text: words})
}

// reads waits until all the words are on the customer's screen, beyond the first
// bubbles of the account.
func (c *channel) reads(t testing.TB, beyond int, words ...string) {
	t.Helper()
	until(t, "the customer sees "+strings.Join(words, " and "), func() (bool, string) {
		theirs, menu := c.screen()
		seen := drawn(append(theirs[min(beyond, len(theirs)):], emulate.Bubble{Buttons: menu}))
		for _, w := range words {
			if !strings.Contains(seen, w) {
				return false, seen
			}
		}
		return true, seen
	})
}

// presses has the customer press what is labelled so, on the newest message that
// has it; where there are no buttons, the customer writes its number.
func (c *channel) presses(t testing.TB, label, number string) {
	t.Helper()
	if c.plain {
		c.says(t, number)
		return
	}
	theirs, menu := c.screen()
	for i := len(theirs) - 1; i >= 0; i-- {
		if b, found := labelled(theirs[i].Buttons, label); found {
			c.does(t, emulate.Act{Kind: emulate.ActPress, Target: theirs[i].ID, Value: b.Value})
			return
		}
	}
	b, found := labelled(menu, label)
	if !found {
		t.Fatalf("there is nothing to press that reads %q in\n%s", label, drawn(append(theirs, emulate.Bubble{Buttons: menu})))
	}
	c.does(t, emulate.Act{Kind: emulate.ActPress, Value: b.Value})
}

func labelled(rows [][]emulate.Button, label string) (emulate.Button, bool) {
	for _, row := range rows {
		for _, b := range row {
			if b.Label == label {
				return b, true
			}
		}
	}
	return emulate.Button{}, false
}

// newest is the last bubble of the customer's own, or of the account's.
func (c *channel) newest(from string) (last emulate.Bubble) {
	for _, b := range c.phone.Screen(c.who).Bubbles {
		if b.From == from {
			last = b
		}
	}
	return last
}

// fetches opens what a phone shows.
func (c *channel) fetches(t testing.TB, address string) []byte {
	t.Helper()
	if strings.HasPrefix(address, "/") {
		address = c.base + address
	}
	status, _, body := api{base: address}.raw(t, "GET", "", "", nil)
	if status != http.StatusOK {
		t.Errorf("a phone cannot open %s: %d", address, status)
	}
	return body
}

// sendsFile is a customer sending a file.
func sendsFile(kind, name, mime string, body []byte) emulate.Act {
	return emulate.Act{Kind: emulate.ActMedia, Media: kind, Name: name, MIME: mime, File: body}
}

// Each kind of part as an agent sees it arrive.

func seesText(words string) func(*desk, thing) {
	return func(d *desk, at thing) { d.t.Helper(); d.sees(text(words).within(at)) }
}

// seesPicture waits until the browser has drawn it, so its bytes are whole.
func seesPicture(d *desk, at thing) {
	d.t.Helper()
	d.sees(css("img").within(at))
	d.waitEval("", `(() => { const all = document.querySelectorAll("[role=log] article[data-from=customer]"); const i = all[all.length - 1].querySelector("button img"); return i && i.complete && i.naturalWidth > 0 })()`)
}

// seesAlbum waits until one message holds so many pictures.
func seesAlbum(n int) func(*desk, thing) {
	return func(d *desk, at thing) { d.t.Helper(); d.sees(css("button img").within(at).nth(n - 1)) }
}

func seesVoice(body []byte) func(*desk, thing) {
	return func(d *desk, at thing) {
		d.t.Helper()
		d.sees(button("Play voice message, ").loose().within(at))
		d.opensIn("audio", body)
	}
}

func seesFilm(body []byte) func(*desk, thing) {
	return func(d *desk, at thing) { d.t.Helper(); d.sees(css("video").within(at)); d.opensIn("video", body) }
}

// opensIn fetches what an element of the newest article plays. Where the hub made
// another format of it, only that there is something.
func (d *desk) opensIn(element string, body []byte) {
	d.t.Helper()
	source := `(() => { const all = document.querySelectorAll("[role=log] article[data-from=customer] ` + element + `"); return all.length ? all[all.length - 1].src : "" })()`
	d.waitEval("", source+` !== ""`)
	var address string
	d.eval(&address, "", source)
	got := d.fetch(address)
	if got.Status != http.StatusOK || len(got.body()) == 0 || body != nil && string(got.body()) != string(body) {
		d.t.Errorf("the agent's %s is %d, %d bytes", element, got.Status, len(got.body()))
	}
}

func seesFile(name string, body []byte) func(*desk, thing) {
	return func(d *desk, at thing) {
		d.t.Helper()
		d.sees(css("a[href]").has(name).within(at))
		if got, content := d.download(css("a[href]").has(name).within(at)); got != name || string(content) != string(body) {
			d.t.Errorf("the agent got %q: %d bytes", got, len(content))
		}
	}
}

func seesPlace(title string) func(*desk, thing) {
	return func(d *desk, at thing) {
		d.t.Helper()
		d.sees(text(title).within(at).nth(0))
		d.sees(css("a[href*='openstreetmap.org/?mlat=31.2']").within(at))
	}
}

// place is where customers are.
func place(title string) emulate.Act {
	return emulate.Act{Kind: emulate.ActLocation, Lat: 31.2304, Lon: 121.4737, Text: title}
}

// everyPart is one of each that customers of a messenger send; song is how a piece
// of music is seen.
func everyPart(t testing.TB, song func(*desk, thing)) []arrival {
	t.Helper()
	return []arrival{
		{act: emulate.Act{Kind: emulate.ActText, Text: "见 https://example.com/x"}, sees: seesText("https://example.com/x")},
		{act: sendsFile("image", "破损.png", "image/png", picture(t)), sees: seesPicture},
		{act: sendsFile("voice", "v.ogg", "audio/ogg", opus()), sees: seesVoice(nil)},
		{act: sendsFile("audio", "song.mp3", "audio/mpeg", mp3()), sees: song},
		{act: sendsFile("video", "v.mp4", "video/mp4", film()), sees: seesFilm(film())},
		{act: sendsFile("file", "订单.pdf", "application/pdf", paper()), sees: seesFile("订单.pdf", paper())},
		{act: sendsFile("sticker", "s.webp", "image/webp", picture(t)), sees: seesSticker},
		{act: place("人民广场"), sees: seesPlace("人民广场")},
		{act: sendsCard("陆有方"), sees: seesPerson("陆有方")},
		{act: emulate.Act{Kind: emulate.ActReply, Text: "就是这个"}, sees: seesText("就是这个")},
	}
}

// attachments are what a messenger takes as it is.
func attachments(t testing.TB) []attachment {
	t.Helper()
	return []attachment{
		{"收据.png", picture(t), []string{"[image"}},
		{"退货单.pdf", paper(), []string{"[file 退货单.pdf]"}},
		{"说明.mp3", mp3(), []string{"[audio"}},
		{"开箱.mp4", film(), []string{"[video"}},
	}
}

// sendsCard sends the card of somebody.
func sendsCard(name string) emulate.Act {
	return emulate.Act{Kind: emulate.ActContact, Name: name, Value: "+8613911112222"}
}

func seesPerson(name string) func(*desk, thing) {
	return func(d *desk, at thing) {
		d.t.Helper()
		d.sees(text(name).within(at).nth(0))
		d.sees(css("a[href='tel:+8613911112222']").within(at))
	}
}

func seesSticker(d *desk, at thing) {
	d.t.Helper()
	d.sees(css("img[class*=sticker], [class*=bigEmoji]").within(at))
}

// The parts a program can say, each with what must be read of it everywhere.

func choices(style, prompt string, labels ...string) object {
	var options []object
	for _, l := range labels {
		options = append(options, object{"kind": "reply", "label": l, "value": "value of " + l})
	}
	return object{"type": "choices", "style": style, "prompt": prompt, "options": options}
}

func placePart() object {
	return object{"type": "location", "lat": 31.23, "lon": 121.47, "title": "山野书店", "address": "南京西路 1 号"}
}

func contactPart() object {
	return object{"type": "contact", "name": "林小满", "phones": []string{"+8613800000000"}}
}

func productCard() object {
	return object{"type": "card", "kind": "product", "title": "白瓷茶杯", "text": "手工", "price": "¥128.00", "url": "https://shop.example.com/18"}
}

func linkCard() object {
	return object{"type": "card", "kind": "link", "title": "退货须知", "text": "七天之内", "url": "https://shop.example.com/returns"}
}

func orderCard() object {
	return object{"type": "card", "kind": "order", "title": "订单 1042", "status": "已发货", "price": "¥256.00", "url": "https://shop.example.com/o/1042"}
}

// Files of every kind, as small as they can be.

func paper() []byte { return []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n") }

func film() []byte {
	return append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), bytes.Repeat([]byte("mdat"), 40)...)
}

func opus() []byte {
	return append([]byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13OpusHead\x01\x01"), make([]byte, 64)...)
}

func amr() []byte {
	return append([]byte("#!AMR\n"), bytes.Repeat([]byte{0x3c, 0x48, 0xf5, 0x1f}, 40)...)
}

func m4a() []byte {
	return []byte("\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom not really a voice")
}

func mp3() []byte {
	return bytes.Repeat(append([]byte{0xff, 0xfb, 0x90, 0x00}, make([]byte, 413)...), 8)
}
