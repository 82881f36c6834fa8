package demo

import (
	"embed"
	"net/http"
	"strings"
	"unicode/utf8"

	"parley/core/connector"
)

//go:embed shop
var shop embed.FS

// policy allows our own files alone: the shop shows that the chat needs no more.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Handler serves the shop under /demo/, the customer's mail under /demo/mail and
// the customers' phones under /demo/phones. Mount it at /demo/.
func (d *Demo) Handler() http.Handler {
	p := &pages{d}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /demo/{$}", p.shop)
	mux.HandleFunc("GET /demo/mail", p.mail)
	mux.HandleFunc("GET /demo/mail/letters", p.letters)
	mux.HandleFunc("POST /demo/mail", p.write)
	mux.HandleFunc("GET /demo/shop.css", file("shop/shop.css", "text/css; charset=utf-8"))
	phones := (&Phones{All: d.c.Phones, Language: d.words.language, Account: d.Web.ID.String(), Log: d.c.Log, Ends: d.c.Ends}).Handler()
	mux.Handle("/demo/phones", phones)
	mux.Handle("/demo/phones/", phones)
	mux.HandleFunc("GET /demo/mail.js", file("shop/mail.js", "text/javascript; charset=utf-8"))
	return mux
}

func file(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		raw, err := shop.ReadFile(name)
		if err != nil {
			http.Error(w, "This file is not in the build.", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(raw)
	}
}

type pages struct{ d *Demo }

// language is what the visitor chose, else that of the shop and its bot.
func (p *pages) language(r *http.Request) string {
	if one := r.URL.Query().Get("lang"); one == "zh" || one == "en" {
		return one
	}
	return p.d.words.language
}

// in is the markup in the visitor's language.
func (p *pages) in(r *http.Request) markup { return markup{p.language(r), p.d.Web.ID.String()} }

func writePage(w http.ResponseWriter, raw []byte, policy string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(raw) // whoever asked hung up
}

func (p *pages) shop(w http.ResponseWriter, r *http.Request) {
	writePage(w, rendered(p.in(r).shop(products())), policy)
}

func (p *pages) mail(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	v := mailbox{sent: q.Has("sent"), draft: outgoing{Subject: q.Get("subject"), Answers: q.Get("answers")}}
	v.letters, v.failed = p.read(r)
	writePage(w, rendered(p.in(r).mail(v)), policy)
}

// letters is the list alone, for the page to refresh itself.
func (p *pages) letters(w http.ResponseWriter, r *http.Request) {
	all, _ := p.read(r)
	writePage(w, rendered(p.in(r).letters(all)), policy)
}

func (p *pages) read(r *http.Request) ([]shownLetter, string) {
	all, err := p.d.letters(r.Context())
	if err != nil {
		p.d.c.Log.Warn("the demo's mailbox cannot be read", "err", err)
		return nil, connector.Text{EN: "The mailbox cannot be read just now.", ZH: "暂时无法读取邮箱。"}.In(p.language(r))
	}
	out := make([]shownLetter, len(all))
	for i, l := range all {
		out[i] = shownLetter{letter: l, When: l.At.Local().Format("01-02 15:04")}
		out[i].Text, out[i].Quote = quoted(l.Text)
	}
	return out, ""
}

// quoted parts a mail's own words from what it quotes below them.
func quoted(text string) (own, quote string) {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ">") {
			for i > 0 && (strings.TrimSpace(lines[i-1]) == "" || strings.HasSuffix(strings.TrimSpace(lines[i-1]), ":") || strings.HasSuffix(strings.TrimSpace(lines[i-1]), "：")) {
				i--
			}
			return strings.TrimSpace(strings.Join(lines[:i], "\n")), strings.Join(lines[i:], "\n")
		}
	}
	return text, ""
}

// most bounds a form of the demo.
const most = 64 << 10

// write sends what the customer wrote. Only our own page may ask for it.
func (p *pages) write(w http.ResponseWriter, r *http.Request) {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		http.Error(w, "Only the demo's own page may send mails.", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "The mail is too long.", http.StatusRequestEntityTooLarge)
		return
	}
	m := outgoing{Subject: oneLine(r.PostForm.Get("subject")), Text: strings.TrimSpace(r.PostForm.Get("text")), Answers: messageID(r.PostForm.Get("answers"))}
	lang := p.language(r)
	v := mailbox{draft: m}
	switch {
	case m.Text == "" || !utf8.ValidString(m.Text) || !utf8.ValidString(m.Subject):
		v.failed = connector.Text{EN: "Write something first.", ZH: "请先写点内容。"}.In(lang)
	default:
		if err := p.d.send(r.Context(), m); err != nil {
			p.d.c.Log.Warn("a mail of the demo was not sent", "err", err)
			v.failed = connector.Text{EN: "The mail server did not take it.", ZH: "邮件服务器没有接收。"}.In(lang)
		}
	}
	if v.failed == "" {
		http.Redirect(w, r, "/demo/mail?sent&lang="+lang, http.StatusSeeOther)
		return
	}
	v.letters, _ = p.read(r)
	writePage(w, rendered(p.in(r).mail(v)), policy)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// messageID lets nothing but one bracketed id into a header.
func messageID(s string) string {
	if len(s) < 3 || len(s) > 500 || s[0] != '<' || s[len(s)-1] != '>' || strings.ContainsAny(s[1:len(s)-1], "<> \t\r\n") {
		return ""
	}
	return s
}
