package web

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"parley/core/canon"
	"parley/core/connector"
)

func builtDist() fstest.MapFS {
	files := fstest.MapFS{"manifest.json": {Data: []byte(`{"loader":"abc","panel":{"css":"panel-1.css","js":{"zh":"panel-zh-2.js","en":"panel-en-3.js"}}}`)}}
	for _, name := range []string{"widget.js", "panel-1.css", "panel-zh-2.js", "panel-en-3.js"} {
		for _, suffix := range []string{"", ".gz", ".br"} {
			files[name+suffix] = &fstest.MapFile{Data: []byte(name + suffix)}
		}
	}
	return files
}

func TestX12_PageIsClosedToOthers(t *testing.T) {
	r := newRig(t, Limits{}, "name", `<script>alert("店")</script>`, "title_zh", `</body><img src=x>`)
	r.conn.options.assets = readAssets(builtDist())
	res := r.do("GET", "?embed=1&lang=zh-CN", "", nil)
	page := string(res.raw)
	csp := res.header.Get("Content-Security-Policy")
	for _, want := range []string{
		"default-src 'none'", "script-src 'self';", "style-src 'self';", "base-uri 'none'", "form-action 'none'",
		"connect-src 'self' wss://chat.example.net;", "frame-ancestors 'self' https://shop.example.com https://*.example.org",
	} {
		if !strings.Contains(csp, want) {
			t.Errorf("policy lacks %q: %s", want, csp)
		}
	}
	if strings.Contains(csp, "unsafe") || res.header.Get("X-Content-Type-Options") != "nosniff" || res.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", res.header)
	}
	if regexp.MustCompile(`<script(>|[^>]*>[^<])| style=| on\w+=`).MatchString(page) || strings.Contains(page, "<img") || strings.Contains(page, `<script>alert`) {
		t.Errorf("page runs or styles something inline:\n%s", page)
	}
	if !strings.Contains(page, `lang="zh-CN"`) || !strings.Contains(page, `src="../widget/panel-zh-2.js"`) || !strings.Contains(page, `href="../widget/panel-1.css"`) {
		t.Errorf("page:\n%s", page)
	}
	raw := html.UnescapeString(regexp.MustCompile(`data-settings="([^"]*)"`).FindStringSubmatch(page)[1])
	var s settings
	if err := json.Unmarshal([]byte(raw), &s); err != nil || s.Title != `</body><img src=x>` || s.Account != r.account.String() || len(s.Origins) != 2 {
		t.Errorf("settings %v %+v", err, s)
	}
	if strings.Contains(page, identitySecret) {
		t.Error("the page tells the identity secret")
	}
}

func TestPageSpeaksTheRightLanguage(t *testing.T) {
	for _, c := range []struct{ link, query, header, want string }{
		{"auto", "", "zh-CN,zh;q=0.9", "zh-CN"},
		{"auto", "", "zh-TW", "zh-TW"},
		{"auto", "", "fr, en;q=0.5", "en"},
		{"auto", "", "ja", "en"},
		{"zh", "", "en", "zh-CN"},
		{"en", "", "zh-CN", "en"},
		{"en", "zh", "en", "zh-CN"},
		{"auto", "<x>", "zh", "zh-CN"},
	} {
		r := newRig(t, Limits{}, "languages", c.link)
		r.conn.options.assets = readAssets(builtDist())
		page := string(r.do("GET", "?lang="+c.query, "", nil, "Accept-Language", c.header).raw)
		if !strings.Contains(page, `<html lang="`+c.want+`">`) {
			t.Errorf("%+v: %s", c, page[:60])
		}
	}
}

func TestPageWithoutABuildSaysSo(t *testing.T) {
	r := newRig(t, Limits{})
	r.conn.options.assets = readAssets(fstest.MapFS{})
	if res := r.do("GET", "", "", nil); res.status != 503 || !strings.Contains(string(res.raw), "make web") {
		t.Errorf("%d %s", res.status, res.raw)
	}
}

func TestLauncherTellsTheLoaderHowToLook(t *testing.T) {
	r := newRig(t, Limits{}, "color", "#ffd400", "position", "left", "launcher_zh", "咨询")
	res := r.do("GET", "/launcher", "", nil, "Origin", "https://anywhere.example")
	if res.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("headers %v", res.header)
	}
	var got map[string]any
	res.into(t, &got)
	if got["color"] != "#ffd400" || got["ink"] != "#000000" || got["position"] != "left" || got["text"].(map[string]any)["zh"] != "咨询" {
		t.Errorf("launcher %v", got)
	}
}

func TestW03_AnyBrandColourIsLegible(t *testing.T) {
	for _, c := range []string{"#000000", "#ffffff", "#ffd400", "#2f5bea", "#ff5a5f", "#00c48c", "#777777", "#888888", "#123456", "#fefefe"} {
		if got := contrast(c, inkOn(c)); got < 4.5 {
			t.Errorf("words on %s reach %.2f", c, got)
		}
		for _, ground := range []string{"#f1f2f4", "#24272e"} {
			if got := contrast(readableOn(c, ground), ground); got < 4.5 {
				t.Errorf("%s on %s becomes %s and reaches %.2f", c, ground, readableOn(c, ground), got)
			}
		}
	}
}

func TestAssetsAreCompressedHashedAndCached(t *testing.T) {
	h := readAssets(builtDist())
	get := func(path string, header ...string) *httptest.ResponseRecorder {
		q := httptest.NewRequest("GET", path, nil)
		for i := 0; i < len(header); i += 2 {
			q.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, q)
		return w
	}
	for accept, want := range map[string]string{"gzip, deflate, br": ".br", "gzip;q=1": ".gz", "br;q=0, gzip": ".gz", "": "", "identity": ""} {
		w := get("/widget.js", "Accept-Encoding", accept)
		if w.Body.String() != "widget.js"+want || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q got %q", accept, w.Body)
		}
		if tag := w.Header().Get("ETag"); get("/widget.js", "Accept-Encoding", accept, "If-None-Match", tag).Code != http.StatusNotModified {
			t.Errorf("%q: tag %s is not recognised", accept, tag)
		}
	}
	w := get("/sub/widget/panel-zh-2.js")
	if w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") {
		t.Errorf("panel: %d %v", w.Code, w.Header())
	}
	for _, path := range []string{"/widget/manifest.json", "/widget/.keep", "/widget/../widget.js", "/widget/panel-9.js", "/widget/", "/widget", "/widget/widget.js"} {
		if w := get(path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestConnSendsWhatAlreadyStandsInTheThread(t *testing.T) {
	r := newRig(t, Limits{})
	key := canon.NewID()
	req := connector.Request{Key: key, Account: connector.Account{ID: r.account}, Message: canon.TextMessage("hi")}
	for range 2 {
		got, err := r.conn.Send(t.Context(), req)
		if err != nil || got.RemoteID != canon.RemoteID(key.String()) || got.State != canon.Sent {
			t.Errorf("send: %+v %v", got, err)
		}
	}
	for _, op := range []connector.Op{connector.OpEdit, connector.OpRevoke} {
		got, err := r.conn.Send(t.Context(), connector.Request{Key: canon.NewID(), Account: req.Account, Op: op, Target: "line-1"})
		if err != nil || got.RemoteID != "line-1" {
			t.Errorf("%s: %+v %v", op, got, err)
		}
	}
	if _, err := r.conn.Send(t.Context(), connector.Request{Account: req.Account, Op: connector.OpReact}); connector.AsError(err).Class != connector.Unsupported {
		t.Errorf("react: %v", err)
	}
	if _, err := r.conn.Send(t.Context(), connector.Request{Account: connector.Account{ID: canon.NewID()}}); connector.AsError(err).Class != connector.Invalid {
		t.Errorf("foreign account: %v", err)
	}
	caps := r.conn.Capabilities(canon.ThreadKey{})
	for _, p := range connector.PartKeys() {
		if _, ok := caps.Parts[p]; !ok {
			t.Errorf("no level for %s", p)
		}
	}
	if _, ok := any(r.conn).(connector.Editor); !ok || !caps.Can(connector.OpsEdit) || !caps.Can(connector.OpsRevoke) || !caps.Idempotent {
		t.Error("what it can and what it says differ")
	}
}

func TestFormHasTwoLanguagesAndSafeDefaults(t *testing.T) {
	spec := New(Options{}).Spec()
	values, bad := spec.Form.Complete(connector.Values{})
	if len(bad) > 0 || values["origins"] != "" || values["ask"] != "" {
		t.Errorf("empty form: %v %v", values, bad)
	}
	for _, f := range spec.Form.Fields {
		if f.Label.EN == "" || f.Label.ZH == "" || (f.Help.EN == "") != (f.Help.ZH == "") {
			t.Errorf("%s lacks words", f.Name)
		}
	}
	if s := spec.Form.Secrets(); len(s) != 1 || s[0] != "identity_secret" {
		t.Errorf("secrets %v", s)
	}
	for name, v := range map[string]string{"color": "red", "identity_secret": "short", "origins": "shop.example.com", "position": "up"} {
		if _, bad := spec.Form.Complete(connector.Values{name: v}); len(bad) != 1 || bad[0].Field != name || bad[0].Text.ZH == "" {
			t.Errorf("%s=%s: %v", name, v, bad)
		}
	}
}

func TestEveryPartReachesTheVisitorCleanly(t *testing.T) {
	r := newRig(t, Limits{})
	file := canon.NewID()
	lines := connector.Lines{Items: []connector.Line{{From: "agent", Message: canon.Message{Headers: []canon.Field{{Name: "secret"}}, Parts: []canon.Part{
		canon.Text{Body: "b", HTML: "<script>x</script>", Spans: []canon.Span{{Style: canon.SpanLink, URL: "https://a.example"}}},
		canon.Media{Kind: canon.MediaFile, File: file, RemoteID: "handle", URL: "http://internal", Name: "n", Caption: "c"},
		canon.Location{Lat: 1, Lon: 2}, canon.Sticker{Emoji: "🎉"}, canon.Contact{Name: "n", VCard: "BEGIN:VCARD"},
		canon.Choices{Options: []canon.Option{{Kind: canon.OptionURL, Label: "l", URL: "javascript:alert(1)"}}},
		canon.Template{Name: "t", Text: "said"}, canon.Card{Title: "c", URL: "data:text/html,x", Image: canon.Media{File: file}},
		canon.Opaque{Name: "new", Raw: json.RawMessage(`{"x":1}`)},
	}}}}}
	raw := string(encode(r.conn.wire(lines)))
	for _, never := range []string{"script", "handle", "internal", "VCARD", "javascript", "data:", "secret", `"x":1`} {
		if strings.Contains(raw, never) {
			t.Errorf("%q reaches the visitor: %s", never, raw)
		}
	}
	var got linesWire
	if err := json.Unmarshal([]byte(raw), &got); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, p := range got.Items[0].Parts {
		kinds = append(kinds, p.Type)
	}
	if s := strings.Join(kinds, " "); s != "text media location sticker contact choices text card text" {
		t.Errorf("parts %s", s)
	}
	if p := got.Items[0].Parts; p[0].Text != "b\nhttps://a.example" || p[1].URL != "/files/"+file.String() || p[6].Text != "said" || p[8].Text != "[new]" {
		t.Errorf("parts %+v", p)
	}
}
