package line

import (
	"parley/core/connector"
)

// The addresses of the platform. Content has a host of its own.
const (
	apiBase  = "https://api.line.me"
	dataBase = "https://api-data.line.me"
	// stickerBase is where LINE keeps the pictures of stickers.
	stickerBase = "https://stickershop.line-scdn.net"
)

func form() connector.Form {
	return connector.Form{
		Docs: "https://developers.line.biz/en/docs/messaging-api/getting-started/",
		Fields: []connector.Field{
			{
				Name: "channel_id", Kind: connector.FieldText, Label: text("Channel ID", "Channel ID"), Pattern: `[0-9]{5,20}`, Example: "1657123456",
				Help: text("LINE Developers Console → your provider → your Messaging API channel → Basic settings → Channel ID. With the channel secret it is enough: access tokens are issued and renewed by themselves.",
					"LINE Developers 控制台 → 提供者 → Messaging API 频道 → Basic settings → Channel ID。配合 Channel secret 即可，访问令牌会自动签发和更新。"),
			},
			{
				Name: "channel_secret", Kind: connector.FieldSecret, Label: text("Channel secret", "Channel secret"), Required: true, Pattern: `[0-9a-f]{32}`,
				Help: text("On the same page, Basic settings → Channel secret: 32 characters. It proves that callbacks come from LINE.",
					"同一页面 Basic settings → Channel secret，共 32 个字符。用于验证回调确实来自 LINE。"),
			},
			{
				Name: "access_token", Kind: connector.FieldSecret, Label: text("Channel access token (long-lived)", "长期 Channel access token"), Advanced: true, Max: 1000, Min: 20,
				Docs: "https://developers.line.biz/en/docs/basics/channel-access-token/",
				Help: text("Only if you would rather not give the channel ID: Messaging API tab → Channel access token (long-lived) → Issue. It does not expire; issue a new one when it leaks.",
					"仅在不便提供 Channel ID 时填写：Messaging API 标签页 → Channel access token (long-lived) → Issue。该令牌不会过期，泄露时请重新签发。"),
			},
			{
				Name: "api_base", Kind: connector.FieldURL, Label: text("Address of the Messaging API", "Messaging API 地址"), Default: apiBase, Advanced: true,
				Help: text("Change it only for a proxy or a test.", "仅在使用代理或测试时修改。"),
			},
			{
				Name: "data_base", Kind: connector.FieldURL, Label: text("Address for content", "内容下载地址"), Advanced: true, Example: dataBase,
				Help: text("Where pictures, films and files are fetched. Empty: LINE's own, or the address above when that was changed.",
					"用于下载图片、视频和文件。留空则使用 LINE 官方地址；若上面的地址已修改，则与其相同。"),
			},
		},
		Check: func(v connector.Values) []connector.FieldError {
			if v["channel_id"] == "" && v["access_token"] == "" {
				return []connector.FieldError{{Field: "channel_id", Text: text("Give the channel ID, or a long-lived access token.", "请填写 Channel ID，或长期 access token。")}}
			}
			return nil
		},
	}
}
