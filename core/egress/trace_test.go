package egress

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const (
	botToken = "123456789:AAF-canary_Token"
	password = `pä ss"w+ord&canary`
)

func dump(x Exchange) string { return fmt.Sprintf("%+v", x) }

// leaks lists the spellings of the planted secrets found in a text.
func leaks(text string) (found []string) {
	for _, s := range []string{
		"canary", botToken, botToken[:8], url.QueryEscape(password), base64.StdEncoding.EncodeToString([]byte(botToken)), base64.StdEncoding.EncodeToString([]byte(password)),
		base64.StdEncoding.EncodeToString([]byte("user:" + password)), "fresh-from-server",
	} {
		if strings.Contains(text, s) {
			found = append(found, s)
		}
	}
	return found
}

func TestX04_TraceIsRedacted(t *testing.T) {
	s := serveOn(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Set-Cookie", "sid=canary")
		w.Header().Set("X-Echo", botToken)
		w.Header().Set("Location", "/bot"+botToken+"/next?token=canary")
		fmt.Fprintf(w, `{"access_token":"fresh-from-server","expires_in":7200,"echo":%q,"text":"visible answer"}`, botToken)
	})
	rec := &kept{}
	ctx := WithRedactor(WithTrace(t.Context(), rec), NewRedactor(password))
	d := local(t).For(API, WithSecrets(NewRedactor(botToken)))
	for _, body := range []struct{ kind, text string }{
		{"application/json", `{"text":"visible","password":"canary","t":"` + botToken + `","client_secret" : "canary\"x"}`},
		{"application/json", `{"p":"pä ss\"w+ord&canary"}`},
		{"application/json", `{"p":"pä ss\"w+ord\u0026canary"}`},
		{"application/json", `{"p":"p\u00e4 ss\"w+ord&canary"}`},
		{"application/x-www-form-urlencoded", url.Values{"p": {password}, "client_secret": {"canary"}, "q": {"visible"}}.Encode()},
		{"text/plain", "auth " + base64.StdEncoding.EncodeToString([]byte(botToken))},
		{"text/plain", strings.Repeat("x", TraceBody-12) + botToken}, // across the cut
		{"text/xml", "<xml><Token>canary</Token><a>visible</a></xml>"},
	} {
		req, _ := http.NewRequestWithContext(ctx, "POST", s.URL+"/bot"+botToken+"/sendMessage?access_token=canary&secret="+url.QueryEscape(password)+"&chat=7&x="+url.QueryEscape(botToken), strings.NewReader(body.text))
		req.Header.Set("Content-Type", body.kind)
		req.SetBasicAuth("user", password)
		req.Header.Set("X-Api-Token", "canary")
		req.Header.Set("Referer", s.URL+"/?token=canary")
		resp, err := d.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	for i, x := range rec.list() {
		if found := leaks(dump(x)); found != nil {
			t.Errorf("exchange %d shows %q:\n%s", i, found, dump(x))
		}
		if x.Status != 200 || x.Method != "POST" || !strings.Contains(x.URL, "/sendMessage?") || !strings.Contains(x.URL, "chat=7") ||
			!strings.Contains(x.ResponseBody, "visible answer") || x.Total <= 0 || x.RequestBytes == 0 || x.ResponseBytes == 0 || x.Remote == "" {
			t.Errorf("exchange %d tells too little:\n%s", i, dump(x))
		}
	}
	if n := len(rec.list()); n != 8 {
		t.Errorf("%d exchanges recorded", n)
	}
}

func TestTraceWithoutKnownSecrets(t *testing.T) {
	s := serveOn(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) {})
	rec := &kept{}
	resp, err := get(WithTrace(t.Context(), rec), local(t), API, s.URL+"/bot987654:"+strings.Repeat("canary", 6)+"/getMe?key=canary")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if found := leaks(dump(rec.list()[0])); found != nil {
		t.Errorf("%s", dump(rec.list()[0]))
	}
}

// Whatever the position of the cut, no beginning of a secret stays before it.
func TestTraceCutsNoSecretInTwo(t *testing.T) {
	r := NewRedactor("0123456789-canary-0123456789")
	for shift := range 40 {
		for _, known := range []string{"0123456789-canary-0123456789", ""} {
			body := strings.Repeat(known+" ", 3)
			body += strings.Repeat("x", TraceBody-shift-len(body)) + "0123456789-canary-0123456789 tail"
			c := capture{limit: TraceBody + r.longest()}
			for chunk := range strings.SplitSeq(body, "-") {
				c.add([]byte(chunk + "-"))
			}
			if got := c.text("text/plain", r); strings.Contains(got, "0123456") {
				t.Fatalf("shift %d: …%s", shift, got[len(got)-60:])
			}
		}
	}
}

func TestTraceOfFailures(t *testing.T) {
	rec := &kept{}
	ctx := WithTrace(t.Context(), rec)
	c := local(t)
	gone := refusing(t)
	post(ctx, c.For(API), "http://"+gone+"/bot1:canary")
	c.Dial(ctx, "tcp", gone)
	c.Dial(ctx, "tcp", "10.0.0.1:993")
	s := serveOn(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) {})
	conn, err := c.Dial(ctx, "tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	got := rec.list()
	if len(got) != 4 {
		t.Fatalf("%d exchanges", len(got))
	}
	for i, want := range []string{"refused", "refused", "private address", ""} {
		if !strings.Contains(got[i].Err, want) || want == "" && got[i].Err != "" || got[i].Certainty != NotSent {
			t.Errorf("exchange %d: %s", i, dump(got[i]))
		}
	}
	if got[3].Method != "DIAL" || got[3].Remote == "" {
		t.Errorf("%s", dump(got[3]))
	}
}

func TestTraceOfRedirectsHasEveryHop(t *testing.T) {
	s := serveOn(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/next", http.StatusFound)
		}
	})
	rec := &kept{}
	resp, err := get(WithTrace(t.Context(), rec), local(t), API, s.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	got := rec.list()
	if len(got) != 2 || got[0].Status != 302 || !strings.HasSuffix(got[1].URL, "/next") {
		t.Errorf("%+v", got)
	}
}

func TestBinaryBodiesAreDescribed(t *testing.T) {
	for _, c := range []struct{ kind, body, want string }{
		{"image/png", "\x89PNG....", "(8 bytes of image/png)"},
		{"", "\x00\x01", "(2 bytes of data)"},
		{"", "plain", "plain"},
		{"application/problem+json; charset=utf-8", `{"a":1}`, `{"a":1}`},
		{"text/plain", "a\xffb", "a\uFFFDb"},
		{"", "", ""},
	} {
		cap := capture{limit: TraceBody}
		cap.add([]byte(c.body))
		if got := cap.text(c.kind, nil); got != c.want {
			t.Errorf("%q %q: %q", c.kind, c.body, got)
		}
	}
}

func TestErrorsCarryNoSecret(t *testing.T) {
	c := local(t)
	known := NewRedactor(botToken, password)
	gone := "http://" + refusing(t) + "/bot" + botToken + "/getMe?token=canary&p=" + url.QueryEscape(password)
	check := func(how string, err error) {
		t.Helper()
		if err == nil {
			t.Fatal(how, "no error")
		}
		if found := leaks(fmt.Sprintf("%v %+v %s", err, err, err.Error())); found != nil {
			t.Errorf("%s: %v", how, err)
		}
	}
	err := post(t.Context(), c.For(API, WithSecrets(known)), gone)
	check("Doer", err)
	_, err = c.HTTPClient(API).Get(gone)
	if leaks(err.Error()) == nil {
		t.Fatal("the standard client does not quote the address any more: Scrub is not needed")
	}
	if !WroteNothing(err) {
		t.Error("certainty is lost in the standard client's error")
	}
	scrubbed := Scrub(fmt.Errorf("call getMe: %w", err), known)
	check("Scrub", scrubbed)
	if !WroteNothing(scrubbed) || !strings.Contains(scrubbed.Error(), "refused") {
		t.Errorf("%v: %s", scrubbed, CertaintyOf(scrubbed))
	}
	for e := scrubbed; e != nil; e = errors.Unwrap(e) {
		check("unwrapped", e)
	}
	check("text", Scrub(errors.New("uri="+gone), known))
	check("nil redactor", Scrub(errors.New("Post https://x/cgi?access_token=canary: EOF"), nil))
	if Scrub(nil, known) != nil {
		t.Error("nil")
	}
	if !errors.Is(Scrub(fmt.Errorf("x: %w", context.Canceled), nil), context.Canceled) {
		t.Error("cancellation is lost")
	}
	_, err = c.HTTPClient(API).Get("http://[::1" + botToken)
	check("bad address", Scrub(err, known))
}

// Header and body of a request travel in one packet, also while it is recorded:
// two would cost the platform and us a turn more each.
func TestARecordedRequestIsWrittenAtOnce(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	first := make(chan string, 1)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buf := make([]byte, 64<<10)
				for {
					n, err := conn.Read(buf)
					if err != nil {
						return
					}
					first <- string(buf[:n])
					for !strings.Contains(string(buf[:n]), "the body") {
						more, err := conn.Read(buf[n:])
						if err != nil {
							return
						}
						n += more
					}
					io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
				}
			}()
		}
	}()
	rec := &kept{}
	d := local(t).For(API)
	for range 20 {
		req, _ := http.NewRequestWithContext(WithTrace(t.Context(), rec), "POST", "http://"+l.Addr().String()+"/", strings.NewReader("the body"))
		req.Header.Set("Content-Type", "text/plain")
		resp, err := d.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		io.ReadAll(resp.Body)
		resp.Body.Close()
		if got := <-first; !strings.HasSuffix(got, "the body") {
			t.Fatalf("came apart: %q", got)
		}
	}
	for _, x := range rec.list() {
		if x.RequestBody != "the body" || x.RequestBytes != 8 {
			t.Fatalf("recorded %q, %d bytes", x.RequestBody, x.RequestBytes)
		}
	}
}
