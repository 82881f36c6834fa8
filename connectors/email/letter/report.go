package letter

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
)

// Outcome is what a report says of the mail it is about.
type Outcome string

// The outcomes of a delivery.
const (
	OutcomeFailed    Outcome = "failed"
	OutcomeDelayed   Outcome = "delayed" // still being tried
	OutcomeDelivered Outcome = "delivered"
	OutcomeRead      Outcome = "read"
)

// Report is what a mail system or program says became of an earlier mail.
type Report struct {
	Outcome   Outcome
	Recipient string // "" when not told
	Code      string // enhanced status such as "5.1.1", or ""
	Reason    string // the server's words
	// IDs are the message ids the report mentions, the likeliest first. Whether
	// one of them is ours is for the caller to say.
	IDs []string
}

// readReport recognises delivery reports (RFC 3464), read receipts (RFC 8098),
// and the prose that qmail, Exim, Exchange and the Chinese providers send.
func readReport(root *part, l *Letter) *Report {
	if p := root.find("message/delivery-status", "message/global-delivery-status"); p != nil {
		return deliveryReport(root, p, l)
	}
	if p := root.find("message/disposition-notification", "message/global-disposition-notification"); p != nil {
		fields := fieldGroups(p.decoded())
		for _, f := range fields {
			if strings.Contains(strings.ToLower(f.Get("Disposition")), "displayed") {
				return &Report{Outcome: OutcomeRead, Recipient: recipient(f), IDs: messageIDs(f.Get("Original-Message-Id"))}
			}
		}
		return nil
	}
	failed := root.header.Get("X-Failed-Recipients")
	prose := isMailSystem(l.From.Addr) || l.ReturnPath == "<>" && bounceSubject.MatchString(l.Subject)
	if failed == "" && !prose {
		return nil
	}
	r := &Report{Outcome: OutcomeFailed, Recipient: NewAddress(failed).Addr, IDs: mentioned(root, l)}
	r.Code, r.Reason = prosaic(l.Text+"\n"+l.Quote, r.Recipient)
	if delayWords.MatchString(l.Subject) {
		r.Outcome = OutcomeDelayed
	}
	return r
}

var (
	bounceSubject = regexp.MustCompile(`(?i)undeliver|delivery (?:status|failure|failed|notification)|returned mail|mail delivery|failure notice|non remis|unzustellbar|退信|退回|无法投递|投递失败|配信不能|配送エラー`)
	delayWords    = regexp.MustCompile(`(?i)delayed|warning: could not send|延迟|遅延`)
	status        = regexp.MustCompile(`\b([245]\.\d{1,3}\.\d{1,3})\b`)
	reply         = regexp.MustCompile(`(?m)\b(?:5\d\d|4\d\d)[ -](?:[245]\.\d{1,3}\.\d{1,3}\b.*|.{8,})$`)
)

func deliveryReport(root, p *part, l *Letter) *Report {
	r := &Report{Outcome: OutcomeFailed, IDs: mentioned(root, l)}
	for _, f := range fieldGroups(p.decoded()) {
		action := strings.ToLower(strings.TrimSpace(f.Get("Action")))
		if action == "" {
			continue
		}
		switch action {
		case "delayed":
			r.Outcome = OutcomeDelayed
		case "delivered", "relayed", "expanded":
			r.Outcome = OutcomeDelivered
		default:
			r.Outcome = OutcomeFailed
		}
		r.Recipient = recipient(f)
		r.Code = status.FindString(f.Get("Status"))
		r.Reason = afterSemicolon(f.Get("Diagnostic-Code"))
		if r.Outcome == OutcomeFailed {
			break
		}
	}
	if r.Reason == "" {
		code, reason := prosaic(l.Text, r.Recipient)
		r.Reason = reason
		if r.Code == "" {
			r.Code = code
		}
	}
	return r
}

func recipient(f textproto.MIMEHeader) string {
	for _, name := range []string{"Original-Recipient", "Final-Recipient"} {
		if a := NewAddress(afterSemicolon(f.Get(name))).Addr; a != "" {
			return a
		}
	}
	return ""
}

func afterSemicolon(s string) string {
	if _, after, ok := strings.Cut(s, ";"); ok {
		s = after
	}
	return oneLine(decodeWords(s), 500)
}

// prosaic finds status and reason in a report written for people: a server's
// reply, or what stands below the address.
func prosaic(text, recipient string) (code, reason string) {
	text = cut(text, 64<<10)
	code = status.FindString(text)
	if m := reply.FindString(text); m != "" {
		return code, oneLine(m, 500)
	}
	if _, after, ok := strings.Cut(text, recipient); ok && recipient != "" {
		for line := range strings.Lines(after) {
			if line = strings.Trim(line, " \t\r\n:>"); len(line) > 5 {
				return code, oneLine(line, 500)
			}
		}
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); len(line) > 10 && (code == "" || strings.Contains(line, code)) {
			return code, oneLine(line, 500)
		}
	}
	return code, ""
}

// fieldGroups reads groups of header fields parted by empty lines.
func fieldGroups(b []byte) []textproto.MIMEHeader {
	var groups []textproto.MIMEHeader
	b = append(bytes.TrimSpace(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))), '\n', '\n')
	for group := range bytes.SplitSeq(b, []byte("\n\n")) {
		if len(bytes.TrimSpace(group)) == 0 {
			continue
		}
		r := textproto.NewReader(bufio.NewReader(io.MultiReader(bytes.NewReader(group), strings.NewReader("\n\n"))))
		if h, err := r.ReadMIMEHeader(); len(h) > 0 || err == nil {
			groups = append(groups, h)
		}
		if len(groups) > 100 {
			break
		}
	}
	return groups
}

// mentioned lists ids a report may mean: of the mail it returns, of what it
// replies to, and any that stands in its text.
func mentioned(root *part, l *Letter) []string {
	var ids []string
	if p := root.find("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"); p != nil {
		if inner, err := ReadHeader(append(slices.Clip(p.decoded()), "\r\n\r\n"...)); err == nil && inner.MessageID != "" {
			ids = append(ids, inner.MessageID)
		}
	}
	ids = append(ids, messageIDs(root.header.Get("X-Original-Message-Id"))...)
	ids = append(ids, l.InReplyTo...)
	ids = append(ids, l.References...)
	text := cut(l.Text+"\n"+l.Quote, 256<<10)
	for _, m := range idInText.FindAllStringSubmatch(text, 50) {
		ids = append(ids, m[1])
	}
	return ids
}

var idInText = regexp.MustCompile(`(?i)message-id:\s*<?\s*([^<>\s]+@[^<>\s]+)>?`)
