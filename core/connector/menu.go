package connector

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"parley/core/canon"
)

// Menu is what stands below every chat of an account.
type Menu struct {
	Items []MenuItem `json:"items"`
	// Bar is what stands on the bar that opens it, with MenuLimit.Bar.
	Bar string `json:"bar,omitempty"`
	// Picture is what customers see instead of names, with MenuLimit.Picture: the
	// entries are areas of it.
	Picture *MenuPicture `json:"picture,omitempty"`
}

// MenuPicture is the picture of a menu.
type MenuPicture struct {
	// File is a stored picture to show. Without one, the picture that stands stays;
	// a menu that was read names none (see MenuPictured).
	File   canon.ID `json:"file,omitzero"`
	Width  int      `json:"width"` // pixels, which areas are measured in
	Height int      `json:"height"`
}

// MenuArea is the part of a picture that is an entry, in its pixels from the upper
// left.
type MenuArea struct {
	X      int `json:"x"`
	Y      int `json:"y"`
	Width  int `json:"width"`
	Height int `json:"height"`
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
	// Area is where the entry is on the menu's picture.
	Area *MenuArea `json:"area,omitempty"`
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
	// Bar: the menu is opened by a bar with a text of its own; Max 0: it is not.
	Bar Length `json:"bar,omitzero"`
	// Picture: the menu is a picture with areas; zero: it has names.
	Picture MenuPictureLimit `json:"picture,omitzero"`
}

// MenuPictureLimit says what the picture of a menu must be.
type MenuPictureLimit struct {
	MIME      []string `json:"mime,omitempty"`
	Bytes     int64    `json:"bytes,omitempty"`
	MinWidth  int      `json:"min_width,omitempty"` // pixels
	MaxWidth  int      `json:"max_width,omitempty"`
	MinHeight int      `json:"min_height,omitempty"`
	MinRatio  float64  `json:"min_ratio,omitempty"` // of width to height, at least
}

// Wanted reports whether the menu is a picture.
func (l MenuPictureLimit) Wanted() bool { return l.MaxWidth > 0 }

// Takes tells what is wrong with a file; "" when it may be the picture. Its width
// and height are checked with the menu.
func (l MenuPictureLimit) Takes(info FileInfo) Text {
	kinds := make([]string, len(l.MIME))
	for i, m := range l.MIME {
		kinds[i] = strings.ToUpper(strings.TrimPrefix(m, "image/"))
	}
	if !slices.Contains(l.MIME, info.MIME) {
		return Text{EN: "The picture must be " + strings.Join(kinds, " or ") + ".", ZH: "图片格式须为 " + strings.Join(kinds, " 或 ") + "。"}
	}
	if info.Size > l.Bytes {
		kb := l.Bytes >> 10
		return Text{EN: fmt.Sprintf("The picture is over %d KB. Save it with fewer colours, or smaller.", kb), ZH: fmt.Sprintf("图片超过 %d KB，请压缩或缩小后再上传。", kb)}
	}
	return Text{}
}

// fits tells what is wrong with the measures of a picture.
func (l MenuPictureLimit) fits(p MenuPicture) (Text, bool) {
	if p.Width >= l.MinWidth && p.Width <= l.MaxWidth && p.Height >= l.MinHeight && float64(p.Width) >= l.MinRatio*float64(p.Height) {
		return Text{}, true
	}
	return Text{
		EN: fmt.Sprintf("The picture must be %d to %d pixels wide, %d high at least, and %g times as wide as high at least.", l.MinWidth, l.MaxWidth, l.MinHeight, l.MinRatio),
		ZH: fmt.Sprintf("图片宽度须为 %d–%d 像素，高度至少 %d 像素，宽高比至少 %g。", l.MinWidth, l.MaxWidth, l.MinHeight, l.MinRatio),
	}, false
}

// Check tells what is wrong with a menu, by the place in it
// ("items[0].items[2].label").
func (l MenuLimit) Check(m Menu) []FieldError {
	bad := l.check(m.Items, "items", false)
	if len(m.Items) == 0 {
		return bad
	}
	find := func(field, en, zh string) { bad = append(bad, FieldError{field, Text{EN: en, ZH: zh}}) }
	switch {
	case l.Bar.Max == 0:
	case strings.TrimSpace(m.Bar) == "":
		find("bar", "Fill in what stands on the bar.", "请填写菜单栏文字。")
	case !l.Bar.Fits(m.Bar):
		find("bar", "The text is over "+l.Bar.Words().EN+".", "文字超出长度限制（"+l.Bar.Words().ZH+"）。")
	}
	if !l.Picture.Wanted() {
		return bad
	}
	if m.Picture == nil {
		find("picture", "Choose a picture.", "请选择菜单图片。")
		return bad
	}
	if says, ok := l.Picture.fits(*m.Picture); !ok {
		bad = append(bad, FieldError{"picture", says})
	}
	for i, item := range m.Items {
		switch a := item.Area; {
		case a == nil:
			find(fmt.Sprintf("items[%d].area", i), "Say where on the picture the entry is.", "请指定该项在图片上的区域。")
		case a.X < 0 || a.Y < 0 || a.Width < 1 || a.Height < 1 || a.X+a.Width > m.Picture.Width || a.Y+a.Height > m.Picture.Height:
			find(fmt.Sprintf("items[%d].area", i), "The area reaches beyond the picture.", "该区域超出图片范围。")
		}
	}
	return bad
}

func (l MenuLimit) check(items []MenuItem, at string, below bool) (bad []FieldError) {
	find := func(field, en, zh string) { bad = append(bad, FieldError{field, Text{EN: en, ZH: zh}}) }
	most, label := l.Top, l.Label
	if below {
		most, label = l.Sub, l.SubLabel
	}
	if len(items) > most {
		find(at, fmt.Sprintf("Take entries away: at most %d fit here.", most), fmt.Sprintf("请删减菜单项，此处最多 %d 项。", most))
	}
	for i, item := range items {
		here := fmt.Sprintf("%s[%d]", at, i)
		switch {
		case item.Label == "":
			find(here+".label", "Give the entry a name.", "请填写菜单名称。")
		case !label.Fits(item.Label):
			find(here+".label", "The name is over "+label.Words().EN+".", "名称超出长度限制（"+label.Words().ZH+"）。")
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
			find(".url", "The address is over "+l.URL.Words().EN+".", "网址超出长度限制（"+l.URL.Words().ZH+"）。")
		}
	}
	if item.Kind == canon.OptionApp && (item.AppID == "" || item.Path == "") {
		find(".app_id", "Fill in the mini-program's id and page.", "请填写小程序 AppID 和页面路径。")
	}
	if item.Kind == canon.OptionReply && item.Value == "" {
		find(".value", "Fill in the value it sends.", "请填写点击后发送的值。")
	} else if !l.Value.Fits(item.Value) {
		find(".value", "The value is over "+l.Value.Words().EN+".", "值超出长度限制（"+l.Value.Words().ZH+"）。")
	}
	return bad
}
