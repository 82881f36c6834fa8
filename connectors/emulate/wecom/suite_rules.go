package wecom

import "parley/connectors/emulate"

// SuiteRules are what an application of a service provider is held to. The page
// for administrators has no codes: it names the parameter.
func SuiteRules() []emulate.Rule {
	return []emulate.Rule{
		{Name: "suite", Says: "The SuiteID must be known.", Doc: "90600 获取第三方应用凭证", Code: "40083"},
		{Name: "suite secret", Says: "The Secret must fit it.", Doc: "90600 获取第三方应用凭证", Code: "40080"},
		{Name: "suite ticket", Says: "The token is made of a ticket that was pushed.", Doc: "90628 推送suite_ticket", Code: "40085"},
		{Name: "old suite ticket", Says: "A ticket counts 30 minutes.", Doc: "90628 推送suite_ticket", Code: "40085"},
		{Name: "suite token", Says: "Calls carry the application's token.", Doc: "90601 获取预授权码", Code: "40082"},
		{Name: "old suite token", Says: "It counts two hours.", Doc: "90600 获取第三方应用凭证", Code: "42009"},
		{Name: "session", Says: "A pre-authorisation code counts 20 minutes.", Doc: "90601 获取预授权码", Code: "42007"},
		{Name: "auth code", Says: "An authorisation code is one that was given.", Doc: "90603 获取企业永久授权码", Code: "40078"},
		{Name: "auth code twice", Says: "It is good once.", Doc: "90603 获取企业永久授权码", Code: "40078"},
		{Name: "old auth code", Says: "It counts ten minutes.", Doc: "90603 获取企业永久授权码", Code: "40078"},
		{Name: "permanent code", Says: "A corporation's token needs its permanent code.", Doc: "90605 获取企业access_token", Code: "40084"},
		{Name: "removed", Says: "It does not count once the application is removed.", Doc: "90605 获取企业access_token", Code: "40084"},
		{Name: "other corporation", Says: "The corporation must be one that installed it.", Doc: "90605 获取企业access_token", Code: "40013"},
		{Name: "service accounts", Says: "Customer service needs the permission 微信客服 → 管理账号、分配会话和收发消息.", Doc: "97713 微信客服回调通知", Code: "48002"},
		{Name: "page suite", Says: "The page is opened for a known application.", Doc: "90597 从服务商网站发起授权", Code: "suite_id"},
		{Name: "page code", Says: "A pre-authorisation code is good once.", Doc: "90601 获取预授权码", Code: "pre_auth_code"},
		{Name: "page back", Says: "It leads back to an address.", Doc: "90597 从服务商网站发起授权", Code: "redirect_uri"},
		{Name: "page test", Says: "An application that is not published is installed as a test alone.", Doc: "90602 设置授权配置", Code: "auth_type"},
	}
}
