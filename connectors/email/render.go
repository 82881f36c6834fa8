package email

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/url"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// rendered is a message as a mail shows it.
type rendered struct {
	text, html string
	files      []attachment
}

// page collects the two versions of a mail side by side.
type page struct {
	c        *conn
	ctx      context.Context
	r        connector.Request
	text     []string
	html     []string
	files    []attachment
	attached int64
}

// render draws the parts of a message, plain and as HTML, and gathers its files.
func (c *conn) render(ctx context.Context, r connector.Request) (rendered, error) {
	p := &page{c: c, ctx: ctx, r: r}
	if r.Message.Quote != "" {
		p.put("> "+strings.ReplaceAll(r.Message.Quote, "\n", "\n> "), `<blockquote style="margin:0 0 12px;padding-left:10px;border-left:2px solid #cccccc;color:#666666">`+lines(r.Message.Quote)+`</blockquote>`)
	}
	for _, part := range r.Message.Parts {
		if err := p.part(part); err != nil {
			return rendered{}, err
		}
	}
	if s := c.settings.Signature; s != "" {
		s = strings.ReplaceAll(s, "{agent}", r.Sender.Name)
		p.put("-- \n"+s, `<div style="margin-top:16px;color:#666666">-- <br>`+lines(s)+`</div>`)
	}
	return rendered{
		text: strings.Join(p.text, "\n\n") + "\n",
		html: `<!DOCTYPE html><html><head><meta charset="utf-8"></head><body style="font-family:-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei',sans-serif;font-size:14px;line-height:1.6">` + "\n" +
			strings.Join(p.html, "\n") + "\n</body></html>\n",
		files: p.files,
	}, nil
}

func (p *page) put(text, markup string) {
	p.text, p.html = append(p.text, text), append(p.html, markup)
}

func (p *page) plain(s string) { p.put(s, "<div>"+lines(s)+"</div>") }

func (p *page) part(part canon.Part) error {
	switch part := part.(type) {
	case canon.Text:
		p.put(part.Fallback(), "<div>"+textHTML(part)+"</div>")
	case canon.Template:
		p.plain(part.Fallback())
	case canon.Media:
		return p.media(part)
	case canon.Sticker:
		if part.Image.File.IsZero() {
			p.plain(part.Fallback())
			return nil
		}
		part.Image.Kind = canon.MediaImage
		return p.media(part.Image)
	case canon.Location:
		p.location(part)
	case canon.Contact:
		p.contact(part)
	case canon.Choices:
		p.choices(part)
	case canon.Card:
		return p.card(part)
	default:
		p.plain(part.Fallback())
	}
	return nil
}

// media attaches a file; images stand in the text. What would make the mail too
// large for its way goes as a link.
func (p *page) media(m canon.Media) error {
	if m.Caption != "" {
		p.plain(m.Caption)
	}
	if m.File.IsZero() {
		p.plain(m.Fallback())
		return nil
	}
	a, err := p.c.stored(p.ctx, m)
	if err != nil {
		return err
	}
	if p.attached+a.size > p.c.settings.AttachBytes {
		return p.link(m, a)
	}
	p.attached += a.size
	if m.Kind == canon.MediaImage || m.Kind == canon.MediaAnimation {
		a.cid = inline(p.r, len(p.files))
		p.put("["+a.name+"]", fmt.Sprintf(`<div><img src="cid:%s" alt="%s" style="max-width:100%%"></div>`, a.cid, html.EscapeString(a.name)))
	}
	p.files = append(p.files, a)
	return nil
}

func (p *page) link(m canon.Media, a attachment) error {
	address, err := p.c.env.Files.Link(p.ctx, m.File, linkLife)
	if err != nil {
		return &connector.Error{Class: connector.Transient, Code: "file", Err: fmt.Errorf("link the file %s: %w", m.File, err)}
	}
	p.put(a.name+"\n"+address, fmt.Sprintf(`<div>📎 %s (%d MB)</div>`, anchor(address, a.name), a.size>>20))
	return nil
}

func (p *page) location(l canon.Location) {
	name := strings.TrimSpace(l.Title + "\n" + l.Address)
	address := l.Fallback()[strings.LastIndex(l.Fallback(), "https://"):]
	label := name
	if label == "" {
		label = address
	}
	p.put(l.Fallback(), "<div>📍 "+anchor(address, label)+"</div>")
}

func (p *page) contact(v canon.Contact) {
	p.plain(v.Fallback())
	card := v.VCard
	if card == "" {
		card = vcard(v)
	}
	p.files = append(p.files, attachment{name: v.Name + ".vcf", mime: "text/vcard", size: int64(len(card)),
		open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(card)), nil }})
}

// vcard writes a card as RFC 6350 wants it.
func vcard(v canon.Contact) string {
	esc := func(s string) string {
		return strings.NewReplacer("\\", "\\\\", "\n", "\\n", "\r", "", ",", "\\,", ";", "\\;").Replace(s)
	}
	b := "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:" + esc(v.Name) + "\r\n"
	if v.Org != "" {
		b += "ORG:" + esc(v.Org) + "\r\n"
	}
	for _, t := range v.Phones {
		b += "TEL:" + esc(t) + "\r\n"
	}
	for _, e := range v.Emails {
		b += "EMAIL:" + esc(e) + "\r\n"
	}
	return b + "END:VCARD\r\n"
}

// choices numbers the options. A link beside a reply opens a mail with the
// answer written and addressed to the thread.
func (p *page) choices(v canon.Choices) {
	var b strings.Builder
	b.WriteString("<div>")
	if v.Prompt != "" {
		b.WriteString(lines(v.Prompt))
	}
	b.WriteString("<ol>")
	for _, o := range v.Options {
		label := html.EscapeString(o.Label)
		switch {
		case o.URL != "":
			label = anchor(o.URL, o.Label)
		case o.Kind == canon.OptionPhone && o.Value != "":
			label = anchor("tel:"+o.Value, o.Label)
		case o.Kind == canon.OptionReply || o.Kind == canon.OptionHuman || o.Kind == "":
			label = anchor(p.reply(o.Label), o.Label)
		}
		if o.Detail != "" {
			label += "<br><small>" + lines(o.Detail) + "</small>"
		}
		b.WriteString("<li>" + label + "</li>")
	}
	b.WriteString("</ol>")
	if v.Footer != "" {
		b.WriteString("<small>" + lines(v.Footer) + "</small>")
	}
	b.WriteString("</div>")
	p.put(v.Fallback(), b.String())
}

// reply is the address of a mail that answers this one (RFC 6068 §6.1).
func (p *page) reply(body string) string {
	subject := p.r.Message.Subject
	if subject == "" {
		subject = p.c.lastOn(p.ctx, p.r.Thread).Subject
	}
	q := "subject=" + escape(p.c.subject(subject, true)) + "&body=" + escape(body) + "&In-Reply-To=" + escape("<"+p.c.messageID(p.r)+">")
	return "mailto:" + p.c.settings.Address + "?" + q
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func (p *page) card(v canon.Card) error {
	var b strings.Builder
	b.WriteString(`<table cellpadding="8" style="border:1px solid #dddddd;border-radius:6px;border-collapse:separate"><tr>`)
	if !v.Image.File.IsZero() {
		a, err := p.c.stored(p.ctx, v.Image)
		if err != nil {
			return err
		}
		if p.attached+a.size <= p.c.settings.AttachBytes {
			p.attached += a.size
			a.cid = inline(p.r, len(p.files))
			p.files = append(p.files, a)
			fmt.Fprintf(&b, `<td><img src="cid:%s" width="96" alt=""></td>`, a.cid)
		}
	}
	b.WriteString("<td><b>")
	if v.URL != "" {
		b.WriteString(anchor(v.URL, v.Title))
	} else {
		b.WriteString(html.EscapeString(v.Title))
	}
	b.WriteString("</b>")
	line := func(s string) {
		if s != "" {
			b.WriteString("<br>" + lines(s))
		}
	}
	line(v.Text)
	if v.Ref != "" {
		line("#" + v.Ref)
	}
	line(strings.TrimSpace(v.Price + " " + v.Status))
	for _, f := range v.Fields {
		name := f.Label
		if name == "" {
			name = f.Name
		}
		line(name + ": " + f.Value)
	}
	b.WriteString("</td></tr></table>")
	p.put(v.Fallback(), b.String())
	return nil
}
