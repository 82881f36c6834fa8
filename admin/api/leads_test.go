package api

import (
	"testing"

	"parley/core"
	"parley/core/canon"
)

// Where a tap on a template leads may be left empty, and is no slot of its words; an
// address has to be one.
func TestATemplateLeadsToAnAddressOrNowhere(t *testing.T) {
	of := func(leads string) canon.Template {
		return canon.Template{Name: "shipped", Text: "Order {{1}}", Params: []canon.TemplateParam{{Slot: "1", Text: "1042"}, {Slot: "url", Leads: canon.LeadURL, Text: leads}}}
	}
	for _, c := range []struct {
		leads  string
		params int
		code   string
	}{
		{"", 1, ""},
		{"https://shop.example.com/o/1042", 2, ""},
		{"shop.example.com", 0, "bad_address"},
		{"javascript:alert(1)", 0, "bad_address"},
	} {
		got, err := (*API)(nil).template(t.Context(), nil, of(c.leads), "content.parts[0]")
		f, _ := core.AsFault(err)
		switch {
		case c.code == "" && (err != nil || len(got.Params) != c.params || got.Text != "Order 1042"):
			t.Errorf("%q: %+v, %v", c.leads, got, err)
		case c.code != "" && (f == nil || f.Code != c.code):
			t.Errorf("%q was answered %v", c.leads, err)
		}
	}
}
