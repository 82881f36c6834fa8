package wecom

import (
	"strings"

	"github.com/silenceper/wechat/v2/work/kf/sendmsg"

	"parley/core/canon"
	"parley/core/connector"
)

// The limits of a menu message, in bytes (94677 菜单消息).
var (
	maxHead = connector.Length{Max: 1024, Unit: connector.Bytes}
	maxItem = connector.Length{Max: 1024, Unit: connector.Bytes}
)

// menuText is a line of words in a menu, which the vendor's library does not know.
type menuText struct {
	Type string `json:"type"` // "text"
	Text struct {
		Content string `json:"content"`
	} `json:"text"`
}

// menu is a menu message: what the customer presses comes back with menu_id.
func menu(c canon.Choices) (head string, list []any, tail string) {
	lines := maxHead.Cut(clean(c.Prompt))
	if len(lines) > 0 {
		head = lines[0]
		for _, rest := range lines[1:] {
			list = append(list, plain(rest))
		}
	}
	for _, o := range c.Options {
		list = append(list, item(o))
	}
	return head, list, maxHead.Head(clean(c.Footer), "…")
}

func plain(s string) any {
	t := menuText{Type: "text"}
	t.Text.Content = maxItem.Head(s, "…")
	return t
}

func item(o canon.Option) any {
	label := clean(o.Label)
	switch {
	case o.Kind == canon.OptionURL && openable(o.URL) != "":
		m := sendmsg.MenuView{Type: "view"}
		m.View.URL, m.View.Content = o.URL, label
		return m
	case o.Kind == canon.OptionApp && o.AppID != "" && o.Path != "":
		m := sendmsg.MenuMiniProgram{Type: "miniprogram"}
		m.MiniProgram.AppID, m.MiniProgram.PagePath, m.MiniProgram.Content = o.AppID, o.Path, label
		return m
	case o.Kind == canon.OptionPhone && o.Value != "":
		return plain(label + " " + clean(o.Value))
	}
	m := sendmsg.MenuClick{Type: "click"}
	m.Click.ID, m.Click.Content = optionID(o), label
	return m
}

// optionID is what a pressed option comes back with: its value, or its words.
func optionID(o canon.Option) string {
	if v := strings.TrimSpace(clean(o.Value)); v != "" {
		return v
	}
	return connector.Length{Max: 64, Unit: connector.Bytes}.Head(clean(o.Label), "")
}
