package email

import (
	"crypto/x509"

	"parley/core/connector"
)

func form() connector.Form {
	choices := make([]connector.FieldOption, len(providers))
	for i, p := range providers {
		choices[i] = connector.FieldOption{Value: p.name, Label: p.label}
	}
	security := []connector.FieldOption{
		{Value: "tls", Label: connector.Text{EN: "TLS (usual)", ZH: "TLS（常用）"}},
		{Value: "starttls", Label: connector.Text{EN: "STARTTLS", ZH: "STARTTLS"}},
		{Value: "none", Label: connector.Text{EN: "None: only within your own network", ZH: "不加密：仅限内网"}},
	}
	byHand := func(f connector.Field) connector.Field {
		f.When, f.WhenIn = "provider", []string{other}
		return f
	}
	oauth := func(f connector.Field) connector.Field {
		f.When, f.WhenIn = "auth", []string{"xoauth2"}
		return f
	}
	return connector.Form{Fields: []connector.Field{
		{Name: "address", Kind: connector.FieldText, Required: true, Example: "help@example.com",
			Pattern: `[^@\s<>"]+@[^@\s<>"]+`,
			Label:   connector.Text{EN: "Mail address", ZH: "邮箱地址"},
			Help:    connector.Text{EN: "The address customers write to.", ZH: "客户写信的地址。"}},
		{Name: "display_name", Kind: connector.FieldText, Min: 1, Max: 100, Example: "Example Help",
			Label: connector.Text{EN: "Sender name", ZH: "发件人名称"},
			Help:  connector.Text{EN: "The name customers see beside the address.", ZH: "客户在地址旁看到的名称。"}},
		{Name: "provider", Kind: connector.FieldChoice, Default: other, Options: choices,
			Label: connector.Text{EN: "Mail provider", ZH: "邮箱服务商"}},
		{Name: "auth", Kind: connector.FieldChoice, Default: "password",
			Label: connector.Text{EN: "Sign in with", ZH: "登录方式"},
			Options: []connector.FieldOption{
				{Value: "password", Label: connector.Text{EN: "Password or authorisation code", ZH: "密码或授权码"}},
				{Value: "xoauth2", Label: connector.Text{EN: "OAuth: agree at the provider", ZH: "OAuth：在服务商处授权"}},
			}},

		byHand(connector.Field{Name: "imap_host", Kind: connector.FieldHost, Required: true, Example: "imap.example.com",
			Label: connector.Text{EN: "IMAP server", ZH: "IMAP 服务器"}}),
		byHand(connector.Field{Name: "imap_security", Kind: connector.FieldChoice, Default: "tls", Options: security,
			Label: connector.Text{EN: "IMAP encryption", ZH: "IMAP 加密"}}),
		byHand(connector.Field{Name: "imap_port", Kind: connector.FieldNumber, Min: 1, Max: 65535,
			Label: connector.Text{EN: "IMAP port", ZH: "IMAP 端口"},
			Help:  connector.Text{EN: "Empty: 993 with TLS, else 143.", ZH: "留空：TLS 为 993，否则为 143。"}}),
		{Name: "imap_user", Kind: connector.FieldText,
			Label: connector.Text{EN: "IMAP user name", ZH: "IMAP 用户名"}, Advanced: true,
			Help: connector.Text{EN: "Empty: the mail address.", ZH: "留空则使用邮箱地址。"}},
		{Name: "imap_password", Kind: connector.FieldSecret, Required: true, When: "auth", WhenIn: []string{"password"},
			Label: connector.Text{EN: "Password or authorisation code", ZH: "密码或授权码"}, Help: passwordHelp()},

		byHand(connector.Field{Name: "smtp_host", Kind: connector.FieldHost, Required: true, Example: "smtp.example.com",
			Label: connector.Text{EN: "SMTP server", ZH: "SMTP 服务器"}}),
		byHand(connector.Field{Name: "smtp_security", Kind: connector.FieldChoice, Default: "tls", Options: security,
			Label: connector.Text{EN: "SMTP encryption", ZH: "SMTP 加密"}}),
		byHand(connector.Field{Name: "smtp_port", Kind: connector.FieldNumber, Min: 1, Max: 65535,
			Label: connector.Text{EN: "SMTP port", ZH: "SMTP 端口"},
			Help:  connector.Text{EN: "Empty: 465 with TLS, 587 with STARTTLS, else 25.", ZH: "留空：TLS 为 465，STARTTLS 为 587，否则为 25。"}}),
		{Name: "smtp_user", Kind: connector.FieldText, Advanced: true,
			Label: connector.Text{EN: "SMTP user name", ZH: "SMTP 用户名"},
			Help:  connector.Text{EN: "Empty: as for IMAP. A single minus sign: send without signing in.", ZH: "留空则与 IMAP 相同；填一个减号表示发送时不登录。"}},
		{Name: "smtp_password", Kind: connector.FieldSecret, Advanced: true, When: "auth", WhenIn: []string{"password"},
			Label: connector.Text{EN: "SMTP password", ZH: "SMTP 密码"},
			Help:  connector.Text{EN: "Empty: as for IMAP.", ZH: "留空则与 IMAP 相同。"}},

		oauth(connector.Field{Name: "oauth_client_id", Kind: connector.FieldText, Required: true,
			Label: connector.Text{EN: "OAuth client id", ZH: "OAuth 客户端 ID"},
			Help: connector.Text{
				EN: "Register an application of your own once. Google Cloud console → APIs & Services → Credentials → OAuth client ID, type web application, with the Gmail API switched on. Microsoft Entra admin centre → App registrations, with the delegated permissions IMAP.AccessAsUser.All and SMTP.Send. Enter this hub's address with /channels/return behind it as redirect address.",
				ZH: "需先注册一个应用。Google Cloud 控制台 → API 和服务 → 凭据 → OAuth 客户端 ID（Web 应用），并启用 Gmail API；或 Microsoft Entra 管理中心 → 应用注册，添加委托权限 IMAP.AccessAsUser.All 和 SMTP.Send。重定向地址填写“本系统地址 + /channels/return”。",
			}}),
		oauth(connector.Field{Name: "oauth_client_secret", Kind: connector.FieldSecret,
			Label: connector.Text{EN: "OAuth client secret", ZH: "OAuth 客户端密钥"},
			Help:  connector.Text{EN: "Of the same application. Microsoft's ends after at most two years.", ZH: "同一应用的密钥。Microsoft 的密钥最长两年后过期。"}}),
		oauth(connector.Field{Name: "oauth_refresh_token", Kind: connector.FieldSecret, Advanced: true,
			Label: connector.Text{EN: "OAuth refresh token", ZH: "OAuth 刷新令牌"},
			Help: connector.Text{EN: "Leave it empty: once the account is linked, press “Authorise” on its page. Or enter one that was granted for IMAP and SMTP of this mailbox.",
				ZH: "请留空：接入后在账号页面点击“去授权”。也可填写已获得的、包含此邮箱 IMAP 和 SMTP 权限的令牌。"}}),
		oauth(connector.Field{Name: "oauth_token_url", Kind: connector.FieldURL, Advanced: true,
			Label: connector.Text{EN: "OAuth token address", ZH: "OAuth 令牌地址"},
			Help:  connector.Text{EN: "Empty: the provider's.", ZH: "留空则使用服务商的地址。"}}),
		oauth(connector.Field{Name: "oauth_auth_url", Kind: connector.FieldURL, Advanced: true,
			Label: connector.Text{EN: "OAuth sign-in address", ZH: "OAuth 授权地址"},
			Help:  connector.Text{EN: "Where the mailbox's owner agrees. Empty: the provider's.", ZH: "邮箱所有者确认授权的页面。留空则使用服务商的地址。"}}),
		oauth(connector.Field{Name: "oauth_scope", Kind: connector.FieldText, Advanced: true, Max: 1000,
			Label: connector.Text{EN: "OAuth permissions", ZH: "OAuth 权限范围"},
			Help:  connector.Text{EN: "What is asked for, separated by spaces. Empty: the provider's for reading and sending mail.", ZH: "请求的权限，以空格分隔。留空则使用服务商收发邮件的权限。"}}),

		{Name: "signature", Kind: connector.FieldList,
			Label: connector.Text{EN: "Signature", ZH: "签名"},
			Help:  connector.Text{EN: "Stands below every mail. {agent} becomes the name of who writes.", ZH: "附在每封邮件末尾。{agent} 会替换为客服名称。"}},
		{Name: "mailbox", Kind: connector.FieldText, Default: "INBOX", Advanced: true,
			Label: connector.Text{EN: "Mailbox to read", ZH: "收信文件夹"}},
		{Name: "backfill_days", Kind: connector.FieldNumber, Default: "0", Min: 0, Max: 365, Advanced: true,
			Label: connector.Text{EN: "Days of older mail to take in at first", ZH: "首次接入时导入的历史天数"}},
		{Name: "poll_seconds", Kind: connector.FieldNumber, Default: "60", Min: 10, Max: 3600, Advanced: true,
			Label: connector.Text{EN: "Seconds between looks", ZH: "轮询间隔（秒）"},
			Help:  connector.Text{EN: "Where the server cannot announce new mail by itself.", ZH: "用于服务器不支持新邮件推送（IDLE）时。"}},
		{Name: "max_mb", Kind: connector.FieldNumber, Default: "35", Min: 1, Max: 100, Advanced: true,
			Label: connector.Text{EN: "Largest mail taken in (MB)", ZH: "可接收的最大邮件（MB）"}},
		{Name: "attach_mb", Kind: connector.FieldNumber, Default: "18", Min: 1, Max: 100, Advanced: true,
			Label: connector.Text{EN: "Largest attachments sent (MB)", ZH: "可发送的最大附件（MB）"},
			Help:  connector.Text{EN: "Larger ones go as a link. Most providers take 25 MB once encoded.", ZH: "更大的文件以链接发送。多数邮箱编码后上限为 25 MB。"}},
		{Name: "sent_copy", Kind: connector.FieldChoice, Default: "auto", Advanced: true,
			Label: connector.Text{EN: "Copy to the Sent mailbox", ZH: "保存到已发送"},
			Options: []connector.FieldOption{
				{Value: "auto", Label: connector.Text{EN: "Unless the provider is known to do it", ZH: "服务商未自动保存时"}},
				{Value: "always", Label: connector.Text{EN: "Always", ZH: "总是"}},
				{Value: "provider", Label: connector.Text{EN: "The provider does it", ZH: "由服务商自动保存"}},
				{Value: "never", Label: connector.Text{EN: "Never", ZH: "从不"}},
			}},
		{Name: "sent_mailbox", Kind: connector.FieldText, Advanced: true,
			Label: connector.Text{EN: "Sent mailbox", ZH: "已发送文件夹"},
			Help:  connector.Text{EN: "Empty: found by itself.", ZH: "留空则自动识别。"}},
		{Name: "auto_per_hour", Kind: connector.FieldNumber, Default: "3", Min: 0, Max: 1000, Advanced: true,
			Label: connector.Text{EN: "Mails of one sender answered automatically per hour", ZH: "每小时自动回复同一发件人的邮件数"},
			Help:  connector.Text{EN: "Guards against two machines answering each other.", ZH: "防止两个自动系统互相回复。"}},
		{Name: "ca", Kind: connector.FieldList, Advanced: true,
			Label: connector.Text{EN: "Certificate authority of a private mail server (PEM)", ZH: "私有邮件服务器的 CA 证书（PEM）"},
			Help:  connector.Text{EN: "Only for servers whose certificate the system does not trust.", ZH: "仅用于证书不受系统信任的服务器。"}},
	}, Check: check}
}

func check(v connector.Values) []connector.FieldError {
	var bad []connector.FieldError
	if ca := v["ca"]; ca != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(ca)) {
		bad = append(bad, connector.FieldError{Field: "ca", Text: connector.Text{
			EN: "This holds no certificate. It begins with -----BEGIN CERTIFICATE-----.",
			ZH: "其中没有证书。应以 -----BEGIN CERTIFICATE----- 开头。",
		}})
	}
	if v["auth"] == "xoauth2" && v["oauth_token_url"] == "" && providerNamed(v["provider"]).tokenURL == "" {
		bad = append(bad, connector.FieldError{Field: "oauth_token_url", Text: connector.Text{
			EN: "Fill this in: the provider's token address is not known.",
			ZH: "请填写：未知该服务商的令牌地址。",
		}})
	}
	if v["auth"] == "xoauth2" && v["oauth_refresh_token"] == "" && v["oauth_auth_url"] == "" && providerNamed(v["provider"]).authURL == "" {
		bad = append(bad, connector.FieldError{Field: "oauth_auth_url", Text: connector.Text{
			EN: "Fill this in: where this provider's sign-in page is, is not known. Or enter a refresh token.",
			ZH: "请填写：未知该服务商的授权地址。或直接填写刷新令牌。",
		}})
	}
	return bad
}
