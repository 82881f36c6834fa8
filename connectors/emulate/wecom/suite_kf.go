package wecom

import "strconv"

// Serves gives the application the permission to manage the corporation's service
// accounts, or takes it (97713: 微信客服 → 管理账号、分配会话和收发消息). It has none at
// first.
func (s *Suite) Serves(on bool) {
	s.Platform.mu.Lock()
	defer s.Platform.mu.Unlock()
	s.serves = on
}

// Manage lets the application manage a service account, or no more; WeCom tells
// of it (97713 客服账号授权变更事件).
func (s *Suite) Manage(account string, on bool) {
	s.Platform.mu.Lock()
	s.account(account).manage = on
	name := "AuthDelOpenKfId"
	if on {
		name = "AuthAddOpenKfId"
	}
	inside := "<xml>" + element("ToUserName", CorpID) + element("FromUserName", "sys") + element("CreateTime", strconv.FormatInt(s.now().Unix(), 10)) +
		element("MsgType", "event") + element("Event", "kf_account_auth_change") + element(name, account) + "</xml>"
	s.Platform.mu.Unlock()
	s.post("wechatkf", []byte(inside))
}
