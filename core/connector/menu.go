package connector

import (
	"encoding/json"
	"fmt"
	"slices"

	"parley/core/canon"
)

// Menu is what stands below every chat of an account.
type Menu struct {
	Items []MenuItem `json:"items"`
}

// MenuItem is one entry: it does something, or opens Items.
type MenuItem struct {
	Label string `json:"label"`
	// Kind is what happens; "" with Items, or with Raw.
	Kind  canon.OptionKind `json:"kind,omitempty"`
	Value string           `json:"value,omitempty"` // comes back as Action{Menu, Value}
	URL   string           `json:"url,omitempty"`   // of kinds url and app, where old clients go instead
	AppID string           `json:"app_id,omitempty"`
	Path  string           `json:"path,omitempty"`
	Items []MenuItem       `json:"items,omitempty"`
	// Raw is an entry of a kind only the platform knows: it is given back as it
	// came.
	Raw json.RawMessage `json:"raw,omitempty"`
}

// MenuLimit says what a menu may hold.
type MenuLimit struct {
	Top      int                `json:"top"` // how many entries
	Sub      int                `json:"sub"` // how many below one; 0: none
	Label    Length             `json:"label"`
	SubLabel Length             `json:"sub_label"`
	Value    Length             `json:"value"`
	URL      Length             `json:"url"`
	Kinds    []canon.OptionKind `json:"kinds"`
	// NoAppURL: an entry of kind app has no address for old clients.
	NoAppURL bool `json:"no_app_url,omitempty"`
}

// Check tells what is wrong with a menu, by the place in it
// ("items[0].items[2].label").
func (l MenuLimit) Check(m Menu) []FieldError { return l.check(m.Items, "items", false) }

func (l MenuLimit) check(items []MenuItem, at string, below bool) (bad []FieldError) {
	find := func(field, en, zh string) { bad = append(bad, FieldError{field, Text{EN: en, ZH: zh}}) }
	most, label := l.Top, l.Label
	if below {
		most, label = l.Sub, l.SubLabel
	}
	if len(items) > most {
		find(at, fmt.Sprintf("There may be %d entries at most.", most), fmt.Sprintf("最多 %d 项。", most))
	}
	for i, item := range items {
		here := fmt.Sprintf("%s[%d]", at, i)
		switch {
		case item.Label == "":
			find(here+".label", "Give the entry a name.", "请填写菜单名称。")
		case !label.Fits(item.Label):
			find(here+".label", "The name is over "+label.String()+".", "名称超出长度限制（"+label.String()+"）。")
		}
		switch {
		case len(item.Items) > 0 && below:
			find(here+".items", "Menus have two levels.", "菜单只有两级。")
		case len(item.Items) > 0:
			bad = append(bad, l.check(item.Items, here+".items", true)...)
		case len(item.Raw) == 0:
			bad = append(bad, l.act(item, here)...)
		case item.Raw[0] != '{':
			find(here+".raw", "What the platform alone knows is an object.", "平台自有菜单项必须是 JSON 对象。")
		}
	}
	return bad
}

// act checks what an entry does.
func (l MenuLimit) act(item MenuItem, here string) (bad []FieldError) {
	find := func(field, en, zh string) {
		bad = append(bad, FieldError{here + field, Text{EN: en, ZH: zh}})
	}
	if !slices.Contains(l.Kinds, item.Kind) {
		find(".kind", "Choose what the entry does.", "请选择点击后的动作。")
		return bad
	}
	if item.Kind == canon.OptionURL || item.Kind == canon.OptionApp && !l.NoAppURL {
		if item.URL == "" {
			find(".url", "Fill in the address it opens.", "请填写要打开的网址。")
		} else if !l.URL.Fits(item.URL) {
			find(".url", "The address is over "+l.URL.String()+".", "网址超出长度限制（"+l.URL.String()+"）。")
		}
	}
	if item.Kind == canon.OptionApp && (item.AppID == "" || item.Path == "") {
		find(".app_id", "Fill in the mini-program's id and page.", "请填写小程序 AppID 和页面路径。")
	}
	if item.Kind == canon.OptionReply && item.Value == "" {
		find(".value", "Fill in the value it sends.", "请填写点击后发送的值。")
	} else if !l.Value.Fits(item.Value) {
		find(".value", "The value is over "+l.Value.String()+".", "值超出长度限制（"+l.Value.String()+"）。")
	}
	return bad
}
