package web

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"parley/core/connector"
)

func pictureOf(t *testing.T, size int) string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, size, size))); err != nil {
		t.Fatal(err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
}

// A form is shown as it would be if it were saved, and nothing is: not even
// what is wrong with one field keeps the others from being shown.
func TestPreviewShowsAFormThatIsNotSaved(t *testing.T) {
	r := newRig(t, Limits{}, "title_en", "Saved")
	var out previewAnswer
	look := func(config connector.Values) {
		t.Helper()
		out = previewAnswer{}
		r.do("POST", "/preview", "", previewRequest{config}, "Origin", r.server.URL).into(t, &out)
	}
	look(connector.Values{"color": "#ffd400", "title_en": "Draft", "offset_bottom": "96", "position": "left", "ask": asksAll, "logo": pictureOf(t, 8)})
	en := out.Pages["en"]
	if len(out.Problems) > 0 || out.Look.Ink != "#000000" || out.Look.Up != "76px" || out.Look.Position != "left" || out.Contrast < 4.5 ||
		en.Title != "Draft" || len(en.Asks) != 5 || en.Asks[4].Options[0] != "Returns" || out.Pages["zh"].Asks[4].Options[0] != "退货" || !strings.HasPrefix(en.Logo, "data:image/png") {
		t.Errorf("%+v", out)
	}
	look(connector.Values{"color": "red", "title_en": "Draft", "logo": "data:image/svg+xml;base64,PHN2Zy8+"})
	if len(out.Problems) == 0 || out.Problems[0].Field != "color" || out.Pages["en"].Title != "Draft" || out.Look.Color != "#2f5bea" {
		t.Errorf("with a wrong colour: %+v", out)
	}
	for _, bad := range []string{"data:image/svg+xml;base64,PHN2Zy8+", "https://example.com/a.png", pictureOf(t, logoPixels+1)} {
		look(connector.Values{"logo": bad})
		if len(out.Problems) != 1 || out.Problems[0].Field != "logo" || out.Pages["en"].Logo != "" {
			t.Errorf("logo %.40s: %+v", bad, out.Problems)
		}
	}
	if r.conn.site.title.EN != "Saved" || len(r.hub.Commits()) > 0 {
		t.Error("the preview kept something")
	}
	if res := r.do("POST", "/preview", "", previewRequest{}, "Origin", "https://elsewhere.example"); res.status != 403 {
		t.Errorf("from another site: %d", res.status)
	}
	if csp := r.do("GET", "/preview", "", nil).header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'self'") || strings.Contains(csp, "example.com") || strings.Contains(csp, "unsafe") {
		t.Errorf("policy of the preview: %s", csp)
	}
}

func TestLogoIsServedUnderItsHash(t *testing.T) {
	r := newRig(t, Limits{}, "logo", pictureOf(t, 8))
	page := r.do("GET", "", "", nil)
	address := r.conn.site.logo.address(r.account.String())
	if !strings.Contains(string(page.raw), strings.ReplaceAll(address, "/", `\/`)) && !strings.Contains(string(page.raw), address) {
		t.Errorf("the page does not name %s", address)
	}
	_, path, _ := strings.Cut(address, "/")
	got := r.do("GET", "/"+path, "", nil)
	if got.status != 200 || got.header.Get("Content-Type") != "image/png" || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%d %v", got.status, got.header)
	}
	if none := newRig(t, Limits{}).do("GET", "/logo", "", nil); none.status != 404 {
		t.Errorf("without a logo: %d", none.status)
	}
}

// What asked for the launcher is noted: once a minute for a site, without what
// follows the path, and with whether it may show the chat.
func TestWhereTheChatIsSeen(t *testing.T) {
	r := newRig(t, Limits{})
	from := func(origin, page string) {
		r.do(http.MethodGet, "/launcher", "", nil, "Origin", origin, "Referer", page)
	}
	from("https://shop.example.com", "https://shop.example.com/cart?token=secret#pay")
	from("https://shop.example.com", "https://shop.example.com/other")
	from("https://foreign.example", "https://elsewhere.example/x")
	from("https://chat.example.net", "https://chat.example.net/chat/x")
	from("null", "")
	got := r.hub.Sightings()
	want := []connector.Sighting{{Site: "https://shop.example.com", Page: "https://shop.example.com/cart", Allowed: true}, {Site: "https://foreign.example", Page: "https://foreign.example/"}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v", got)
	}
	r.pass(sightEvery)
	from("https://shop.example.com", "https://shop.example.com/other")
	if n := len(r.hub.Sightings()); n != 3 {
		t.Errorf("%d after a minute", n)
	}
}
