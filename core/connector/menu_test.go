package connector_test

import (
	"strings"
	"testing"

	"parley/core/canon"
	"parley/core/connector"
)

// What is wrong with a menu is said at its place, and a limit in words people use.
func TestAMenuIsCheckedWhereItIsWrong(t *testing.T) {
	limit := connector.MenuLimit{
		Top: 2, Sub: 1,
		Label: connector.Length{Max: 4, Unit: connector.Graphemes}, SubLabel: connector.Length{Max: 6, Unit: connector.Bytes},
		Value: connector.Length{Max: 3, Unit: connector.Runes}, URL: connector.Length{Max: 20, Unit: connector.UTF16},
		Kinds: []canon.OptionKind{canon.OptionReply, canon.OptionURL},
	}
	reply := func(label, value string) connector.MenuItem {
		return connector.MenuItem{Label: label, Kind: canon.OptionReply, Value: value}
	}
	found := func(m connector.Menu) map[string]connector.Text {
		all := map[string]connector.Text{}
		for _, bad := range limit.Check(m) {
			all[bad.Field] = bad.Text
		}
		return all
	}
	if bad := found(connector.Menu{Items: []connector.MenuItem{reply("👩‍👩‍👧四个字", "a"), {Label: "More", Items: []connector.MenuItem{reply("两字", "b")}}}}); len(bad) > 0 {
		t.Errorf("found in a good menu: %v", bad)
	}
	bad := found(connector.Menu{Items: []connector.MenuItem{
		reply("Where is it?", "long"), {Label: "More", Items: []connector.MenuItem{reply("三个字", "c"), reply("d", "d")}},
		{Label: "Shop", Kind: canon.OptionURL, URL: "https://example.com/shop"},
	}})
	for field, want := range map[string]connector.Text{
		"items":                   {EN: "at most 2", ZH: "2 项"},
		"items[0].label":          {EN: "over 4 characters as seen", ZH: "4 个可见字符"},
		"items[0].value":          {EN: "over 3 characters.", ZH: "3 个字符"},
		"items[1].items":          {EN: "at most 1", ZH: "1 项"},
		"items[1].items[0].label": {EN: "over 6 bytes", ZH: "6 字节"},
		"items[2].url":            {EN: "over 20 UTF-16 units", ZH: "20 个 UTF-16 单元"},
	} {
		if got := bad[field]; !strings.Contains(got.EN, want.EN) || !strings.Contains(got.ZH, want.ZH) {
			t.Errorf("%s: %q %q", field, got.EN, got.ZH)
		}
		delete(bad, field)
	}
	if len(bad) > 0 {
		t.Errorf("found besides: %v", bad)
	}
}
