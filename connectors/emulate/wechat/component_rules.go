package wechat

import "parley/connectors/emulate"

// The documents the rules of third-party platforms come from.
const (
	docOpen    = "https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/"
	docTicket  = docOpen + "component_verify_ticket.html"
	docStart   = docOpen + "component_verify_ticket_service.html"
	docOpenTok = docOpen + "component_access_token.html"
	docPre     = docOpen + "pre_auth_code.html"
	docQuery   = docOpen + "authorization_info.html"
	docRefresh = docOpen + "api_authorizer_token.html"
	docInfo    = docOpen + "api_get_authorizer_info.html"
	docPage    = "https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Authorization_Process_Technical_Description.html"
)

// ComponentRules is everything a third-party platform is held to. The page for
// administrators has no codes: it names the parameter.
func ComponentRules() []emulate.Rule {
	return []emulate.Rule{
		{Name: "platform", Says: "The AppID of the third-party platform must be known.", Doc: docOpenTok, Code: "61011"},
		{Name: "platform secret", Says: "Its AppSecret must fit.", Doc: docOpenTok, Code: "40125"},
		{Name: "push secret", Says: "Pushing the ticket is begun with the AppSecret.", Doc: docStart, Code: "40125"},
		{Name: "platform whitelist", Says: "Calls come from addresses on the whitelist.", Doc: docCodes, Code: "61004"},
		{Name: "ticket wrong", Says: "The token is made of a ticket that was pushed.", Doc: docTicket, Code: "61006"},
		{Name: "ticket old", Says: "A ticket counts twelve hours.", Doc: docTicket, Code: "61005"},
		{Name: "platform token missing", Says: "Calls carry the platform's token.", Doc: docPre, Code: "41001"},
		{Name: "platform token wrong", Says: "The token must be one that was given.", Doc: docPre, Code: "40001"},
		{Name: "platform token old", Says: "It counts two hours.", Doc: docOpenTok, Code: "42001"},
		{Name: "code wrong", Says: "An authorisation code is one that was given.", Doc: docQuery, Code: "61009"},
		{Name: "code twice", Says: "It is good once.", Doc: docQuery, Code: "61010"},
		{Name: "code old", Says: "It counts an hour.", Doc: docQuery, Code: "61010"},
		{Name: "refresh token", Says: "Only the newest refresh token of an account counts.", Doc: docRefresh, Code: "61023"},
		{Name: "not authorised", Says: "Tokens are made of an authorisation that stands.", Doc: docRefresh, Code: "61003"},
		{Name: "no account", Says: "The account must be known.", Doc: docInfo, Code: "40013"},
		{Name: "account token", Says: "An account that took its authorisation back takes no token of it.", Doc: docCodes, Code: "40001"},
		{Name: "unticked", Says: "What an account's administrator left unticked is not done for the platform.", Doc: docCodes, Code: "61007"},
		{Name: "page platform", Says: "The page is opened for a known platform.", Doc: docPage, Code: "component_appid"},
		{Name: "page code", Says: "A pre-authorisation code counts half an hour, and once.", Doc: docPage, Code: "pre_auth_code"},
		{Name: "page domain", Says: "It leads back to the domain given as 授权发起页域名 only.", Doc: docPage, Code: "redirect_uri"},
		{Name: "page origin", Says: "It is opened from a page of that domain only.", Doc: docPage, Code: "referer"},
		{Name: "page kind", Says: "It says which kinds of account may authorise.", Doc: docPage, Code: "auth_type"},
		{Name: "page account", Says: "A page for one account is for no other.", Doc: docPage, Code: "biz_appid"},
	}
}
