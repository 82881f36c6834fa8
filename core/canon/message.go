package canon

import "strings"

// Message is ordered content. Its id is ours; RemoteID is the platform's, once
// known.
type Message struct {
	ID       ID       `json:"id,omitzero"`
	RemoteID RemoteID `json:"remote_id,omitempty"`
	// ClientID is the key a client of ours made up so that a repeated post is
	// recognised.
	ClientID string  `json:"client_id,omitempty"`
	Parts    []Part  `json:"-"`
	ReplyTo  *Ref    `json:"reply_to,omitempty"`
	Quote    string  `json:"quote,omitempty"` // the words replied to, when the platform repeats them
	Subject  string  `json:"subject,omitempty"`
	Locale   string  `json:"locale,omitempty"`  // BCP 47; empty when nobody looked yet
	Headers  []Field `json:"headers,omitempty"` // mail headers a thread needs: References and the like
}

// Ref points at another message, by our id, the platform's, or both.
type Ref struct {
	ID       ID       `json:"id,omitzero"`
	RemoteID RemoteID `json:"remote_id,omitempty"`
}

// Field is a named value.
type Field struct {
	Name  string `json:"name"`
	Label string `json:"label,omitempty"`
	Value string `json:"value"`
}

// Words are said to people in either language of the interface.
type Words struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// The headers in which a platform's own tokens are kept: what it wants, in place
// of the message's id, where the message is quoted or marked as read.
const (
	HeaderQuote = "quote_token"
	HeaderRead  = "read_token"
)

// Header returns the value of a header, or "".
func (m Message) Header(name string) string {
	for _, h := range m.Headers {
		if h.Name == name {
			return h.Value
		}
	}
	return ""
}

// TextMessage returns a message of one plain text part.
func TextMessage(text string) Message {
	return Message{Parts: []Part{Text{Body: text}}}
}

// Fallback is the whole message as plain text, one part a line.
func (m Message) Fallback() string {
	lines := make([]string, 0, len(m.Parts))
	for _, p := range m.Parts {
		if s := strings.TrimSpace(p.Fallback()); s != "" {
			lines = append(lines, s)
		}
	}
	return strings.Join(lines, "\n")
}

// Plain is what the customer wrote, for matching: the bodies of text parts and
// the captions of media, without the placeholders that Fallback adds.
func (m Message) Plain() string {
	var lines []string
	for _, p := range m.Parts {
		switch p := p.(type) {
		case Text:
			lines = append(lines, p.Body)
		case Media:
			if p.Caption != "" {
				lines = append(lines, p.Caption)
			}
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// EachText returns the message with every text a person reads replaced by what
// visit returns for it; the original is not changed.
func (m Message) EachText(visit func(string) string) Message {
	out := m
	out.Parts = make([]Part, len(m.Parts))
	for i, p := range m.Parts {
		out.Parts[i] = p.EachText(visit)
	}
	if m.Subject != "" {
		out.Subject = visit(m.Subject)
	}
	if m.Quote != "" {
		out.Quote = visit(m.Quote)
	}
	return out
}

// Empty reports whether nothing in the message would reach a reader.
func (m Message) Empty() bool {
	for _, p := range m.Parts {
		switch p := p.(type) {
		case Text:
			if strings.TrimSpace(p.Body) != "" || strings.TrimSpace(p.HTML) != "" {
				return false
			}
		case Choices:
			if len(p.Options) > 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}
