package journey

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// site is a business's own site with the widget on it. It is reached as
// "localhost" while the hub is at 127.0.0.1, so to the browser they are two
// sites, as in life.
type site struct {
	url     string // http://localhost:port, a secure context
	unsafe  string // the same as http://shop.test:port, which is none
	hub     string
	account string
	secret  string // with it the site says who is signed in: ?user=
}

// hostileStyle is what a careless site does to everything on its pages. What it
// leaves alone are the page's own html and body: whoever turns those turns
// everything that is fixed to the window with them.
const hostileStyle = `
:not(html, body) { all: revert !important; box-sizing: content-box !important; color: red !important; background: yellow !important; font: italic 40px/3 fantasy !important; letter-spacing: 1em !important; transform: rotate(3deg) !important; text-transform: uppercase !important }
div, button, iframe, body > * { display: none !important; visibility: hidden !important; opacity: 0 !important; width: 1px !important; height: 1px !important; position: static !important; z-index: -1 !important; pointer-events: none !important }
main, h1 { display: block !important; visibility: visible !important }
`

// hostileScript is what an old library does to the language.
const hostileScript = `
Array.prototype.push = function () { throw new Error("patched push") };
for (const f of ["map", "filter", "forEach", "slice", "indexOf", "includes", "find", "some", "join", "concat"]) Array.prototype[f] = () => { throw new Error("patched " + f) };
Array.prototype.extra = function () {};
Object.prototype.extra = 1;
String.prototype.trim = () => { throw new Error("patched trim") };
JSON.stringifyOld = JSON.stringify; Date.prototype.toJSON = () => "patched";
window.$ = window._ = window.h = window.t = "taken";
`

func openSite(t testing.TB, h *hub, account string) *site {
	t.Helper()
	s := &site{hub: h.url, account: account}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	s.url, s.unsafe = "http://localhost"+port, "http://shop.test"+port
	return s
}

// origins are the lines for the linking form.
func (s *site) origins() string { return s.url + "\n" + s.unsafe }

func (s *site) snippet(user string) string {
	who := ""
	if user != "" {
		who = ` data-user-token="` + token(s.secret, s.account, user, user) + `"`
	}
	return fmt.Sprintf(`<script src="%s/widget.js" data-account="%s"%s async></script>`, s.hub, s.account, who)
}

// ServeHTTP serves a page: /plain, /hostile and /strict are what the names say;
// ?title= sets its title, ?user= signs somebody in.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	title := r.URL.Query().Get("title")
	if title == "" {
		title = "山野书店"
	}
	head, script := "", ""
	switch r.URL.Path {
	case "/favicon.ico":
		w.WriteHeader(http.StatusNoContent)
		return
	case "/hostile":
		head, script = "<style>"+hostileStyle+"</style>", "<script>"+hostileScript+"</script>"
	case "/strict": // what a strict site has to allow, and nothing else
		w.Header().Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src %[1]s; frame-src %[1]s; connect-src %[1]s; style-src 'self'; require-trusted-types-for 'script'", s.hub))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>%s</title>%s%s</head>
<body><main><h1>山野书店</h1><p>想找哪本书？</p><a href="/plain?page=2">下一页</a><input aria-label="搜索"></main>%s</body></html>`,
		html.EscapeString(title), head, script, s.snippet(r.URL.Query().Get("user")))
}

// token is what a shop's site signs to say who is signed in.
func token(secret, account, user, name string) string {
	enc := base64.RawURLEncoding
	claims, _ := json.Marshal(object{"sub": user, "aud": account, "exp": time.Now().Add(time.Hour).Unix(), "name": name, "email": name})
	signed := enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + enc.EncodeToString(claims)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + enc.EncodeToString(mac.Sum(nil))
}

// canaryHost is a host that nothing a customer sends may ever make a browser ask.
const canaryHost = "canary.test"

// canary counts who asked it, by path.
var canary struct {
	mu    sync.Mutex
	asked map[string]int
}

// startCanary starts the server behind canaryHost and returns its host:port. It
// speaks https and lives as long as the browser does. Whatever reaches it in
// another way, such as a mere connection, is counted too.
func startCanary() (string, error) {
	canary.asked = map[string]int{}
	count := func(what string) {
		canary.mu.Lock()
		defer canary.mu.Unlock()
		canary.asked[what]++
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		count(r.URL.Path)
		w.Header().Set("Content-Type", "image/gif")
		w.Write([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if state == http.StateNew {
			count("connection")
		}
	}
	server.StartTLS()
	return server.Listener.Addr().String(), nil
}

// canaryAsked returns the paths below a prefix that were asked for.
func canaryAsked(prefix string) []string {
	canary.mu.Lock()
	defer canary.mu.Unlock()
	var out []string
	for p := range canary.asked {
		if strings.HasPrefix(p, prefix) {
			out = append(out, p)
		}
	}
	return out
}
