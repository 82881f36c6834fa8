package wechat

import (
	"encoding/base64"

	"parley/core/connector"
)

const defaultBase = "https://api.weixin.qq.com"

func form(isMini bool) connector.Form {
	page, original := text("Settings and development → Basic configuration", "设置与开发 → 基本配置"), text("Settings and development → Account info → Original id", "设置与开发 → 公众号设置 → 原始ID")
	push, docs := text("Server configuration", "服务器配置"), "https://developers.weixin.qq.com/doc/subscription/guide/dev/push"
	if isMini {
		page, original = text("Development management → Development settings", "开发管理 → 开发设置"), text("Settings → Basic settings → Original id", "设置 → 基本设置 → 原始ID")
		push, docs = text("Message push", "消息推送"), "https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html"
	}
	return connector.Form{
		Docs: docs,
		Fields: []connector.Field{
			{Name: "account", Kind: connector.FieldText, Required: true, Pattern: `gh_[0-9A-Za-z]{6,32}`, Example: "gh_0123456789ab",
				Label: text("Original id", "原始 ID"), Help: text("Begins with gh_. "+original.EN+".", "以 gh_ 开头，位于“"+original.ZH+"”。")},
			{Name: "app_id", Kind: connector.FieldText, Required: true, Pattern: `wx[0-9A-Za-z]{16}`, Example: "wx0123456789abcdef",
				Label: text("AppID", "AppID（开发者ID）"), Help: text(page.EN+".", "位于“"+page.ZH+"”。")},
			{Name: "app_secret", Kind: connector.FieldSecret, Required: true, Pattern: `[0-9A-Za-z]{32}`,
				Label: text("AppSecret", "AppSecret（开发者密码）"),
				Help: text("32 characters, shown once when it is made. Put the address of this hub on the IP whitelist of the same page.",
					"32 位，仅在生成时显示一次。请在同一页面把本系统的出口 IP 加入 IP 白名单。")},
			{Name: "token", Kind: connector.FieldSecret, Required: true, Pattern: `[0-9A-Za-z]{3,32}`,
				Label: text("Token", "Token（令牌）"),
				Help:  text("3 to 32 letters and digits of your choice; write the same into "+push.EN+".", "自行设定 3–32 位字母或数字，与“"+push.ZH+"”中填写的一致。")},
			{Name: "mode", Kind: connector.FieldChoice, Default: "safe", Label: text("Message encryption", "消息加解密方式"),
				Options: []connector.FieldOption{
					{Value: "safe", Label: text("Safe or compatible mode (recommended)", "安全模式或兼容模式（推荐）")},
					{Value: "plain", Label: text("Plain mode", "明文模式")},
				},
				Help: text("As chosen in "+push.EN+". In safe mode unencrypted callbacks are refused.", "与“"+push.ZH+"”中的选择一致。安全模式下拒绝未加密的推送。")},
			{Name: "aes_key", Kind: connector.FieldSecret, Required: true, Pattern: `[0-9A-Za-z]{43}`, When: "mode", WhenIn: []string{"safe"},
				Label: text("EncodingAESKey", "EncodingAESKey（消息加解密密钥）"), Help: text("43 characters, beside the token.", "43 位，与 Token 在同一页面。")},
			{Name: "api_base", Kind: connector.FieldURL, Default: defaultBase, Advanced: true,
				Label: text("API address", "接口地址"), Help: text("Only to use another access point, such as https://api2.weixin.qq.com.", "仅在使用其他接入点时修改，例如 https://api2.weixin.qq.com。")},
		},
		Check: func(v connector.Values) []connector.FieldError {
			if v["mode"] == "plain" || v["aes_key"] == "" {
				return nil
			}
			if key, err := base64.StdEncoding.DecodeString(v["aes_key"] + "="); err != nil || len(key) != 32 {
				return []connector.FieldError{{Field: "aes_key", Text: text("This is no EncodingAESKey: copy its 43 characters again.", "EncodingAESKey 无效，请重新复制 43 位字符。")}}
			}
			return nil
		},
	}
}
