//go:build !nogpl

package journey

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/connectors/emulate"
)

// A number linked by its phone goes the way of TestEveryChannelFromLinkingToRepair,
// in a demo, which plays WhatsApp in the program's own process: the code is scanned,
// everything that can be sent goes both ways, the phone lets go and scans again.
func TestALinkedPhoneCarriesEverything(t *testing.T) {
	t.Parallel()
	h := prepareHub(t, "sqlite")
	h.args = []string{"demo", "--language", "en"}
	h.start(t)
	h.api = api{base: h.url, token: h.run(t, "token", "create", "--data-dir", h.data+"/demo", "--tenant", "default", "--role", "owner")}
	s := &shop{hub: h}
	s.bot = s.publishBot(t, botContent)
	s.greets(t)
	x := &tale{channel: whatsappChannel(t, h), t: t, s: s}
	x.goes("whatsapp")
}

func whatsappChannel(t *testing.T, h *hub) *channel {
	t.Helper()
	p := &shownPhone{kind: "whatsapp", at: api{base: h.url + "/demo/phones"}, t: t}
	c := &channel{
		name: "WhatsApp (linked device)", phone: p, base: p.at.base + "/whatsapp/files", plain: true, recalls: true,
		values: map[string]string{"pace": "600"}, accepts: []string{"accept_risk"},
		quote: "<几点关门？>", cause: "The phone has unlinked this device.", remedy: "Link it again with the code. Conversations stay.",
		loses:  func() error { return p.Do(t.Context(), "", emulate.Act{Kind: emulate.ActUnlink}) },
		in:     everyPart(t, func(d *desk, at thing) { d.t.Helper(); d.sees(css("audio, a[href]").within(at)) }),
		again:  changesItsMind,
		files:  attachments(t),
		spoken: "[voice",
		out: []departure{
			{choices("quick", "哪个颜色？", "红", "蓝"), []string{"哪个颜色？", "1. 红", "2. 蓝"}},
			{choices("buttons", "什么尺码？", "大", "小"), []string{"什么尺码？", "1. 大", "2. 小"}},
			{choices("list", "哪家门店？", "一店", "二店"), []string{"哪家门店？", "1. 一店", "2. 二店"}},
			{placePart(), []string{"{山野书店 南京西路 1 号}"}},
			{contactPart(), []string{"{林小满 +8613800000000}"}},
			{productCard(), []string{"白瓷茶杯", "¥128.00"}},
			{orderCard(), []string{"订单 1042"}},
			{linkCard(), []string{"退货须知"}},
		},
	}
	for _, who := range p.Customers() {
		if c.who = who.ID; !strings.Contains(who.ID, "@") {
			break
		}
	}
	scans := func(a *desk) {
		a.t.Helper()
		a.click(button("Link"))
		a.click(button("Go on"))
		a.sees(label("Code to scan"))
		c.does(a.t, emulate.Act{Kind: emulate.ActLink})
		a.sees(text(demoNumber + " is linked."))
	}
	c.joins = func(a *desk) { a.sees(text("One step is left: link it.")); scans(a) }
	c.regains = scans
	c.grants = func(a *desk) { a.sees(text("The device is linked and connected.")) } // before, nobody can write to it
	return c
}

// shownPhone is a phone of the demo's page, by what the page itself asks.
type shownPhone struct {
	kind string
	at   api
	t    testing.TB
}

var _ emulate.Phone = (*shownPhone)(nil)

func (p *shownPhone) Platform() string { return p.kind }

func (p *shownPhone) read(path string, out any) {
	p.t.Helper()
	status, _, body := p.at.raw(p.t, "GET", path, "", nil)
	if err := json.Unmarshal(body, out); err != nil || status != http.StatusOK {
		p.t.Fatalf("the phone answers %d %.200s", status, body)
	}
}

func (p *shownPhone) Customers() []emulate.Customer {
	var all []struct {
		Kind      string
		Customers []emulate.Customer
	}
	p.read("/list", &all)
	for _, one := range all {
		if one.Kind == p.kind {
			return one.Customers
		}
	}
	p.t.Fatalf("there is no phone of %s", p.kind)
	return nil
}

func (p *shownPhone) Screen(customer string) (s emulate.Screen) {
	p.read("/"+p.kind+"/screen?customer="+url.QueryEscape(customer), &s)
	return s
}

func (p *shownPhone) Do(_ context.Context, customer string, act emulate.Act) error {
	raw, err := json.Marshal(act)
	if err != nil {
		return err
	}
	status, _, body := p.at.raw(p.t, "POST", "/"+p.kind+"/acts?customer="+url.QueryEscape(customer), "application/json", strings.NewReader(string(raw)))
	if status != http.StatusNoContent {
		return errors.New(string(body))
	}
	return nil
}

func (p *shownPhone) Watch(func(string)) (stop func()) { return func() {} }
