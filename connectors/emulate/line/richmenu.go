package line

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg" // a menu's picture may be one
	_ "image/png"
	"net/http"
	"slices"
	"time"

	"parley/connectors/emulate"
)

// richMenu is a rich menu ("Rich menu object").
type richMenu struct {
	wire    json.RawMessage
	buttons []emulate.Button
	width   int
	height  int
	picture []byte
	mime    string
}

type wireMenu struct {
	Size struct {
		Width  int `json:"width"`
		Height int `json:"height"`
	} `json:"size"`
	Name  string `json:"name"`
	Bar   string `json:"chatBarText"`
	Areas []struct {
		Bounds struct {
			X      int `json:"x"`
			Y      int `json:"y"`
			Width  int `json:"width"`
			Height int `json:"height"`
		} `json:"bounds"`
		Action wireAction `json:"action"`
	} `json:"areas"`
}

// menusAnHour is how many rich menus are made, and how many deleted, in an hour
// ("Rate limits").
const menusAnHour = 100

// hourly counts the calls of an hour.
func (p *Platform) hourly(op string) *refusal {
	now := p.o.Clock()
	p.made[op] = slices.DeleteFunc(p.made[op], func(at time.Time) bool { return now.Sub(at) >= time.Hour })
	if len(p.made[op]) >= menusAnHour {
		return refused("menu rate", http.StatusTooManyRequests)
	}
	p.made[op] = append(p.made[op], now)
	return nil
}

// createMenu is "Create rich menu".
func (p *Platform) createMenu(q request) (answer, *refusal) {
	var in wireMenu
	if json.Unmarshal(q.body, &in) != nil {
		return answer{}, refused("json", http.StatusBadRequest)
	}
	m := &richMenu{wire: bytes.Clone(q.body), width: in.Size.Width, height: in.Size.Height}
	switch {
	case m.width < 800 || m.width > 2500 || m.height < 250 || float64(m.width) < 1.45*float64(m.height):
		return answer{}, broken("menu size", "size")
	case letters(in.Name) < 1 || letters(in.Name) > 300:
		return answer{}, broken("menu name", "name")
	case letters(in.Bar) < 1 || letters(in.Bar) > 14:
		return answer{}, broken("menu bar", "chatBarText")
	case len(in.Areas) > 20:
		return answer{}, broken("menu areas", "areas")
	}
	for i, a := range in.Areas {
		at := fmt.Sprintf("areas[%d].", i)
		b := a.Bounds
		if b.X < 0 || b.Y < 0 || b.Width < 1 || b.Height < 1 || b.X+b.Width > m.width || b.Y+b.Height > m.height {
			return answer{}, broken("menu bounds", at+"bounds")
		}
		button, no := a.Action.inMenu(at + "action")
		if no != nil {
			return answer{}, no
		}
		m.buttons = append(m.buttons, button)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if no := p.hourly(q.op); no != nil {
		return answer{}, no
	}
	id := "richmenu-" + p.secretOf("rich menu")
	p.menus[id] = m
	p.menuOrder = append(p.menuOrder, id)
	return answer{body: map[string]string{"richMenuId": id}}, nil
}

// inMenu holds an action of an area to the rules: its label may be left out.
func (a wireAction) inMenu(at string) (emulate.Button, *refusal) {
	named := a
	if named.Label == "" {
		named.Label = "-"
	}
	switch a.Type {
	case "datetimepicker", "richmenuswitch", "clipboard":
		if letters(a.Label) > 20 {
			no := broken("label", at+".label")
			no.more = " 20"
			return emulate.Button{}, no
		}
		return emulate.Button{Label: a.Label}, nil
	case "location":
		return emulate.Button{}, broken("action", at+".type")
	}
	b, no := named.check(at, 20)
	b.Label = a.Label
	return b, no
}

func (p *Platform) menu(q request) (*richMenu, *refusal) {
	m := p.menus[q.rest[len(q.rest)-1]]
	if m == nil {
		return nil, refused("menu known", http.StatusNotFound)
	}
	return m, nil
}

// response is a menu with its id, as it is given back.
func (m *richMenu) response(id string) map[string]any {
	out := map[string]any{}
	_ = json.Unmarshal(m.wire, &out) // it was read when it was made
	out["richMenuId"] = id
	return out
}

func (p *Platform) getMenu(q request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m, no := p.menu(q)
	if no != nil {
		return answer{}, no
	}
	return answer{body: m.response(q.rest[0])}, nil
}

func (p *Platform) listMenus(request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := []any{}
	for _, id := range p.menuOrder {
		all = append(all, p.menus[id].response(id))
	}
	return answer{body: map[string]any{"richmenus": all}}, nil
}

func (p *Platform) deleteMenu(q request) (answer, *refusal) {
	p.mu.Lock()
	if _, no := p.menu(q); no != nil {
		p.mu.Unlock()
		return answer{}, no
	}
	if no := p.hourly(q.op); no != nil {
		p.mu.Unlock()
		return answer{}, no
	}
	id := q.rest[0]
	delete(p.menus, id)
	p.menuOrder = slices.DeleteFunc(p.menuOrder, func(x string) bool { return x == id })
	if p.shownMenu == id {
		p.shownMenu = ""
	}
	p.mu.Unlock()
	p.menuChanged()
	return answer{}, nil
}

// uploadMenu is "Upload rich menu image".
func (p *Platform) uploadMenu(q request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m, no := p.menu(q)
	if no != nil {
		return answer{}, no
	}
	mime := q.Header.Get("Content-Type")
	if mime != "image/jpeg" && mime != "image/png" {
		return answer{}, refused("menu picture type", http.StatusUnsupportedMediaType)
	}
	if len(q.body) > 1<<20 {
		return answer{}, refused("menu picture bytes", http.StatusRequestEntityTooLarge)
	}
	if m.picture != nil {
		return answer{}, refused("menu picture once", http.StatusBadRequest)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(q.body))
	if err != nil || "image/"+format != mime || config.Width != m.width || config.Height != m.height {
		return answer{}, refused("menu picture fits", http.StatusBadRequest)
	}
	m.picture, m.mime = bytes.Clone(q.body), mime
	return answer{}, nil
}

func (p *Platform) menuPicture(q request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m, no := p.menu(q)
	if no == nil && m.picture == nil {
		no = refused("menu known", http.StatusNotFound)
	}
	if no != nil {
		return answer{}, no
	}
	return answer{raw: m.picture, mime: m.mime}, nil
}

// defaultMenu is "Set default rich menu".
func (p *Platform) defaultMenu(q request) (answer, *refusal) {
	p.mu.Lock()
	m, no := p.menu(q)
	if no == nil && m.picture == nil {
		no = refused("menu without picture", http.StatusBadRequest)
	}
	if no == nil {
		p.shownMenu = q.rest[0]
	}
	p.mu.Unlock()
	if no != nil {
		return answer{}, no
	}
	p.menuChanged()
	return answer{}, nil
}

func (p *Platform) getDefault(request) (answer, *refusal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shownMenu == "" {
		return answer{}, refused("menu default", http.StatusNotFound)
	}
	return answer{body: map[string]string{"richMenuId": p.shownMenu}}, nil
}

func (p *Platform) clearDefault(request) (answer, *refusal) {
	p.mu.Lock()
	p.shownMenu = ""
	p.mu.Unlock()
	p.menuChanged()
	return answer{}, nil
}

func (p *Platform) menuChanged() {
	p.mu.Lock()
	all := slices.Clone(p.order)
	p.mu.Unlock()
	for _, who := range all {
		p.changed(who)
	}
}

// menuButtons are the areas every customer sees now, one row each.
func (p *Platform) menuButtons() (out [][]emulate.Button) {
	if m := p.menus[p.shownMenu]; m != nil {
		for _, b := range m.buttons {
			out = append(out, []emulate.Button{b})
		}
	}
	return out
}

// Menus are the names of the rich menus that exist, oldest first, and whether one
// is shown to everybody.
func (p *Platform) Menus() (names []string, shown bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range p.menuOrder {
		var in wireMenu
		_ = json.Unmarshal(p.menus[id].wire, &in) // it was read when it was made
		names = append(names, in.Name)
	}
	return names, p.shownMenu != ""
}
