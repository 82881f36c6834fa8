package wecom

import (
	"context"
	"errors"

	"parley/connectors/emulate"
)

// suitePhone is WeCom in the hands of members of the corporation, and WeChat in
// those of customers of its service accounts, where the application manages them.
type suitePhone struct {
	phone
	suite *Suite
}

// Phone is the phones of members and customers, who reach the hub once the
// corporation has installed the application.
func (s *Suite) Phone() emulate.Phone { return suitePhone{phone{s.Platform, "wecom"}, s} }

// Platform is the kind of channel.
func (suitePhone) Platform() string { return "wecomsuite" }

// of is the phone of somebody.
func (h suitePhone) of(who string) phone {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.people[who]; p != nil && !p.member {
		return phone{h.played, "wechatkf"}
	}
	return h.phone
}

// Customers lists the members, and with service accounts the customers too.
func (h suitePhone) Customers() []emulate.Customer {
	all := h.phone.Customers()
	h.mu.Lock()
	serves := h.serves
	h.mu.Unlock()
	if serves {
		all = append(all, h.KFPhone().Customers()...)
	}
	return all
}

// Screen is what somebody sees now.
func (h suitePhone) Screen(who string) emulate.Screen { return h.of(who).Screen(who) }

// Watch tells of every change of a screen.
func (h suitePhone) Watch(changed func(string)) (stop func()) {
	members, customers := h.phone.Watch(changed), h.KFPhone().Watch(changed)
	return func() { members(); customers() }
}

// Do carries out what somebody does.
func (h suitePhone) Do(ctx context.Context, who string, act emulate.Act) error {
	h.suite.mu.Lock()
	installed := h.suite.permanent != ""
	h.suite.mu.Unlock()
	if !installed {
		return errors.New("企业尚未安装该应用，请先在渠道账号页面点击“去授权”; the corporation has not installed the application yet: press “Authorise” on its page first")
	}
	return h.of(who).Do(ctx, who, act)
}
