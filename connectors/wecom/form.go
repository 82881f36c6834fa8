package wecom

import (
	"encoding/base64"

	"parley/core/connector"
)

// DefaultBase is where WeCom's API answers.
const DefaultBase = "https://qyapi.weixin.qq.com"

// documents is where WeCom's are, by number.
const documents = "https://developer.work.weixin.qq.com/document/path/"

// shared are the fields of all kinds, around those of its own; docs is the number of
// the document on where they are found.
func shared(docs string, secretHelp connector.Text, own ...connector.Field) connector.Form {
	fields := []connector.Field{{
		Name: "corp_id", Kind: connector.FieldText, Label: text("Corporation ID", "企业ID"), Required: true, Min: 1, Max: 64, Pattern: `[0-9A-Za-z_-]+`, Example: "ww1234567890abcdef",
		Help: text("In the WeCom admin console under My Company, at the bottom of the page: 企业ID.", "企业微信管理后台“我的企业”页面最下方的“企业ID”。"),
	}}
	fields = append(fields, own...)
	fields = append(fields,
		connector.Field{Name: "secret", Kind: connector.FieldSecret, Label: text("Secret of the application", "应用 Secret"), Required: true, Min: 8, Max: 200, Help: secretHelp},
		connector.Field{
			Name: "callback_token", Kind: connector.FieldSecret, Label: text("Token", "Token"), Required: true, Min: 3, Max: 32, Pattern: `[0-9A-Za-z]+`,
			Help: text("From the page where the callback address is entered (接收消息服务器配置): press 随机获取 beside Token and copy it here.",
				"在“接收消息服务器配置”页面，点击 Token 旁的“随机获取”，并复制到此处。"),
		},
		connector.Field{
			Name: "encoding_aes_key", Kind: connector.FieldSecret, Label: text("EncodingAESKey", "EncodingAESKey"), Required: true, Min: 43, Max: 43, Pattern: `[0-9A-Za-z]{43}`,
			Help: text("From the same page: press 随机获取 beside EncodingAESKey; 43 letters and digits. Save there only after saving here: WeCom calls the address at once.",
				"同一页面中点击 EncodingAESKey 旁的“随机获取”，共 43 位字母或数字。请先在此保存，再到企业微信保存：企业微信会立即校验回调地址。"),
		},
		connector.Field{
			Name: "api_base", Kind: connector.FieldURL, Label: text("Address of the API", "接口地址"), Default: DefaultBase, Advanced: true,
			Help: text("Change it only for a private WeCom or a proxy of your own, whose address WeCom must know as a trusted IP (企业可信IP).",
				"仅在私有化部署或使用自己的代理时修改；出口 IP 需加入“企业可信IP”。"),
		})
	return connector.Form{Docs: documents + docs, Fields: fields, Check: checkKey}
}

// checkKey looks whether the key is one.
func checkKey(v connector.Values) []connector.FieldError {
	if key, err := base64.StdEncoding.DecodeString(v["encoding_aes_key"] + "="); err != nil || len(key) != 32 {
		return []connector.FieldError{{Field: "encoding_aes_key", Text: text("This is no key. Copy it again, all 43 characters.", "EncodingAESKey 无效，请完整复制 43 个字符。")}}
	}
	return nil
}

func appForm() connector.Form {
	return shared("90665",
		text("On the application's page in the admin console: Secret, press 查看. Messages in customer groups cannot be read with it: WeCom gives those to its archive service (会话内容存档) alone; joining, leaving and group sends work.",
			"在管理后台的应用详情页查看 Secret。注意：客户群内的聊天内容无法通过应用读取（仅“会话内容存档”可以）；入群、退群事件和群发可用。"),
		connector.Field{
			Name: "agent_id", Kind: connector.FieldText, Label: text("AgentId", "AgentId"), Required: true, Min: 1, Max: 20, Pattern: `[0-9]+`, Example: "1000002",
			Help: text("On the application's page in the admin console: AgentId.", "管理后台应用详情页中的 AgentId。"),
		})
}

func kfForm() connector.Form {
	return shared("94638",
		text("The Secret of the application listed under 微信客服 → 可调用接口的应用. It must be allowed to manage the account (通过API管理微信客服账号).",
			"“微信客服 → 可调用接口的应用”中所选自建应用的 Secret，并在“通过API管理微信客服账号”中授权要接入的客服账号。"),
		connector.Field{
			Name: "account", Kind: connector.FieldText, Label: text("Service account (open_kfid)", "客服账号 ID（open_kfid）"), Min: 1, Max: 64, Pattern: `[0-9A-Za-z_-]+`, Example: "wkAJ2GCAAASSm4_FhToWMFea0xAFfd3Q",
			Help: text("The id of the service account, beginning with wk. Leave it empty to choose of all accounts of the corporation once they are known.",
				"客服账号的 ID，以 wk 开头。留空则在接入后从企业的客服账号列表中选择。"),
		},
		connector.Field{
			Name: "desk_user", Kind: connector.FieldText, Label: text("Colleague in WeCom", "企业微信接待人员"), Advanced: true, Max: 64,
			Help: text("The userid of the colleague who gets a chat that is passed to WeCom's own desk. Empty: it goes to the pool (待接入池).",
				"把会话转给企业微信接待时指定的接待人员 userid。留空则进入待接入池。"),
		})
}
