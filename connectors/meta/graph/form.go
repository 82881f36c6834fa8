package graph

import "parley/core/connector"

func text(en, zh string) connector.Text { return connector.Text{EN: en, ZH: zh} }

// TokenField, SecretField and the rest are the fields every form of the family
// asks for.
func TokenField(scopes string) connector.Field {
	return connector.Field{
		Name: "access_token", Kind: connector.FieldSecret, Required: true, Min: 10, Max: 1000,
		Label: text("Access token", "访问令牌（Access token）"),
		Help: text("Meta Business Settings → Users → System users → Generate new token, for your app, without expiry, with the permissions "+scopes+".",
			"Meta 商务管理平台 → 用户 → 系统用户 → 生成新令牌：选择您的应用，有效期选“永不过期”，勾选权限 "+scopes+"。"),
	}
}

// SecretField asks for the app secret, which signs callbacks.
func SecretField() connector.Field {
	return connector.Field{
		Name: "app_secret", Kind: connector.FieldSecret, Required: true, Min: 8, Max: 200,
		Label: text("App secret", "应用密钥（App secret）"),
		Help: text("App Dashboard → App settings → Basic → App secret. Meta signs every callback with it.",
			"应用面板 → 应用设置 → 基本 → 应用密钥。Meta 用它为每个回调签名。"),
	}
}

// VerifyField asks for the word of the callback's handshake.
func VerifyField() connector.Field {
	return connector.Field{
		Name: "verify_token", Kind: connector.FieldSecret, Required: true, Generate: true, Min: 8, Max: 200,
		Label: text("Verify token", "验证令牌（Verify token）"),
		Help: text("Enter the same word beside the callback address under Webhooks in the App Dashboard. Leave it empty and one is made.",
			"在应用面板 Webhooks 中与回调网址一同填写的验证令牌，两边须一致。留空则自动生成。"),
	}
}

// AppField asks for the app's number.
func AppField(help connector.Text) connector.Field {
	return connector.Field{
		Name: "app_id", Kind: connector.FieldText, Pattern: `[0-9]{5,20}`, Example: "1517776481860111",
		Label: text("App ID", "应用编号（App ID）"), Help: help,
	}
}

// AddressFields are the address of the API and its version.
func AddressFields(base string) []connector.Field {
	return []connector.Field{
		{
			Name: "api_base", Kind: connector.FieldURL, Required: true, Default: base, Advanced: true,
			Label: text("API address", "API 地址"), Help: text("Where the Graph API is reached. Change it only for a gateway of your own.", "Graph API 的地址。仅在使用自建网关时修改。"),
		},
		{
			Name: "api_version", Kind: connector.FieldText, Required: true, Default: Version, Pattern: `v[0-9]{1,3}\.[0-9]{1,2}`, Example: Version, Advanced: true,
			Label: text("API version", "API 版本"), Help: text("The version of the Graph API to speak.", "所使用的 Graph API 版本。"),
		},
	}
}

// Version is the Graph API version the connectors are written for.
const Version = "v25.0"

// Address is where the API is, DialogAddress where people log in.
const (
	Address       = "https://graph.facebook.com"
	DialogAddress = "https://www.facebook.com"
)
