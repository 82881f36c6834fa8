package journey

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/internal/testenv"
)

// innocent looks through a document for what should not have become part of it.
const innocent = `(() => {
	const bad = [];
	for (const el of document.querySelectorAll("*")) {
		for (const a of el.attributes) {
			if (/^on/i.test(a.name)) bad.push(el.tagName + " " + a.name);
			if (["href", "src", "action", "formaction", "data", "xlink:href"].includes(a.name.toLowerCase()) && /^[\s\0-\x20]*(javascript|vbscript|data:text)/i.test(a.value)) bad.push(el.tagName + " " + a.name + "=" + a.value.slice(0, 60));
		}
		if (["OBJECT", "EMBED", "BASE", "MARQUEE", "PORTAL"].includes(el.tagName)) bad.push(el.tagName);
	}
	if (window.__pwn || document.cookie.includes("pwn")) bad.push("code ran");
	return bad;
})()`

// harmless fails when anything a customer sent did something in the page.
func (p *tab) harmless(where string) {
	p.t.Helper()
	l := p.did()
	if len(l.Dialogs) > 0 {
		p.t.Errorf("X-05: %s: a dialog opened: %q", where, l.Dialogs)
	}
	for _, u := range l.Requests {
		if strings.Contains(u, "//"+canaryHost) || strings.Contains(u, "."+canaryHost) {
			p.t.Errorf("X-05: %s: the page asked for %s", where, u)
		}
	}
	if len(l.Errors) > 0 {
		p.t.Errorf("X-05: %s: the page failed: %q", where, l.Errors)
	}
	if l.Popups > 0 {
		p.t.Errorf("X-05: %s: %d windows opened", where, l.Popups)
	}
	var bad []string
	p.eval(&bad, "", innocent)
	if len(bad) > 0 {
		p.t.Errorf("X-05: %s: in the page: %q", where, bad)
	}
	if asked := canaryAsked("/x05/"); len(asked) > 0 {
		p.t.Errorf("X-05: %s: the canary was asked for %q", where, asked)
	}
}

// readThrough scrolls a thread from its end to its beginning, so that all of it
// is drawn once.
func (p *tab) readThrough(thread thing, beginning thing) {
	p.t.Helper()
	p.sees(thread)
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); { // pages are fetched on the way
		if p.count(beginning) > 0 {
			p.sees(beginning)
			return
		}
		p.ask(command{Op: "scrollUp", Frame: thread.frame, Path: thread.steps})
	}
	p.t.Errorf("the beginning of the thread never came")
}

// platform plays an application behind the http connector.
type platform struct {
	hook, secret string
	n            int
}

func (s *shop) platform(t testing.TB, bot string) *platform {
	t.Helper()
	p := &platform{secret: "a-secret-of-the-application-of-32-bytes"}
	body := map[string]any{"connector": "http", "name": "App", "config": map[string]string{"secret": p.secret}}
	if bot != "" {
		body["bot"] = bot
	}
	var made struct {
		HookURL string `json:"hook_url"`
	}
	s.do(t, "POST", "/accounts", body, &made)
	p.hook = made.HookURL
	return p
}

// tell posts envelopes, signed as Standard Webhooks says, and returns the status.
func (p *platform) tell(t testing.TB, envelopes ...any) int {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"envelopes": envelopes})
	if err != nil {
		t.Fatal(err)
	}
	return p.post(t, raw, p.secret)
}

func (p *platform) post(t testing.TB, raw []byte, secret string) int {
	t.Helper()
	p.n++
	id, at := fmt.Sprintf("call-%d", p.n), strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%s.%s", id, at, raw)
	r, err := http.NewRequest("POST", p.hook, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Webhook-Timestamp", at)
	r.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

type object = map[string]any

// everywhere is a message with a payload in every text a platform can send.
func everywhere(place string, n int) object {
	x := payload(place, n)
	return object{
		"subject": x, "quote": x, "locale": "zh",
		"parts": []object{
			{"type": "text", "body": x},
			{"type": "text", "body": x, "html": x},
			{"type": "text", "body": x, "spans": []object{{"kind": "link", "from": 0, "to": 5, "url": x}, {"type": "link", "start": 0, "end": 5, "url": x}}},
			{"type": "media", "kind": "file", "name": x, "mime": x, "caption": x, "size": 3, "url": "http://127.0.0.1:9/"},
			{"type": "media", "kind": "image", "name": x, "caption": x, "width": 10, "height": 10, "url": "http://127.0.0.1:9/"},
			{"type": "media", "kind": "voice", "name": x, "caption": x, "url": "http://127.0.0.1:9/"},
			{"type": "media", "kind": "video", "name": x, "caption": x, "url": "http://127.0.0.1:9/"},
			{"type": "location", "lat": 31.2, "lon": 121.4, "title": x, "address": x},
			{"type": "sticker", "emoji": x, "pack": x},
			{"type": "contact", "name": x, "org": x, "phones": []string{x}, "emails": []string{x}, "vcard": "BEGIN:VCARD\r\nFN:" + x + "\r\nPHOTO:" + x + "\r\nEND:VCARD"},
			{"type": "choices", "style": "buttons", "prompt": x, "footer": x, "taken": x,
				"options": []object{{"kind": "reply", "label": x, "detail": x, "value": x, "section": x}, {"kind": "url", "label": x, "url": x}}},
			{"type": "template", "name": x, "locale": "zh", "text": x},
			{"type": "card", "kind": "link", "title": x, "text": x, "url": x, "price": x, "status": x, "ref": x, "fields": []object{{"label": x, "value": x}}},
			{"type": "opaque", "name": x, "text": x, "raw": object{"x": x}},
			{"type": x, "text": x},
		},
	}
}

// fieldsOfEverywhere is how many texts of a person everywhere fills.
const fieldsOfEverywhere = 42

// Nothing that comes over an open platform acts in the inbox, wherever it stands.
func TestX05_PlatformPayloadsAreInertInTheInbox(t *testing.T) {
	t.Parallel()
	if n := len(payloads) * fieldsOfEverywhere; n < 500 {
		t.Fatalf("X-05: the corpus has only %d", n)
	}
	s := staff(t, startHub(t, "sqlite"))
	app := s.platform(t, "")
	lin := s.signIn(t, s.lin, manner{})
	lin.goes("Online")

	// One customer says everything; the name is one of the payloads.
	peer := object{"id": "evil", "name": payload("name", 0), "email": payload("name", 1), "phone": payload("name", 2), "locale": payload("name", 3), "avatar": "https://" + canaryHost + "/x05/avatar"}
	for n := range payloads {
		e := object{"event_id": fmt.Sprintf("m%d", n), "from": peer, "event": object{"type": "posted", "message": everywhere("http", n)}}
		if got := app.tell(t, e); got != http.StatusNoContent {
			t.Fatalf("payload %d was answered %d", n, got)
		}
	}
	// Others come through a hostile page, each with another payload all over the visit.
	visits := []int{0, 13, 17, 28, 31, 36, 62, 66, 69, 88}
	for i, n := range visits {
		x := payload("visit", n)
		pages := []object{}
		for m := range payloads {
			pages = append(pages, object{"url": payload("trail", m), "title": payload("trail", m), "at": "2026-11-21T00:00:00Z"})
		}
		e := object{"event_id": fmt.Sprintf("v%d", i), "from": object{"id": fmt.Sprintf("visitor%d", i), "name": x},
			"entry": object{"kind": "page", "value": x},
			"visit": object{"page": x, "title": x, "referrer": x, "engine": x, "keyword": x, "browser": x, "system": x, "device": x, "language": x, "time_zone": x, "screen": x,
				"campaign": object{"source": x, "medium": x, "name": x, "term": x, "content": x}, "trail": pages},
			"event": object{"type": "posted", "message": object{"parts": []object{{"type": "text", "body": fmt.Sprintf("visit %d", i)}}}}}
		if got := app.tell(t, e); got != http.StatusNoContent {
			t.Fatalf("visit %d was answered %d", i, got)
		}
		// Events of kinds nobody taught us, reactions, actions and forms.
		for j, event := range []object{
			{"type": "action", "kind": "form", "value": x, "label": x, "fields": []object{{"label": x, "value": x}}},
			{"type": "reacted", "target": x, "emoji": x},
			{"type": "unknown", "name": x, "raw": object{"x": x}},
			{"type": "session", "kind": "taken", "desk": x, "reason": x},
		} {
			app.tell(t, object{"event_id": fmt.Sprintf("v%d-%d", i, j), "from": object{"id": fmt.Sprintf("visitor%d", i), "name": x}, "event": event})
		}
	}

	lin.view("All open")
	lin.counts(lin.row(""), len(visits)+1)
	lin.harmless("the list")
	id := ""
	until(t, "everything that was said is there", func() (bool, string) {
		for _, c := range s.conversations(t, "status=open&limit=200") {
			n := 0
			for _, m := range s.messages(t, c.ID) {
				if m.From == "customer" {
					n++
				}
			}
			if n >= len(payloads) {
				id = c.ID
			}
		}
		return id != "", ""
	})
	for _, c := range s.conversations(t, "status=open&limit=200") {
		if c.ID != id {
			lin.visit(s.url + "/inbox/all/" + c.ID)
			lin.readThrough(role("log"), text("The beginning of the conversation"))
			lin.harmless("a visit")
		}
	}
	lin.shot("x05-visit")
	lin.visit(s.url + "/inbox/all/" + id)
	lin.readThrough(role("log"), text("The beginning of the conversation"))
	lin.shot("x05-thread")
	lin.harmless("the thread")
	var contact struct {
		Contact named `json:"contact"`
	}
	s.do(t, "GET", "/conversations/"+id, nil, &contact)
	lin.visit(s.url + "/contacts")
	lin.sees(role("heading", "Contacts").loose())
	lin.harmless("contacts")
	lin.visit(s.url + "/contacts/" + contact.Contact.ID)
	lin.sees(text("Identities").nth(0))
	lin.harmless("a contact")
}

// Nothing a visitor's browser tells of itself acts in the inbox, and nothing an
// agent or a bot says acts in the visitor's chat.
func TestX05_VisitorAndWidgetPayloadsAreInert(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	site := s.webSite(t, "")
	lin := s.signIn(t, s.lin, manner{})
	lin.goes("Online")

	v := &visitor{zh: true, frame: "/chat/" + site.account}
	for i, n := range []int{0, 13, 28, 31, 62, 66} {
		x := payload("browser", n)
		who := somebody(t, fmt.Sprintf("小明 %d", i), manner{Locale: "zh-CN", Agent: "Mozilla/5.0 " + strings.Map(printable, x) + " Chrome/156.0 Safari/537.36"})
		v.tab = who.open(site.url + "/plain?user=" + url.QueryEscape(x) + "&from=" + url.QueryEscape(x) + "&title=" + url.QueryEscape(x) + "&utm_source=" + url.QueryEscape(x) + "&utm_term=" + url.QueryEscape(x) + "#" + url.QueryEscape(x))
		v.open()
		v.say(fmt.Sprintf("访客 %d", i))
		v.say(strings.Map(printable, x))
		name := strings.Map(func(r rune) rune {
			if r == '/' || r == 0 {
				return '-'
			}
			return r
		}, x)
		if len(name) > 200 {
			name = name[:200]
		}
		v.upload(v.in(css("input[type=file]")), name+".html", []byte(x))
		v.upload(v.in(css("input[type=file]")), name+".svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="`+pwn+`"><script>`+pwn+`</script></svg>`))
		v.counts(v.in(css(".msg.mine a.tile")), 2)
		served := s.conversationWith(t, fmt.Sprintf("访客 %d", i))
		v.write(v.box(), "<img src=x onerror=alert(1)>")
		lin.visit(s.url + "/inbox/all/" + served)
		lin.sees(lin.log("customer").has(fmt.Sprintf("访客 %d", i)))
		lin.sees(css("em").has("<img src=x onerror=alert(1)>"))
		lin.sees(lin.log("customer").has(".svg"))
		v.harmless("the widget")
	}
	lin.shot("x05-visitor")
	lin.harmless("a visitor's conversation")

	// The last visitor is told everything.
	id := s.conversationWith(t, "访客 5")
	as := s.api
	as.agent = s.lin.id
	for n := range payloads {
		x := payload("widget", n)
		m := object{"parts": []object{
			{"type": "text", "body": x},
			{"type": "choices", "style": "buttons", "prompt": x, "footer": x, "options": []object{{"kind": "reply", "label": clip(x, 20), "detail": x, "value": clip(x, 60)}, {"kind": "url", "label": clip(x, 20), "url": "https://example.com/?" + url.QueryEscape(x)}}},
			{"type": "card", "kind": "product", "title": clip(x, 60), "text": x, "price": clip(x, 20), "status": clip(x, 20), "url": "https://example.com/", "fields": []object{{"label": clip(x, 20), "value": clip(x, 60)}}},
			{"type": "location", "lat": 31.2, "lon": 121.4, "title": clip(x, 60), "address": x},
			{"type": "contact", "name": clip(x, 60), "org": clip(x, 60), "phones": []string{clip(x, 20)}, "emails": []string{clip(x, 40)}},
		}}
		if status, text := as.ask(t, "POST", "/conversations/"+id+"/messages", object{"content": m}); status != http.StatusCreated && status != http.StatusUnprocessableEntity && status != http.StatusBadRequest {
			t.Fatalf("payload %d from the agent: %d %s", n, status, text)
		}
	}
	as.do(t, "POST", "/conversations/"+id+"/messages", object{"text": "到底了"}, nil)
	v.sees(v.theirs().has("到底了"))
	v.readThrough(v.in(css(".scroll")), v.in(css(".hello")))
	v.shot("x05-widget")
	v.harmless("the widget")
	var bad []string
	v.eval(&bad, v.frame, innocent)
	if len(bad) > 0 {
		t.Errorf("X-05: in the chat: %q", bad)
	}
	if n := v.count(v.theirs()); n < len(payloads)/2 {
		t.Errorf("X-05: only %d of the agent's messages were drawn", n)
	}
}

func printable(r rune) rune {
	if r < 32 || r == 127 || r > 0x2000 && r < 0x2070 {
		return -1
	}
	return r
}

func clip(s string, n int) string {
	r := []rune(strings.Map(printable, s))
	return string(r[:min(n, len(r))])
}

// Nothing in a mail acts, and pictures of other hosts are fetched only when the
// agent asks for them.
func TestX05_MailPayloadsAreInertAndPicturesAreHeldBack(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	_, box := s.mailbox(t, "")
	lin := s.signIn(t, s.lin, manner{})
	lin.goes("Online")
	root := letter{from: "ming@" + testenv.MailDomain, name: "小明", to: box.Address, subject: "开始", id: "<x05-root@customer.test>", text: "开始"}
	box.Deliver(t, root.from, root.bytes())
	lin.opens("小明")
	for n := range payloads {
		x := payload("mail", n)
		flat := strings.Map(printable, x)
		l := letter{from: root.from, name: flat, to: box.Address, subject: "Re: " + flat, id: fmt.Sprintf("<x05-%d@customer.test>", n), inReplyTo: root.id, references: []string{root.id},
			html: fmt.Sprintf(`<html><head>%s</head><body><p>信件 %d</p>%s<p title="%s">%s</p></body></html>`, x, n, x, x, x), file: clip(x, 80) + ".ics", content: []byte("BEGIN:VCALENDAR\r\nSUMMARY:" + x + "\r\nEND:VCALENDAR")}
		if n%3 == 0 {
			l.text = x
		}
		box.Deliver(t, l.from, l.bytes())
	}
	c := s.conversations(t, "status=open")
	if len(c) != 1 {
		t.Fatalf("the mails made %d conversations", len(c))
	}
	until(t, "all mails are in", func() (bool, string) {
		n := 0
		for _, m := range s.messages(t, c[0].ID) {
			if m.From == "customer" {
				n++
			}
		}
		return n == len(payloads)+1, fmt.Sprint(n)
	})
	lin.readThrough(role("log"), text("The beginning of the conversation"))
	lin.shot("x05-mail")
	lin.harmless("mails")

	// A clean mail complains of nothing, and its picture waits for the agent.
	clean := letter{from: "hong@" + testenv.MailDomain, name: "小红", to: box.Address, subject: "图片", id: "<pixel@customer.test>",
		html: `<div style="font-family:serif;color:#333"><h2>您好</h2><p>请看图：<img src="https://` + canaryHost + `/pixel/one.gif" width="120" height="80" alt="书"></p><img src="https://` + canaryHost + `/pixel/two.gif" width="1" height="1"></div>`}
	box.Deliver(t, clean.from, clean.bytes())
	fresh := s.signIn(t, s.lin, manner{})
	fresh.view("Mine")
	fresh.opens("小红")
	fresh.sees(text("2 pictures from elsewhere were held back"))
	for _, line := range fresh.did().Console {
		if strings.Contains(line, "Content Security Policy") || strings.Contains(line, "Content-Security-Policy") {
			t.Errorf("X-05: a clean mail breaks the policy: %s", line)
		}
	}
	fresh.shot("x05-mail-held")
	if asked := canaryAsked("/pixel/"); len(asked) > 0 {
		t.Errorf("X-05: the picture was fetched unasked: %q", asked)
	}
	fresh.click(button("Show pictures"))
	until(t, "the pictures come when asked for", func() (bool, string) {
		asked := canaryAsked("/pixel/")
		return len(asked) == 2, fmt.Sprint(asked)
	})
}
