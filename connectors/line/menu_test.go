package line_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate"
	"parley/core/canon"
	"parley/core/connector"
)

// picture is a stored file: a drawing of given measures, or what stands in raw.
type picture struct {
	width, height int
	raw           string
}

func (p picture) Open(context.Context, canon.ID) (io.ReadCloser, connector.FileInfo, error) {
	var out bytes.Buffer
	if p.raw != "" {
		out.WriteString(p.raw)
	} else {
		_ = png.Encode(&out, image.NewGray(image.Rect(0, 0, p.width, p.height)))
	}
	return io.NopCloser(&out), connector.FileInfo{MIME: "image/png"}, nil
}

func (picture) Link(context.Context, canon.ID, time.Duration) (string, error) { return "", nil }

// menuOf is a menu of two areas side by side on a picture of 800 × 270.
func menuOf(items ...connector.MenuItem) connector.Menu {
	for i := range items {
		items[i].Area = &connector.MenuArea{X: 400 * i, Width: 400, Height: 270}
	}
	return connector.Menu{Bar: "メニュー", Picture: &connector.MenuPicture{File: canon.ID{1}, Width: 800, Height: 270}, Items: items}
}

var orders = connector.MenuItem{Label: "注文", Kind: canon.OptionReply, Value: "orders"}

// TestAMenuReplacesOursAndNobodyElses: LINE changes no menu that stands, so another
// takes its place and the former one of ours is deleted.
func TestAMenuReplacesOursAndNobodyElses(t *testing.T) {
	x := newPair(t, nil)
	x.files(picture{width: 800, height: 270})
	theirs, err := http.NewRequest("POST", x.url+"/v2/bot/richmenu", strings.NewReader(`{"size":{"width":800,"height":270},"name":"campaign","chatBarText":"x","areas":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	theirs.Header.Set("Authorization", "Bearer "+x.p.Token())
	if res, err := http.DefaultClient.Do(theirs); err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	m := x.conn.(connector.Menuer)
	for _, label := range []string{"一", "二"} {
		i := orders
		i.Label = label
		if err := m.SetMenu(t.Context(), connector.Account{}, menuOf(i)); err != nil {
			t.Fatal(err)
		}
	}
	if names, shown := x.p.Menus(); !shown || !slices.Equal(names, []string{"campaign", "parley"}) {
		t.Errorf("there are %v, shown: %v", names, shown)
	}
	// What goes wrong on the way leaves the former one standing, and nothing behind.
	for _, f := range []emulate.Fault{{Op: "richmenu/upload", Status: 500}, {Op: "richmenu/setDefault", Status: 400}} {
		x.p.Misbehave(f)
		if err := m.SetMenu(t.Context(), connector.Account{}, menuOf(orders)); err == nil {
			t.Errorf("%s failed and nobody was told", f.Op)
		}
		got, err := m.Menu(t.Context(), connector.Account{})
		if names, shown := x.p.Menus(); err != nil || !shown || len(names) != 2 || len(got.Items) != 1 || got.Items[0].Label != "二" {
			t.Errorf("after %s stands %+v, %v; there are %v", f.Op, got, err, names)
		}
	}
	if err := m.SetMenu(t.Context(), connector.Account{}, connector.Menu{}); err != nil {
		t.Fatal(err)
	}
	if names, shown := x.p.Menus(); shown || !slices.Equal(names, []string{"campaign"}) {
		t.Errorf("taken off, there are %v, shown: %v", names, shown)
	}
}

// TestAMenuIsSetAgainAfterACut: no customer sees a menu twice, so what nobody knows
// to have arrived may be done again, and leaves nothing behind.
func TestAMenuIsSetAgainAfterACut(t *testing.T) {
	for _, c := range []struct {
		op  string
		set connector.Menu
	}{
		{"richmenu/create", menuOf(orders)},
		{"richmenu/upload", menuOf(orders)},
		{"richmenu/setDefault", menuOf(orders)},
		{"richmenu/clearDefault", connector.Menu{}},
	} {
		t.Run(c.op, func(t *testing.T) {
			x := newPair(t, nil)
			x.files(picture{width: 800, height: 270})
			m := x.conn.(connector.Menuer)
			if err := m.SetMenu(t.Context(), connector.Account{}, menuOf(orders)); err != nil {
				t.Fatal(err)
			}
			x.p.Misbehave(emulate.Fault{Op: c.op, Kind: emulate.LoseAnswer})
			if e := connector.AsError(m.SetMenu(t.Context(), connector.Account{}, c.set)); e == nil || e.Class != connector.Transient {
				t.Errorf("the answer was lost: %v", e)
			}
			if err := m.SetMenu(t.Context(), connector.Account{}, c.set); err != nil {
				t.Fatal(err)
			}
			if names, shown := x.p.Menus(); shown != (len(c.set.Items) > 0) || len(names) != len(c.set.Items) {
				t.Errorf("set again, there are %v, shown: %v", names, shown)
			}
		})
	}
}

// TestWhatAnotherToolSetIsKept under the name it is given here, and without a new
// picture the one that stands stays.
func TestWhatAnotherToolSetIsKept(t *testing.T) {
	x := newPair(t, nil)
	x.files(picture{width: 800, height: 270})
	m := x.conn.(connector.Menuer)
	set := menuOf(connector.MenuItem{Label: "予約", Raw: []byte(`{"type":"datetimepicker","data":"book","mode":"date"}`)}, connector.MenuItem{Label: "電話", Kind: canon.OptionPhone, Value: "+81 3 1234 5678"})
	for range 2 {
		if err := m.SetMenu(t.Context(), connector.Account{}, set); err != nil {
			t.Fatal(err)
		}
		got, err := m.Menu(t.Context(), connector.Account{})
		if err != nil || len(got.Items) != 2 || !strings.Contains(string(got.Items[0].Raw), `"mode":"date"`) || got.Items[1].Kind != canon.OptionPhone || got.Items[1].Value != "+81312345678" {
			t.Fatalf("%+v, %v", got, err)
		}
		if got.Bar != "メニュー" || !got.Picture.File.IsZero() || *got.Items[1].Area != (connector.MenuArea{X: 400, Width: 400, Height: 270}) {
			t.Errorf("it reads %+v with %+v", got, *got.Items[1].Area)
		}
		set = got
		set.Items[0].Label = "日付"
	}
	if menu := x.p.Screen(x.p.Customers()[0].ID).Menu; len(menu) != 2 || menu[0][0].Label != "日付" {
		t.Errorf("the customer sees %+v", menu)
	}
	refused := func(what string, m2 connector.Menu) {
		t.Helper()
		err := m.SetMenu(t.Context(), connector.Account{}, m2)
		if e := connector.AsError(err); e == nil || e.Class != connector.Invalid || e.Shown.EN == "" || e.Shown.ZH == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	x.files(picture{width: 800, height: 280})
	refused("a picture of other measures", menuOf(orders))
	x.files(picture{raw: "GIF89a"})
	refused("what is no picture", menuOf(orders))
	x.files(picture{raw: "\x89PNG" + strings.Repeat("x", 1<<20)})
	refused("too large a picture", menuOf(orders))
	long := menuOf(orders)
	long.Bar = strings.Repeat("長", 15)
	refused("too long a bar", long)
	beyond := menuOf(orders)
	beyond.Items[0].Area.Width = 801
	refused("an area beyond the picture", beyond)
}

// TestATapOnTheMenuIsToldFromAButton: both are postbacks; the value comes back as it
// was set, and a button of another tool's menu stays a button.
func TestATapOnTheMenuIsToldFromAButton(t *testing.T) {
	x := newPair(t, nil)
	x.files(picture{width: 800, height: 270})
	if err := x.conn.(connector.Menuer).SetMenu(t.Context(), connector.Account{}, menuOf(orders, connector.MenuItem{Label: "人", Kind: canon.OptionHuman})); err != nil {
		t.Fatal(err)
	}
	who := x.p.Customers()[0].ID
	tapped := func(data string) canon.Event {
		t.Helper()
		e := x.p.Answerable(x.p.Event("postback", who, ""))
		e["postback"] = map[string]any{"data": data}
		return x.told(e)
	}
	menu := x.p.Screen(who).Menu
	if len(menu) != 2 {
		t.Fatalf("the customer sees %+v", menu)
	}
	for i, want := range []string{"orders", "parley:human"} {
		data := strings.TrimPrefix(menu[i][0].Value, "postback ")
		if a, ok := tapped(data).(canon.Action); !ok || a.Kind != canon.ActionMenu || a.Value != want {
			t.Errorf("area %d arrives as %#v", i, a)
		}
	}
	if a, ok := tapped("orders").(canon.Action); !ok || a.Kind != canon.ActionButton || a.Value != "orders" {
		t.Errorf("a button arrives as %#v", a)
	}
}
