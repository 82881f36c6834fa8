package telegram

import (
	"cmp"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// choices are buttons under a text. Where an option asks for the customer's
// location they are a keyboard instead, which alone can ask: it takes the place
// of the customer's own keyboard until used.
func choices(p canon.Choices) *letter {
	l := words(connector.Length{Max: maxText, Unit: connector.UTF16}.Head(promptOf(p), "…"), nil)
	for _, o := range p.Options {
		if o.Kind == canon.OptionLocation {
			l.params["reply_markup"] = asJSON(keyboardOf(p))
			return l
		}
	}
	var rows [][]inlineButton
	for _, o := range p.Options {
		b := inlineButton{Text: cmp.Or(o.Label, o.Value, o.URL)}
		switch o.Kind {
		case canon.OptionURL, canon.OptionApp:
			if !web(o.URL) {
				continue // its words are in the prompt
			}
			b.URL = o.URL
		case canon.OptionPhone:
			continue
		default:
			b.Data = cmp.Or(o.Value, o.Label)
		}
		if n := len(rows); p.Style == canon.ChoiceQuick && n > 0 && fits(append(rows[n-1], b)) {
			rows[n-1] = append(rows[n-1], b)
			continue
		}
		rows = append(rows, []inlineButton{b})
	}
	if len(rows) > 0 {
		l.keyboard(rows)
	}
	return l
}

// rowWidth is how many characters of labels a phone shows in one row.
const rowWidth = 24

// fits tells that a row of quick replies is short enough to be read.
func fits(row []inlineButton) bool {
	n := 0
	for _, b := range row {
		for _, r := range b.Text {
			if n++; r > 0x2e80 {
				n++ // ideographs are twice as wide
			}
		}
	}
	return len(row) <= maxColumns && n <= rowWidth
}

type replyKeyboard struct {
	Keyboard [][]keyboardButton `json:"keyboard"`
	Resize   bool               `json:"resize_keyboard"`
	OneTime  bool               `json:"one_time_keyboard"`
}

type keyboardButton struct {
	Text     string `json:"text"`
	Location bool   `json:"request_location,omitempty"`
}

func keyboardOf(p canon.Choices) replyKeyboard {
	k := replyKeyboard{Resize: true, OneTime: true}
	for _, o := range p.Options {
		if o.Kind == canon.OptionURL || o.Kind == canon.OptionApp || o.Kind == canon.OptionPhone {
			continue
		}
		k.Keyboard = append(k.Keyboard, []keyboardButton{{Text: cmp.Or(o.Label, o.Value), Location: o.Kind == canon.OptionLocation}})
	}
	return k
}

// promptOf is the text above the buttons, with what no button can say: details,
// phone numbers (which a client lets one dial) and addresses that open nothing.
func promptOf(p canon.Choices) string {
	lines := []string{p.Prompt}
	section := ""
	for _, o := range p.Options {
		if o.Section != section && o.Section != "" {
			section = o.Section
			lines = append(lines, o.Section)
		}
		switch {
		case o.Kind == canon.OptionPhone:
			lines = append(lines, strings.TrimSpace(o.Label+" "+o.Value))
		case o.Kind == canon.OptionURL && !web(o.URL), o.Kind == canon.OptionApp && !web(o.URL):
			lines = append(lines, strings.TrimSpace(o.Label+" "+o.URL))
		case o.Detail != "":
			lines = append(lines, o.Label+": "+o.Detail)
		}
	}
	lines = append(lines, p.Footer)
	var kept []string
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			kept = append(kept, line)
		}
	}
	return cmp.Or(strings.Join(kept, "\n"), "👇") // a message needs words
}
