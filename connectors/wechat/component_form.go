package wechat

import "parley/core/connector"

// defaultPage is where administrators authorise.
const defaultPage = "https://mp.weixin.qq.com"

func componentForm() connector.Form {
	const page = "第三方平台 → 详情 → 开发资料"
	return connector.Form{
		Docs: "https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/operation/thirdparty/prepare.html",
		Fields: []connector.Field{
			{Name: "app_id", Kind: connector.FieldText, Required: true, Pattern: `wx[0-9A-Za-z]{16}`, Example: "wx0123456789abcdef",
				Label: text("AppID of the third-party platform", "第三方平台 AppID"),
				Help:  text("open.weixin.qq.com, management centre, third-party platform, details. Not the AppID of an account.", "位于 open.weixin.qq.com “管理中心 → 第三方平台 → 详情”，不是公众号或小程序的 AppID。")},
			{Name: "app_secret", Kind: connector.FieldSecret, Required: true, Pattern: `[0-9A-Za-z]{32}`,
				Label: text("AppSecret of the third-party platform", "第三方平台 AppSecret"),
				Help: text("32 characters, on the same page. Put the address of this hub on the IP whitelist there.",
					"32 位，位于同一页面。请在该页面把本系统的出口 IP 加入“白名单 IP 地址列表”。")},
			{Name: "token", Kind: connector.FieldSecret, Required: true, Pattern: `[0-9A-Za-z]{3,32}`,
				Label: text("Message verification token", "消息校验 Token"),
				Help: text("As it stands under development data. Both callback addresses to enter there are shown once the account is linked.",
					"与“"+page+"”中填写的一致。需要在该处填写的两个回调地址在接入后显示。")},
			{Name: "aes_key", Kind: connector.FieldSecret, Required: true, Pattern: `[0-9A-Za-z]{43}`,
				Label: text("Message encryption key", "消息加解密 Key"), Help: text("43 characters, beside the token.", "43 位，与 Token 在同一页面。")},
			{Name: "api_base", Kind: connector.FieldURL, Default: defaultBase, Advanced: true,
				Label: text("API address", "接口地址"), Help: text("Only to use another access point, such as https://api2.weixin.qq.com.", "仅在使用其他接入点时修改，例如 https://api2.weixin.qq.com。")},
			{Name: "page_base", Kind: connector.FieldURL, Default: defaultPage, Advanced: true,
				Label: text("Address of the authorisation page", "授权页地址"), Help: text("Where administrators scan the code.", "管理员扫码授权的页面地址。")},
		},
		Check: form(false).Check,
	}
}
