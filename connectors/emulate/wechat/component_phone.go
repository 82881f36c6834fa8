package wechat

import (
	"context"
	"errors"
	"strings"

	"parley/connectors/emulate"
)

// componentPhone is WeChat in the hands of the customers of all accounts.
type componentPhone struct{ app *ComponentApp }

// Phone is WeChat in the hands of the customers of every account there is. They
// reach the hub once their account has authorised the third-party platform.
func (c *ComponentApp) Phone() emulate.Phone { return componentPhone{c} }

// Platform is the kind of channel.
func (componentPhone) Platform() string { return "wechatopen" }

// Customers lists those who can be played, account by account.
func (h componentPhone) Customers() []emulate.Customer {
	var out []emulate.Customer
	for _, p := range h.app.Accounts() {
		for _, c := range p.Customers() {
			out = append(out, emulate.Customer{ID: p.o.AppID + ":" + c.ID, Name: c.Name + " · " + p.o.Name, Lang: c.Lang})
		}
	}
	return out
}

// account finds the account of a customer, who is nobody's when it is nil.
func (h componentPhone) account(customer string) (p *Platform, openid string, authorised bool) {
	appID, openid, _ := strings.Cut(customer, ":")
	h.app.mu.Lock()
	defer h.app.mu.Unlock()
	if m := h.app.member(appID); m != nil {
		return m.Platform, openid, m.authorised
	}
	return nil, "", false
}

// Screen is what a customer sees now.
func (h componentPhone) Screen(customer string) emulate.Screen {
	p, openid, _ := h.account(customer)
	if p == nil {
		return emulate.Screen{}
	}
	return p.Screen(openid)
}

// Do carries out what a customer does.
func (h componentPhone) Do(ctx context.Context, customer string, act emulate.Act) error {
	p, openid, authorised := h.account(customer)
	switch {
	case p == nil:
		return errors.New("nobody of that name is here")
	case !authorised:
		return errors.New("该帐号尚未授权给第三方平台，请先在渠道账号页面点击“去授权”; this account has authorised nobody yet: press “Authorise” on its page first")
	}
	return p.Do(ctx, openid, act)
}

// Watch tells of every change of a screen.
func (h componentPhone) Watch(changed func(string)) (stop func()) {
	var stops []func()
	for _, p := range h.app.Accounts() {
		stops = append(stops, p.Watch(func(openid string) { changed(p.o.AppID + ":" + openid) }))
	}
	return func() {
		for _, stop := range stops {
			stop()
		}
	}
}
