package wecom

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"parley/core/canon"
	"parley/core/connector"
)

// humanKey is the key of an entry that asks for a person.
const humanKey = "parley:human"

// noMenu is the code of an application for which no menu was set (90313).
const noMenu = "46003"

// menuLimit is what a menu of an application may hold (90231 创建菜单).
func menuLimit() connector.MenuLimit {
	bytes := func(n int) connector.Length { return connector.Length{Max: n, Unit: connector.Bytes} }
	return connector.MenuLimit{
		Top: 3, Sub: 5, Label: bytes(16), SubLabel: bytes(40), Value: bytes(128), URL: bytes(1024),
		Kinds: []canon.OptionKind{canon.OptionReply, canon.OptionURL, canon.OptionApp, canon.OptionHuman, canon.OptionLocation}, NoAppURL: true,
	}
}

// menuButton is an entry of a menu (90231 创建菜单).
type menuButton struct {
	Type     string       `json:"type,omitempty"`
	Name     string       `json:"name"`
	Key      string       `json:"key,omitempty"`
	URL      string       `json:"url,omitempty"`
	AppID    string       `json:"appid,omitempty"`
	PagePath string       `json:"pagepath,omitempty"`
	Sub      []menuButton `json:"sub_button,omitempty"`

	raw json.RawMessage // of a type our model has no word for, as it came
}

// MarshalJSON gives back what came where our model has no word for it, under the
// name it has now.
func (b menuButton) MarshalJSON() ([]byte, error) {
	type plain menuButton
	if b.raw == nil {
		return encode(plain(b))
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b.raw, &fields); err != nil || fields == nil {
		return nil, errors.New("an entry kept for the platform is no JSON object")
	}
	name, err := encode(b.Name)
	if err != nil {
		return nil, err
	}
	fields["name"] = name
	return encode(fields)
}

// UnmarshalJSON keeps the raw form beside what is known.
func (b *menuButton) UnmarshalJSON(data []byte) error {
	type plain menuButton
	if err := json.Unmarshal(data, (*plain)(b)); err != nil {
		return err
	}
	b.raw = append(json.RawMessage(nil), data...)
	return nil
}

// Menu reads the application's menu (90232 获取菜单).
func (a *app) Menu(ctx context.Context, _ connector.Account) (connector.Menu, error) {
	var got struct {
		Button []menuButton `json:"button"`
	}
	if err := a.get(ctx, "menu/get", "/cgi-bin/menu/get", url.Values{"agentid": {a.agent}}, &got); err != nil {
		if e := connector.AsError(err); e != nil && e.Code == noMenu {
			return connector.Menu{}, nil
		}
		return connector.Menu{}, connector.Harmless(err)
	}
	return connector.Menu{Items: entries(got.Button)}, nil
}

func entries(all []menuButton) (out []connector.MenuItem) {
	for _, b := range all {
		i := connector.MenuItem{Label: b.Name}
		switch {
		case len(b.Sub) > 0:
			i.Items = entries(b.Sub)
		case b.Type == "click" && b.Key == humanKey:
			i.Kind, i.Value = canon.OptionHuman, b.Key
		case b.Type == "click":
			i.Kind, i.Value = canon.OptionReply, b.Key
		case b.Type == "view":
			i.Kind, i.URL = canon.OptionURL, b.URL
		case b.Type == "view_miniprogram":
			i.Kind, i.AppID, i.Path = canon.OptionApp, b.AppID, b.PagePath
		case b.Type == "location_select":
			i.Kind, i.Value = canon.OptionLocation, b.Key
		default:
			i.Raw = b.raw
		}
		out = append(out, i)
	}
	return out
}

// SetMenu replaces the application's menu; an empty one takes it off (90233
// 删除菜单). Setting the same one again changes nothing.
func (a *app) SetMenu(ctx context.Context, _ connector.Account, m connector.Menu) error {
	if bad := menuLimit().Check(m); len(bad) > 0 {
		return &connector.Error{Class: connector.Invalid, Code: "menu", Shown: bad[0].Text, Err: bad[0]}
	}
	agent := url.Values{"agentid": {a.agent}}
	if len(m.Items) == 0 {
		return connector.Harmless(a.get(ctx, "menu/delete", "/cgi-bin/menu/delete", agent, nil))
	}
	in := struct {
		Button []menuButton `json:"button"`
	}{menuButtons(m.Items)}
	return connector.Harmless(a.callFor(ctx, "menu/create", "/cgi-bin/menu/create", agent, in, nil))
}

func menuButtons(all []connector.MenuItem) []menuButton {
	out := make([]menuButton, 0, len(all))
	for _, i := range all {
		b := menuButton{Name: i.Label}
		switch {
		case len(i.Items) > 0:
			b.Sub = menuButtons(i.Items)
		case len(i.Raw) > 0:
			b.raw = i.Raw
		case i.Kind == canon.OptionURL:
			b.Type, b.URL = "view", i.URL
		case i.Kind == canon.OptionApp:
			b.Type, b.AppID, b.PagePath = "view_miniprogram", i.AppID, i.Path
		case i.Kind == canon.OptionLocation:
			b.Type, b.Key = "location_select", i.Value
			if b.Key == "" {
				b.Key = "location"
			}
		case i.Kind == canon.OptionHuman:
			b.Type, b.Key = "click", humanKey
		default:
			b.Type, b.Key = "click", i.Value
		}
		out = append(out, b)
	}
	return out
}
