package messaging

import (
	"strings"

	"parley/connectors/meta/graph"
	"parley/core/connector"
)

// How accounts come to a link: by a system user's token, or each at Facebook's
// own page.
const (
	byToken = "token"
	byLogin = "login"
)

// form asks for the app, and either for an account with its token or for nothing
// more: then accounts are authorised.
func (p product) form() connector.Form {
	when := func(way string, f connector.Field) connector.Field {
		f.When, f.WhenIn = "way", []string{way}
		return f
	}
	fields := []connector.Field{
		{Name: "way", Kind: connector.FieldChoice, Default: byToken, Label: text("Link by", "接入方式"),
			Help: text("With Facebook login whoever manages the pages agrees at Facebook and chooses which to link; no token is copied.",
				"选择 Facebook 登录时，由主页管理员在 Facebook 页面确认授权并选择要接入的账号，无需复制令牌。"),
			Options: []connector.FieldOption{
				{Value: byToken, Label: text("Token of a system user", "系统用户令牌")},
				{Value: byLogin, Label: text("Facebook login", "Facebook 登录")},
			}},
		when(byToken, p.account), when(byToken, graph.TokenField(strings.Join(p.scopes, ", "))), graph.SecretField(), graph.VerifyField(),
		graph.AppField(text("App Dashboard → App settings → Basic. Facebook login needs it; else it serves to set the callback by itself, and to tell who has a conversation that several apps share.",
			"应用面板 → 应用设置 → 基本。Facebook 登录必填；使用令牌时用于自动设置回调，以及在多应用共用会话时识别处理方。")),
		when(byLogin, connector.Field{Name: "config_id", Kind: connector.FieldText, Pattern: `[0-9]{5,20}`, Example: "1389274610283111",
			Label: text("Configuration ID of Facebook Login for Business", "Facebook Login for Business 配置编号"),
			Help: text("App Dashboard → Facebook Login for Business → Configurations, with pages as assets and the permissions "+strings.Join(p.scopes, ", ")+". Empty: the permissions are asked for one by one, by Facebook Login. Enter this hub's address with /channels/return behind it under Valid OAuth Redirect URIs.",
				"应用面板 → Facebook Login for Business → 配置，资产选“主页”，权限勾选 "+strings.Join(p.scopes, "、")+"。留空则通过 Facebook 登录逐项请求权限。请在“有效 OAuth 跳转 URI”中填写本系统地址加 /channels/return。")}),
	}
	fields = append(fields, graph.AddressFields(graph.Address)...)
	return connector.Form{
		Docs: p.docs,
		Fields: append(fields, connector.Field{Name: "page_base", Kind: connector.FieldURL, Default: graph.DialogAddress, Advanced: true,
			Label: text("Address of the login page", "登录页地址"), Help: text("Where people agree, with Facebook login.", "使用 Facebook 登录时，用户确认授权的页面地址。")}),
		Check: func(v connector.Values) []connector.FieldError {
			if v["way"] == byLogin && v["app_id"] == "" {
				return []connector.FieldError{{Field: "app_id", Text: text("Facebook login needs the App ID.", "使用 Facebook 登录须填写应用编号。")}}
			}
			return nil
		},
	}
}
