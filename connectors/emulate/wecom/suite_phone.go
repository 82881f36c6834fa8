package wecom

import (
	"context"
	"errors"

	"parley/connectors/emulate"
)

// suitePhone is WeCom in the hands of members of the corporation.
type suitePhone struct {
	phone
	suite *Suite
}

// Phone is WeCom in the hands of the corporation's members, who reach the hub
// once the corporation has installed the application.
func (s *Suite) Phone() emulate.Phone { return suitePhone{phone{s.Platform, "wecom"}, s} }

// Platform is the kind of channel.
func (suitePhone) Platform() string { return "wecomsuite" }

// Do carries out what somebody does.
func (h suitePhone) Do(ctx context.Context, who string, act emulate.Act) error {
	h.suite.mu.Lock()
	installed := h.suite.permanent != ""
	h.suite.mu.Unlock()
	if !installed {
		return errors.New("企业尚未安装该应用，请先在渠道账号页面点击“去授权”; the corporation has not installed the application yet: press “Authorise” on its page first")
	}
	return h.phone.Do(ctx, who, act)
}
