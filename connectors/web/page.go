package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"parley/core/connector"
)

// settings is what the panel has to know before its first request. All of it
// is public: it stands in the page.
type settings struct {
	Account  string         `json:"account"`
	Name     string         `json:"name"`
	Color    string         `json:"color"`
	Ink      string         `json:"ink"`       // words on the colour
	Link     string         `json:"link"`      // the colour as words on a light bubble
	LinkDark string         `json:"link_dark"` // and on a dark one
	Title    string         `json:"title"`
	Subtitle string         `json:"subtitle"`
	Offline  bool           `json:"offline"`
	Logo     string         `json:"logo,omitempty"`
	Asks     []questionWire `json:"asks"` // before the chat; the session says whom
	Live     bool           `json:"live"`
	Origins  origins        `json:"origins"` // who may speak to the panel from outside its frame
	Most     int64          `json:"most"`    // bytes of a file
	Runes    int            `json:"runes"`   // of a message
}

// pageParts fill the page: files are named from the hub's address, which is Up.
type pageParts struct {
	Lang, Title, Up, CSS, JS, Settings, NoScript string
}

func (p pageParts) markup() g.Node {
	return h.Doctype(h.HTML(h.Lang(p.Lang),
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width,initial-scale=1,viewport-fit=cover,interactive-widget=resizes-content")),
			h.Meta(h.Name("robots"), h.Content("noindex")),
			h.Meta(h.Name("color-scheme"), h.Content("light dark")),
			h.TitleEl(g.Text(p.Title)),
			g.If(p.CSS != "", h.Link(h.Rel("stylesheet"), h.Href(p.Up+p.CSS))),
			h.Script(h.Type("module"), h.Src(p.Up+p.JS)),
		),
		h.Body(h.Data("settings", p.Settings), h.NoScript(g.Text(p.NoScript))),
	))
}

// page is the chat as a page of its own, and the content of the widget's frame.
func (x *exchange) page() {
	s := x.site
	x.lang = s.speaks(x.r)
	css, js, ok := x.options.assets.panel(x.lang)
	if !ok {
		http.Error(x.w, "The chat panel is not in this build. Run: make web", http.StatusServiceUnavailable)
		return
	}
	out := s.settings(x.account, x.lang, x.options.Limits)
	header := x.w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", s.policy())
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	header.Set("Permissions-Policy", "microphone=(self), geolocation=(self), camera=()")
	header.Set("Vary", "Accept-Language")
	err := pageParts{
		Lang: x.lang, Title: or(out.Name, s.title.In(x.lang)), Up: "../", CSS: css, JS: js, Settings: string(encode(out)),
		NoScript: connector.Text{EN: "The chat needs JavaScript.", ZH: "在线咨询需要启用 JavaScript。"}.In(x.lang),
	}.markup().Render(x.w)
	if err != nil {
		x.env.Log.Info("a chat page was not read to its end", "account", x.account.ID)
	}
}

// settings is the site in a language.
func (s *site) settings(account connector.Account, lang string, l Limits) settings {
	id := account.ID.String()
	return settings{
		Account: id, Name: or(s.name, account.Name), Color: s.color, Ink: inkOn(s.color), Link: readableOn(s.color, "#f1f2f4"), LinkDark: readableOn(s.color, "#24272e"),
		Title: s.title.In(lang), Subtitle: s.subtitle.In(lang), Logo: s.logo.address(id),
		Offline: s.offline, Asks: s.questions(lang), Live: s.liveTyping, Origins: append(origins{}, s.origins...),
		Most: l.FileBytes, Runes: l.TextRunes,
	}
}

// speaks chooses the language of a page: what the host page asks for, what the
// link says, what the browser prefers.
func (s *site) speaks(r *http.Request) string {
	for _, one := range []string{r.URL.Query().Get("lang"), s.language, r.Header.Get("Accept-Language")} {
		switch l := strings.ToLower(one); {
		case strings.HasPrefix(l, "zh-tw"), strings.HasPrefix(l, "zh-hk"), strings.HasPrefix(l, "zh-hant"):
			return "zh-TW"
		case strings.HasPrefix(l, "zh"):
			return "zh-CN"
		case strings.HasPrefix(l, "en"):
			return "en"
		}
	}
	return language(r.Header.Get("Accept-Language"))
}

// policy allows our own files and nothing inline; the sockets are named because
// older browsers do not count them to 'self'.
func (s *site) policy() string {
	connect := "'self'"
	if u, err := url.Parse(s.self); err == nil && u.Host != "" {
		scheme := "wss://"
		if u.Scheme == "http" {
			scheme = "ws://"
		}
		connect += " " + scheme + u.Host
	}
	// Files stand at the public address, whatever name the page was opened by.
	files := strings.TrimSpace("'self' " + s.self)
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src " + files + " data: blob:; media-src " + files + " blob:; " +
		"connect-src " + connect + "; base-uri 'none'; form-action 'none'; frame-ancestors " + s.frameAncestors()
}

// launcher tells the loader how its button looks. Any page may read it: it says
// nothing that the button and what stands beside it do not show.
func (x *exchange) launcher() {
	h := x.w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "public, max-age=300")
	l := x.site.look()
	if l.Invites = x.site.invite; len(l.Invites) > 0 {
		l.Invite = x.options.assets.invite()
	}
	x.answer(l)
	x.sighted()
}

// look is the launcher as the loader draws it.
type look struct {
	Color    string         `json:"color"`
	Ink      string         `json:"ink"` // words on the colour
	Position string         `json:"position"`
	Side     string         `json:"x"` // how far it stands from its usual place, in CSS
	Up       string         `json:"y"`
	Text     connector.Text `json:"text"`
	Language string         `json:"language"`
	// Invite is what shows invitations, below the hub's address; fetched where
	// there are any.
	Invite  string       `json:"invite,omitempty"`
	Invites []invitation `json:"invites,omitempty"`
}

// launcherGap is where the loader draws the button by itself: that many pixels
// from both edges.
const launcherGap = 20

func (s *site) look() look {
	px := func(n int) string { return strconv.Itoa(n-launcherGap) + "px" }
	return look{
		Color: s.color, Ink: inkOn(s.color), Position: s.position, Side: px(s.side), Up: px(s.bottom), Text: s.launcher, Language: s.language,
	}
}
