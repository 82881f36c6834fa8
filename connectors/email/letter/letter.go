package letter

import (
	"errors"
	"fmt"
	"net/textproto"
	"time"
)

// Letter is a mail as read.
type Letter struct {
	MessageID  string   // without its angle brackets; "" when there is none
	InReplyTo  []string // ids, without angle brackets
	References []string // oldest first
	From       Address
	ReplyTo    []Address
	To, Cc     []Address
	ReturnPath string    // "" when unknown, "<>" for the null path
	Date       time.Time // zero when there is none
	Subject    string

	Text  string // what the writer wrote, without the quoted mail below it
	HTML  string // sanitised; the quoted mail folded into <details class="quote">
	Quote string // the folded words
	// Cut says that Text or HTML was longer than kept; the whole is in Files.
	Cut   bool
	Files []File

	Auto   Auto
	Report *Report // when this reports on an earlier mail

	header textproto.MIMEHeader
}

// Limits of what is kept of one mail, in bytes.
const (
	maxText  = 512 << 10 // of Text
	maxHTML  = 1 << 20   // of HTML, before sanitising
	maxQuote = 64 << 10
	maxLine  = 998 // of a subject or name: the longest line a mail may have
)

// ErrHostile is returned for a mail built to exhaust its reader.
var ErrHostile = errors.New("the mail is divided beyond reason")

// Read reads a whole mail. An error means that nothing of it can be shown but
// its headers (ReadHeader).
func Read(raw []byte) (l *Letter, err error) {
	defer func() {
		if r := recover(); r != nil {
			l, err = nil, fmt.Errorf("read mail: %v", r)
		}
	}()
	root, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	l = fromHeader(root.header)
	b := gather(root)
	l.Files = b.files
	l.readBody(b)
	l.Report = readReport(root, l)
	l.Auto = autoOf(root, l)
	return l, nil
}

// ReadHeader reads the headers alone, as for a mail too large to take in.
func ReadHeader(raw []byte) (l *Letter, err error) {
	defer func() {
		if r := recover(); r != nil {
			l, err = nil, fmt.Errorf("read mail header: %v", r)
		}
	}()
	root := &part{id: "0", header: readHeader(headerOf(raw))}
	root.describe()
	l = fromHeader(root.header)
	l.Auto = autoOf(root, l)
	return l, nil
}

func fromHeader(h textproto.MIMEHeader) *Letter {
	l := &Letter{header: h}
	l.Subject = oneLine(decodeWords(h.Get("Subject")), maxLine)
	l.From = firstAddress(h, "From", "Sender", "Return-Path")
	l.ReplyTo = addresses(h, "Reply-To")
	l.To = addresses(h, "To")
	l.Cc = addresses(h, "Cc")
	l.ReturnPath = returnPath(h)
	l.Date = parseDate(h.Get("Date"))
	if ids := messageIDs(h.Get("Message-Id")); len(ids) > 0 {
		l.MessageID = ids[0]
	}
	l.InReplyTo = messageIDs(h.Get("In-Reply-To"))
	l.References = messageIDs(h.Get("References"))
	return l
}

// Header returns the first value of a header, decoded, on one line.
func (l *Letter) Header(name string) string {
	return oneLine(decodeWords(l.header.Get(name)), maxLine)
}
