package wechat

import (
	"context"
	"encoding/json"
	"errors"

	"parley/core/canon"
	"parley/core/connector"
)

// humanKey is the key of an entry that asks for a person.
const humanKey = "parley:human"

// button is an entry of a custom menu. https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
type button struct {
	Type     string   `json:"type,omitempty"`
	Name     string   `json:"name"`
	Key      string   `json:"key,omitempty"`
	URL      string   `json:"url,omitempty"`
	AppID    string   `json:"appid,omitempty"`
	PagePath string   `json:"pagepath,omitempty"`
	Sub      []button `json:"sub_button,omitempty"`

	raw json.RawMessage // of a type nobody here knows, as it came
}

// MarshalJSON gives back what came where nothing is known of it, under the name it
// has now.
func (b button) MarshalJSON() ([]byte, error) {
	type plain button
	if b.raw == nil {
		return plainJSON(plain(b))
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b.raw, &fields); err != nil || fields == nil {
		return nil, errors.New("an entry kept for the platform is no JSON object")
	}
	name, err := plainJSON(b.Name)
	if err != nil {
		return nil, err
	}
	fields["name"] = name
	return plainJSON(fields)
}

// UnmarshalJSON keeps the raw form beside what is known.
func (b *button) UnmarshalJSON(data []byte) error {
	type plain button
	if err := json.Unmarshal(data, (*plain)(b)); err != nil {
		return err
	}
	b.raw = append(json.RawMessage(nil), data...)
	return nil
}

// Menu reads the account's custom menu.
func (c OfficialConn) Menu(ctx context.Context, _ connector.Account) (connector.Menu, error) {
	var got struct {
		status
		Menu struct {
			Button []button `json:"button"`
		} `json:"menu"`
	}
	if err := c.call(ctx, "/cgi-bin/menu/get", nil, &got); err != nil {
		if got.Code == 46003 { // there is none
			return connector.Menu{}, nil
		}
		return connector.Menu{}, connector.Harmless(err)
	}
	return connector.Menu{Items: items(got.Menu.Button)}, nil
}

func items(all []button) (out []connector.MenuItem) {
	for _, b := range all {
		i := connector.MenuItem{Label: b.Name}
		switch {
		case len(b.Sub) > 0:
			i.Items = items(b.Sub)
		case b.Type == "click" && b.Key == humanKey:
			i.Kind, i.Value = canon.OptionHuman, b.Key
		case b.Type == "click":
			i.Kind, i.Value = canon.OptionReply, b.Key
		case b.Type == "view":
			i.Kind, i.URL = canon.OptionURL, b.URL
		case b.Type == "miniprogram":
			i.Kind, i.URL, i.AppID, i.Path = canon.OptionApp, b.URL, b.AppID, b.PagePath
		case b.Type == "location_select":
			i.Kind, i.Value = canon.OptionLocation, b.Key
		default:
			i.Raw = b.raw
		}
		out = append(out, i)
	}
	return out
}

// SetMenu replaces the account's custom menu; an empty one takes it off. What
// telephones show changes within minutes, at once for those who follow anew.
func (c OfficialConn) SetMenu(ctx context.Context, _ connector.Account, m connector.Menu) error {
	if bad := c.caps.Menu.Check(m); len(bad) > 0 {
		return &connector.Error{Class: connector.Invalid, Code: "menu", Shown: bad[0].Text, Err: bad[0]}
	}
	var got struct{ status }
	if len(m.Items) == 0 {
		return connector.Harmless(c.call(ctx, "/cgi-bin/menu/delete", nil, &got))
	}
	return connector.Harmless(c.call(ctx, "/cgi-bin/menu/create", struct {
		Button []button `json:"button"`
	}{buttons(m.Items)}, &got))
}

func buttons(all []connector.MenuItem) []button {
	out := make([]button, 0, len(all))
	for _, i := range all {
		b := button{Name: i.Label}
		switch {
		case len(i.Items) > 0:
			b.Sub = buttons(i.Items)
		case len(i.Raw) > 0:
			b.raw = i.Raw
		case i.Kind == canon.OptionURL:
			b.Type, b.URL = "view", i.URL
		case i.Kind == canon.OptionApp:
			b.Type, b.URL, b.AppID, b.PagePath = "miniprogram", i.URL, i.AppID, i.Path
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
