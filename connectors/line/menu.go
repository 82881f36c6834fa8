package line

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // a menu's picture may be one
	_ "image/png"
	"io"
	"net/http"
	"strings"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/canon"
	"parley/core/connector"
)

const (
	// menuName is what a rich menu of ours is called; customers do not see it. What
	// another tool made is never deleted.
	menuName = "parley"
	// menuMark stands before the value of an entry: a postback does not tell whether
	// a button was tapped or the menu.
	menuMark = "parley:menu:"
	// humanAsk is the value of an entry that asks for a person.
	humanAsk = "parley:human"
	// askPlace opens the screen that sends a place ("Use LINE features with the LINE
	// URL scheme").
	askPlace = "https://line.me/R/nv/location/"
	phone    = "tel:"
)

// menuLimit is what a rich menu may hold ("Rich menu object", "Requirements for rich
// menu image").
func menuLimit() connector.MenuLimit {
	length := func(n int, unit connector.Unit) connector.Length { return connector.Length{Max: n, Unit: unit} }
	return connector.MenuLimit{
		Top: 20, Label: length(maxLabel, connector.Graphemes), Value: length(maxData-len(menuMark), connector.UTF16), URL: length(maxURI, connector.UTF16),
		Kinds: []canon.OptionKind{canon.OptionReply, canon.OptionURL, canon.OptionPhone, canon.OptionHuman, canon.OptionLocation},
		Bar:   length(14, connector.Graphemes),
		Picture: connector.MenuPictureLimit{
			MIME: []string{"image/jpeg", "image/png"}, Bytes: 1 << 20, MinWidth: 800, MaxWidth: 2500, MinHeight: 250, MinRatio: 1.45,
		},
	}
}

// standing is the menu every customer sees; nil when there is none, or one of LINE
// Official Account Manager, which the API does not show.
func (c *Conn) standing(ctx context.Context) (menu *messaging_api.RichMenuResponse, err error) {
	id := ""
	err = c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, got, err := api.GetDefaultRichMenuIdWithHttpInfo()
		if err == nil {
			id = got.RichMenuId
		}
		return res, err
	})
	if err == nil {
		err = c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
			res, got, err := api.GetRichMenuWithHttpInfo(id)
			menu = got
			return res, err
		})
	}
	if e := connector.AsError(err); e != nil && e.Class == connector.Gone {
		return nil, nil
	}
	return menu, connector.Harmless(err)
}

// Menu reads the menu every customer sees.
func (c *Conn) Menu(ctx context.Context, _ connector.Account) (connector.Menu, error) {
	m, err := c.standing(ctx)
	if err != nil || m == nil || m.Size == nil {
		return connector.Menu{}, err
	}
	out := connector.Menu{Bar: m.ChatBarText, Picture: &connector.MenuPicture{Width: int(m.Size.Width), Height: int(m.Size.Height)}}
	for _, area := range m.Areas {
		i := item(area.Action)
		if b := area.Bounds; b != nil {
			i.Area = &connector.MenuArea{X: int(b.X), Y: int(b.Y), Width: int(b.Width), Height: int(b.Height)}
		}
		out.Items = append(out.Items, i)
	}
	return out, nil
}

// item is what a tap on an area does, in our words.
func item(action messaging_api.ActionInterface) connector.MenuItem {
	switch a := action.(type) {
	case messaging_api.PostbackAction:
		if value, ours := strings.CutPrefix(a.Data, menuMark); ours {
			i := connector.MenuItem{Label: cmp.Or(a.Label, a.DisplayText), Kind: canon.OptionReply, Value: value}
			if value == humanAsk {
				i.Kind = canon.OptionHuman
			}
			return i
		}
	case messaging_api.UriAction:
		switch number, calls := strings.CutPrefix(a.Uri, phone); {
		case calls:
			return connector.MenuItem{Label: a.Label, Kind: canon.OptionPhone, Value: number}
		case a.Uri == askPlace:
			return connector.MenuItem{Label: a.Label, Kind: canon.OptionLocation}
		}
		return connector.MenuItem{Label: a.Label, Kind: canon.OptionURL, URL: a.Uri}
	}
	// What another tool set keeps its own way: it arrives as it did.
	raw, err := json.Marshal(action)
	if unknown, ok := action.(messaging_api.UnknownAction); ok {
		raw, err = json.Marshal(unknown.Raw)
	}
	if err != nil || !bytes.HasPrefix(raw, []byte("{")) {
		return connector.MenuItem{Kind: canon.OptionReply}
	}
	var said struct{ Label, DisplayText, Text string }
	_ = json.Unmarshal(raw, &said) // what has no words gets none
	return connector.MenuItem{Label: cmp.Or(said.Label, said.DisplayText, said.Text), Raw: raw}
}

// MenuPicture brings the picture of the menu every customer sees.
func (c *Conn) MenuPicture(ctx context.Context, _ connector.Account) (io.ReadCloser, connector.FileInfo, error) {
	m, err := c.standing(ctx)
	if err == nil && m == nil {
		err = &connector.Error{Class: connector.Gone, Code: "no_menu", Shown: text("The account has no menu.", "该账号没有菜单。")}
	}
	if err != nil {
		return nil, connector.FileInfo{}, err
	}
	res, err := c.content(ctx, func(api *messaging_api.MessagingApiBlobAPI) (*http.Response, error) {
		res, _, err := api.GetRichMenuImageWithHttpInfo(m.RichMenuId)
		return res, err
	})
	if err != nil {
		return nil, connector.FileInfo{}, connector.Harmless(err)
	}
	return res.Body, connector.FileInfo{Name: "menu", MIME: res.Header.Get("Content-Type"), Size: max(res.ContentLength, 0)}, nil
}

// SetMenu makes a menu, gives it its picture, shows it to every customer and deletes
// those of ours it replaces: LINE changes none that stands, nor its picture. What
// fails on the way leaves the former one standing.
func (c *Conn) SetMenu(ctx context.Context, account connector.Account, m connector.Menu) error {
	if bad := menuLimit().Check(m); len(bad) > 0 {
		return refusedMenu(bad[0].Text, bad[0])
	}
	if len(m.Items) == 0 {
		if err := c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
			res, _, err := api.CancelDefaultRichMenuWithHttpInfo()
			return res, err
		}); err != nil {
			return connector.Harmless(err)
		}
		c.deleteMenusBut(ctx, "")
		return nil
	}
	picture, kind, err := c.menuPicture(ctx, account, *m.Picture)
	if err != nil {
		return err
	}
	wire, err := richMenu(m)
	if err != nil {
		return err
	}
	id := ""
	if err := c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, got, err := api.CreateRichMenuWithHttpInfo(wire)
		if err == nil {
			id = got.RichMenuId
		}
		return res, err
	}); err != nil {
		return connector.Harmless(err)
	}
	if err := c.showMenu(ctx, id, kind, picture); err != nil {
		_ = c.deleteMenu(context.WithoutCancel(ctx), id) // the next menu that is set takes it off
		return connector.Harmless(err)
	}
	c.deleteMenusBut(ctx, id)
	return nil
}

// showMenu gives a menu its picture and shows it to every customer.
func (c *Conn) showMenu(ctx context.Context, id, kind string, picture []byte) error {
	res, err := c.content(ctx, func(api *messaging_api.MessagingApiBlobAPI) (*http.Response, error) {
		res, _, err := api.SetRichMenuImageWithHttpInfo(id, kind, bytes.NewReader(picture))
		return res, err
	})
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	return c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.SetDefaultRichMenuWithHttpInfo(id)
		return res, err
	})
}

// deleteMenusBut deletes the menus of ours but one. No customer sees them any more:
// what cannot be deleted now is with the next menu that is set.
func (c *Conn) deleteMenusBut(ctx context.Context, keep string) {
	var ours []string
	_ = c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, got, err := api.GetRichMenuListWithHttpInfo()
		if err == nil {
			for _, m := range got.Richmenus {
				if m.Name == menuName && m.RichMenuId != keep {
					ours = append(ours, m.RichMenuId)
				}
			}
		}
		return res, err
	})
	for _, id := range ours {
		_ = c.deleteMenu(ctx, id)
	}
}

func (c *Conn) deleteMenu(ctx context.Context, id string) error {
	return c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.DeleteRichMenuWithHttpInfo(id)
		return res, err
	})
}

// menuPicture is the picture to show: a stored one, or that of the menu that stands.
func (c *Conn) menuPicture(ctx context.Context, account connector.Account, p connector.MenuPicture) ([]byte, string, error) {
	limit := menuLimit().Picture
	var body io.ReadCloser
	var err error
	if p.File.IsZero() {
		body, _, err = c.MenuPicture(ctx, account)
		if e := connector.AsError(err); e != nil && e.Class == connector.Gone {
			return nil, "", refusedMenu(text("Choose a picture.", "请选择菜单图片。"), err)
		}
	} else if c.env.Files == nil {
		err = errors.New("opening a picture: no files were lent")
	} else {
		body, _, err = c.env.Files.Open(ctx, p.File)
	}
	if err != nil {
		if connector.AsError(err) == nil {
			err = &connector.Error{Class: connector.Transient, Code: "file_unreadable", Err: err}
		}
		return nil, "", err
	}
	raw, err := io.ReadAll(io.LimitReader(body, limit.Bytes+1))
	_ = body.Close()
	if err != nil {
		return nil, "", &connector.Error{Class: connector.Transient, Code: "file_unreadable", Err: fmt.Errorf("reading a picture: %w", err)}
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, "", refusedMenu(text("The picture cannot be read. Save it as JPEG or PNG.", "无法识别该图片，请另存为 JPEG 或 PNG。"), err)
	}
	info := connector.FileInfo{MIME: "image/" + format, Size: int64(len(raw))}
	if says := limit.Takes(info); says.EN != "" {
		return nil, "", refusedMenu(says, nil)
	}
	if config.Width != p.Width || config.Height != p.Height {
		return nil, "", refusedMenu(text(
			fmt.Sprintf("The picture has %d × %d pixels; the areas were drawn for %d × %d.", config.Width, config.Height, p.Width, p.Height),
			fmt.Sprintf("图片为 %d × %d 像素，而区域按 %d × %d 设置。", config.Width, config.Height, p.Width, p.Height)), nil)
	}
	return raw, info.MIME, nil
}

func refusedMenu(says connector.Text, err error) error {
	return &connector.Error{Class: connector.Invalid, Code: "menu", Shown: says, Err: err}
}

// richMenu is a menu as the API takes it.
func richMenu(m connector.Menu) (*messaging_api.RichMenuRequest, error) {
	out := &messaging_api.RichMenuRequest{
		Size: &messaging_api.RichMenuSize{Width: int64(m.Picture.Width), Height: int64(m.Picture.Height)},
		// It opens by itself in a chat that has none open.
		Selected: true, Name: menuName, ChatBarText: m.Bar,
	}
	for _, i := range m.Items {
		do, err := actionOf(i)
		if err != nil {
			return nil, err
		}
		a := *i.Area
		out.Areas = append(out.Areas, messaging_api.RichMenuArea{Action: do,
			Bounds: &messaging_api.RichMenuBounds{X: int64(a.X), Y: int64(a.Y), Width: int64(a.Width), Height: int64(a.Height)}})
	}
	return out, nil
}

// actionOf is what a tap on an entry does; its label is what screen readers say.
func actionOf(i connector.MenuItem) (messaging_api.ActionInterface, error) {
	if len(i.Raw) > 0 {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(i.Raw, &fields); err != nil {
			return nil, refusedMenu(text("An entry kept for LINE cannot be read.", "无法识别 LINE 自有的菜单项。"), err)
		}
		fields["label"], _ = json.Marshal(i.Label) // a text always marshals
		raw, _ := json.Marshal(fields)             // so do its fields
		do, err := messaging_api.UnmarshalAction(raw)
		if unknown, ok := do.(messaging_api.UnknownAction); err != nil || ok {
			return nil, refusedMenu(text("LINE's entry of kind “"+unknown.Type+"” cannot be set from here.", "LINE 的“"+unknown.Type+"”类型菜单项无法在此设置。"), err)
		}
		return do, nil
	}
	switch i.Kind {
	case canon.OptionURL:
		return &messaging_api.UriAction{Label: i.Label, Uri: i.URL}, nil
	case canon.OptionPhone:
		return &messaging_api.UriAction{Label: i.Label, Uri: phone + strings.Join(strings.Fields(i.Value), "")}, nil
	case canon.OptionLocation:
		return &messaging_api.UriAction{Label: i.Label, Uri: askPlace}, nil
	case canon.OptionHuman:
		return &messaging_api.PostbackAction{Label: i.Label, Data: menuMark + humanAsk, DisplayText: i.Label}, nil
	}
	return &messaging_api.PostbackAction{Label: i.Label, Data: menuMark + i.Value, DisplayText: i.Label}, nil
}
