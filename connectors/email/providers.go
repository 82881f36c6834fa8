package email

import "parley/core/connector"

// provider is a mail service whose servers people need not look up.
type provider struct {
	name       string
	label      connector.Text
	imap, smtp server
	// filesSent: mail sent by SMTP appears in Sent without our help.
	filesSent bool
	// Where the owner of a mailbox lets programs in, and what they are asked for.
	tokenURL, authURL, scope string
	hint                     connector.Text
}

// server is where one protocol is spoken.
type server struct {
	host     string
	port     int
	security string
}

// other is the choice for servers typed in by hand.
const other = "other"

var providers = []provider{
	{name: other, label: connector.Text{EN: "Other: type the servers below", ZH: "其他：在下方填写服务器"}},
	{
		name: "163", label: connector.Text{EN: "NetEase 163", ZH: "网易 163 邮箱"},
		imap: server{"imap.163.com", 993, "tls"}, smtp: server{"smtp.163.com", 465, "tls"},
		hint: connector.Text{
			EN: "163: Settings → POP3/SMTP/IMAP, switch IMAP/SMTP on and use the authorisation code shown there.",
			ZH: "163：设置 → POP3/SMTP/IMAP，开启 IMAP/SMTP 服务，使用生成的授权码，不是登录密码。",
		},
	},
	{
		name: "126", label: connector.Text{EN: "NetEase 126", ZH: "网易 126 邮箱"},
		imap: server{"imap.126.com", 993, "tls"}, smtp: server{"smtp.126.com", 465, "tls"},
		hint: connector.Text{
			EN: "126: Settings → POP3/SMTP/IMAP, switch IMAP/SMTP on and use the authorisation code shown there.",
			ZH: "126：设置 → POP3/SMTP/IMAP，开启 IMAP/SMTP 服务，使用生成的授权码。",
		},
	},
	{
		name: "qq", label: connector.Text{EN: "QQ Mail", ZH: "QQ 邮箱"},
		imap: server{"imap.qq.com", 993, "tls"}, smtp: server{"smtp.qq.com", 465, "tls"},
		hint: connector.Text{
			EN: "QQ: Settings → Account, switch IMAP/SMTP on, confirm by text message and use the authorisation code.",
			ZH: "QQ 邮箱：设置 → 账号，开启 IMAP/SMTP 服务，短信验证后使用授权码。",
		},
	},
	{
		name: "exmail", label: connector.Text{EN: "Tencent Exmail", ZH: "腾讯企业邮箱"},
		imap: server{"imap.exmail.qq.com", 993, "tls"}, smtp: server{"smtp.exmail.qq.com", 465, "tls"},
		hint: connector.Text{
			EN: "Exmail: switch IMAP on in the settings; with secure sign-in, use a client password.",
			ZH: "企业邮箱：在设置中开启 IMAP；启用安全登录时，请使用客户端专用密码。",
		},
	},
	{
		name: "aliyun", label: connector.Text{EN: "Alibaba Mail (enterprise)", ZH: "阿里企业邮箱"},
		imap: server{"imap.qiye.aliyun.com", 993, "tls"}, smtp: server{"smtp.qiye.aliyun.com", 465, "tls"},
		hint: connector.Text{
			EN: "Alibaba: use the mailbox's password or, where third-party clients need one, its security password.",
			ZH: "阿里企业邮箱：使用邮箱密码；若开启了三方客户端安全密码，请使用该密码。",
		},
	},
	{
		name: "gmail", label: connector.Text{EN: "Gmail, Google Workspace", ZH: "Gmail / Google Workspace"},
		imap: server{"imap.gmail.com", 993, "tls"}, smtp: server{"smtp.gmail.com", 465, "tls"}, filesSent: true,
		tokenURL: "https://oauth2.googleapis.com/token", authURL: "https://accounts.google.com/o/oauth2/v2/auth", scope: "https://mail.google.com/",
		hint: connector.Text{
			EN: "Gmail: turn on 2-step verification and make an app password (Google Account → Security), or sign in with OAuth.",
			ZH: "Gmail：开启两步验证并创建应用专用密码（Google 账号 → 安全性），或使用 OAuth。",
		},
	},
	{
		name: "outlook", label: connector.Text{EN: "Outlook.com, Microsoft 365", ZH: "Outlook.com / Microsoft 365"},
		imap: server{"outlook.office365.com", 993, "tls"}, smtp: server{"smtp.office365.com", 587, "starttls"}, filesSent: true,
		tokenURL: "https://login.microsoftonline.com/common/oauth2/v2.0/token", authURL: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
		scope: "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send",
		hint: connector.Text{
			EN: "Outlook takes no passwords from programs any more: sign in with OAuth.",
			ZH: "Outlook 已不允许程序使用密码登录：请使用 OAuth 登录。",
		},
	},
}

func providerNamed(name string) provider {
	for _, p := range providers {
		if p.name == name {
			return p
		}
	}
	return providers[0]
}

// passwordHelp joins the hints, so that a person finds the word of their
// provider without leaving the form.
func passwordHelp() connector.Text {
	help := connector.Text{
		EN: "Many providers want a code made for programs instead of the password you sign in with.",
		ZH: "许多邮箱要求使用专为客户端生成的授权码，而不是登录密码。",
	}
	for _, p := range providers {
		if p.hint.EN != "" {
			help.EN += "\n" + p.hint.EN
			help.ZH += "\n" + p.hint.ZH
		}
	}
	return help
}
