package email

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"parley/connectors/email/letter"
	"parley/core/connector"
)

// draft is a mail ready to be written, any number of times: every writing says
// the same, but for the boundaries between its parts.
type draft struct {
	id   string // Message-ID, without brackets
	to   string
	msg  *mail.Msg
	size int64 // estimate, encoded
	// failed is what went wrong in reading a file while writing: the library
	// forgets such errors and would send the mail cut short.
	failed error
}

// linkLife is how long a link to a file too large to attach works.
const linkLife = 7 * 24 * time.Hour

// messageID is the Message-ID of a request: the same for every attempt.
func (c *conn) messageID(r connector.Request) string {
	return c.threads.messageID(r.Key, r.Thread, letter.Domain(c.settings.Address))
}

// compose makes the mail of a request.
func (c *conn) compose(ctx context.Context, r connector.Request) (*draft, error) {
	to := letter.NewAddress(string(r.Thread.Peer)).Addr
	if to == "" || strings.HasSuffix(to, "@invalid") {
		return nil, &connector.Error{Class: connector.Gone, Code: "no_address", Scope: connector.ScopeThread, Shown: connector.Text{
			EN: "The sender's mail had no address to answer to.", ZH: "来信没有可回复的地址。",
		}}
	}
	d := &draft{id: c.messageID(r), to: to, msg: mail.NewMsg(mail.WithNoDefaultUserAgent())}
	if err := c.address(d, r); err != nil {
		return nil, err
	}
	c.headers(ctx, d, r)
	body, err := c.render(ctx, r)
	if err != nil {
		return nil, err
	}
	d.msg.SetBodyString(mail.TypeTextPlain, body.text)
	d.msg.AddAlternativeString(mail.TypeTextHTML, body.html)
	d.size = int64(len(body.text)+len(body.html))*2 + 8<<10
	for _, f := range body.files {
		d.add(ctx, c, f)
	}
	return d, nil
}

func (c *conn) address(d *draft, r connector.Request) error {
	name := c.settings.DisplayName
	if name == "" {
		name = r.Account.Name
	}
	err := d.msg.FromFormat(oneLine(name), c.settings.Address)
	if err == nil {
		err = d.msg.To(d.to)
	}
	if err != nil {
		return &connector.Error{Class: connector.Invalid, Code: "address", Err: fmt.Errorf("address a mail: %w", err), Shown: connector.Text{
			EN: "The address " + d.to + " cannot be written to.", ZH: "无法向地址 " + d.to + " 发信。",
		}}
	}
	return nil
}

// headers sets what a mail says of itself and of the mail it answers.
func (c *conn) headers(ctx context.Context, d *draft, r connector.Request) {
	d.msg.SetMessageIDWithValue(d.id)
	at := r.Key.Time()
	if r.Key.IsZero() {
		at = c.env.Clock().UTC()
	}
	d.msg.SetDateWithValue(at)
	before := c.answers(ctx, r)
	subject := r.Message.Subject
	if subject == "" {
		subject = before.Subject
	}
	if before.ID != "" {
		d.msg.SetGenHeader("In-Reply-To", "<"+before.ID+">")
		d.msg.SetGenHeader("References", bracketed(chain(append(before.References, before.ID))))
	}
	d.msg.Subject(c.subject(subject, before.ID != ""))
	if r.Sender.Kind != "agent" {
		d.msg.SetGenHeader("Auto-Submitted", "auto-replied")
		d.msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	}
}

// answers finds the mail a request answers: the one it replies to, else the
// customer's newest, as the core or at last the cache knows it.
func (c *conn) answers(ctx context.Context, r connector.Request) last {
	l := c.lastOn(ctx, r.Thread)
	id := string(r.ReplyTo)
	if id == "" && r.Message.ReplyTo != nil {
		id = string(r.Message.ReplyTo.RemoteID)
	}
	for _, h := range r.Message.Headers {
		switch strings.ToLower(h.Name) {
		case "references":
			l.References = ids(h.Value)
		case "message-id", "in-reply-to": // of the mail answered
			if got := ids(h.Value); id == "" && len(got) > 0 {
				id = got[0]
			}
		}
	}
	for _, candidate := range []string{id, string(r.After)} {
		if validID.MatchString(candidate) {
			l.ID = candidate
			break
		}
	}
	return l
}

var validID = regexp.MustCompile(`^[^\s<>#"][^\s<>"]*$`)

func ids(v string) []string {
	var out []string
	for _, w := range strings.Fields(v) {
		if w = strings.Trim(w, "<>,"); validID.MatchString(w) {
			out = append(out, w)
		}
	}
	return out
}

// answered matches the marks programs put before the subject of an answer.
var answered = regexp.MustCompile(`(?i)^\s*(?:(?:re|aw|sv|antw|回复|答复|回覆|答覆|返信)\s*(?:\[\d+\])?\s*[:：]\s*)+`)

func (c *conn) subject(s string, reply bool) string {
	s = oneLine(s)
	bare := strings.TrimSpace(answered.ReplaceAllString(s, ""))
	if bare == "" {
		bare = c.settings.DisplayName
	}
	switch {
	case bare == "":
		bare = c.settings.Address
	case !reply && s != "":
		return s
	}
	if !reply {
		return bare
	}
	return "Re: " + bare
}

// oneLine keeps a header on its line: nothing a customer or agent wrote can
// begin another.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s))
}

// writeTo writes the mail.
func (d *draft) writeTo(w io.Writer) (int64, error) {
	d.failed = nil
	counted := &counter{w: w}
	_, err := d.msg.WriteTo(counted)
	if d.failed != nil {
		return counted.n, d.failed
	}
	return counted.n, err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
