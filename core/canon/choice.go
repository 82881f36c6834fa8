package canon

import (
	"regexp"
	"strconv"
	"strings"
)

// ChoiceStyle is how options want to be drawn.
type ChoiceStyle string

// The styles of choices.
const (
	ChoiceQuick   ChoiceStyle = "quick"   // replies that vanish once used
	ChoiceButtons ChoiceStyle = "buttons" // buttons that stay under the message
	ChoiceList    ChoiceStyle = "list"    // a list opened on demand, with sections
)

// OptionKind is what happens when an option is taken.
type OptionKind string

// The kinds of option.
const (
	OptionReply    OptionKind = "reply"    // comes back as Action{Value}
	OptionURL      OptionKind = "url"      // opens URL
	OptionApp      OptionKind = "app"      // opens a mini-program
	OptionPhone    OptionKind = "phone"    // calls Value
	OptionLocation OptionKind = "location" // asks for a location
	OptionHuman    OptionKind = "human"    // asks for a person
)

// Option is one thing to choose.
type Option struct {
	Kind    OptionKind `json:"kind"`
	Label   string     `json:"label"`
	Value   string     `json:"value,omitempty"`
	Detail  string     `json:"detail,omitempty"`
	Section string     `json:"section,omitempty"`
	URL     string     `json:"url,omitempty"`
	AppID   string     `json:"app_id,omitempty"`
	Path    string     `json:"path,omitempty"`
}

// Choices offers options under a prompt.
type Choices struct {
	Style   ChoiceStyle `json:"style"`
	Prompt  string      `json:"prompt,omitempty"`
	Options []Option    `json:"options"`
	Footer  string      `json:"footer,omitempty"`
	// Taken is the value of the option the customer took, once known.
	Taken string `json:"taken,omitempty"`
	// Scale says that the options are points of a scale, the lowest first: who
	// can draw one does so.
	Scale bool `json:"scale,omitempty"`
	// Offers are words the customer may add to what they took, and Said is what
	// they added.
	Offers []string `json:"offers,omitempty"`
	Said   string   `json:"said,omitempty"`
}

func (Choices) partType() string { return "choices" }

// Fallback numbers the options, so that a customer can answer with a number.
func (c Choices) Fallback() string {
	var b strings.Builder
	b.WriteString(c.Prompt)
	for i, o := range c.Options {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strconv.Itoa(i+1) + ". " + o.Label)
		if o.URL != "" {
			b.WriteString(" " + o.URL)
		}
	}
	if c.Footer != "" {
		b.WriteString("\n" + c.Footer)
	}
	return b.String()
}

// EachText visits prompt, labels, details, sections, footer and offers.
func (c Choices) EachText(visit func(string) string) Part {
	out := c
	if c.Prompt != "" {
		out.Prompt = visit(c.Prompt)
	}
	if c.Footer != "" {
		out.Footer = visit(c.Footer)
	}
	if len(c.Offers) > 0 {
		out.Offers = make([]string, len(c.Offers))
		for i, words := range c.Offers {
			out.Offers[i] = visit(words)
		}
	}
	out.Options = make([]Option, len(c.Options))
	for i, o := range c.Options {
		o.Label = visit(o.Label)
		if o.Detail != "" {
			o.Detail = visit(o.Detail)
		}
		if o.Section != "" {
			o.Section = visit(o.Section)
		}
		out.Options[i] = o
	}
	return out
}

// Template names a text the platform approved beforehand.
type Template struct {
	Name   string          `json:"name"`
	Locale string          `json:"locale"`
	Params []TemplateParam `json:"params,omitempty"`
	// Text is the template as the customer will read it. In a list of templates
	// each slot stands in it as {{slot}}.
	Text string `json:"text"`
}

// TemplateParam fills one slot of a template.
type TemplateParam struct {
	Slot string `json:"slot"` // "header.1", "body.2", "button.1"
	Text string `json:"text,omitempty"`
	File ID     `json:"file,omitzero"`
	// Media is the kind of file the slot takes; none: it takes words.
	Media MediaKind `json:"media,omitempty"`
	// Leads: the slot does not stand in the text; it says where a tap on the template
	// leads, and may stay empty.
	Leads Lead `json:"leads,omitempty"`
}

// Lead is what a slot says of where a tap leads.
type Lead string

// What leads somewhere. An app and its page go together; they are opened rather
// than an address that is given beside them, by devices that can.
const (
	LeadURL  Lead = "url"  // an address of the web
	LeadApp  Lead = "app"  // the id of a mini-program
	LeadPage Lead = "page" // a page within that mini-program
)

// slotMark is a slot as it stands in the text of a listed template.
var slotMark = regexp.MustCompile(`\{\{[^{}]+\}\}`)

// Filled is the template with what fills its slots written into its text; a slot
// that takes a file leaves nothing there.
func (t Template) Filled() Template {
	said := make(map[string]string, len(t.Params))
	for _, p := range t.Params {
		said["{{"+p.Slot+"}}"] = p.Text
	}
	t.Text = slotMark.ReplaceAllStringFunc(t.Text, func(mark string) string {
		if words, known := said[mark]; known {
			return words
		}
		return mark
	})
	return t
}

func (Template) partType() string { return "template" }

// Fallback is the template as the customer reads it.
func (t Template) Fallback() string {
	if t.Text != "" {
		return t.Text
	}
	return "[" + t.Name + "]"
}

// EachText leaves an approved text alone: the platform refuses a changed one.
func (t Template) EachText(func(string) string) Part { return t }

// CardKind is what a card shows.
type CardKind string

// The kinds of card.
const (
	CardProduct CardKind = "product"
	CardOrder   CardKind = "order"
	CardLink    CardKind = "link"
	CardApp     CardKind = "app" // a mini-program page
	CardArticle CardKind = "article"
)

// Card is something to look at and open: a product, order, link, mini-program
// page or article.
type Card struct {
	Kind   CardKind `json:"kind"`
	Ref    string   `json:"ref,omitempty"` // number of the product or order at the business
	Title  string   `json:"title"`
	Text   string   `json:"text,omitempty"`
	URL    string   `json:"url,omitempty"`
	Image  Media    `json:"image,omitzero"`
	Price  string   `json:"price,omitempty"` // as shown, with its currency
	Status string   `json:"status,omitempty"`
	Fields []Field  `json:"fields,omitempty"`
	AppID  string   `json:"app_id,omitempty"`
	Path   string   `json:"path,omitempty"`
}

func (Card) partType() string { return "card" }

// Fallback writes the card line by line.
func (c Card) Fallback() string {
	var lines []string
	add := func(s string) {
		if s != "" {
			lines = append(lines, s)
		}
	}
	add(c.Title)
	add(c.Text)
	if c.Ref != "" {
		add("#" + c.Ref)
	}
	add(strings.TrimSpace(c.Price + " " + c.Status))
	for _, f := range c.Fields {
		name := f.Label
		if name == "" {
			name = f.Name
		}
		add(name + ": " + f.Value)
	}
	add(c.URL)
	return strings.Join(lines, "\n")
}

// EachText visits title, text, status and the labels and values of fields.
func (c Card) EachText(visit func(string) string) Part {
	out := c
	if c.Title != "" {
		out.Title = visit(c.Title)
	}
	if c.Text != "" {
		out.Text = visit(c.Text)
	}
	if c.Status != "" {
		out.Status = visit(c.Status)
	}
	out.Fields = make([]Field, len(c.Fields))
	for i, f := range c.Fields {
		if f.Label != "" {
			f.Label = visit(f.Label)
		}
		f.Value = visit(f.Value)
		out.Fields[i] = f
	}
	return out
}
