package wechat

import (
	"errors"
	"strconv"
	"time"

	"parley/core/connector"
)

// tokenRefused tells the codes that say the access token does not count.
func tokenRefused(code int64) bool { return code == 40001 || code == 40014 || code == 42001 }

// trouble is what a code of the platform means.
type trouble struct {
	class connector.Class
	scope connector.Scope
	wait  time.Duration
	shown connector.Text
}

// refusal turns a code into an error. The platform refused, so nothing was
// sent.
func (c *Conn) refusal(s status) *connector.Error {
	t, known := troubles[s.Code]
	if !known {
		t = trouble{class: connector.Invalid, shown: text(
			"WeChat refused it with the code "+strconv.FormatInt(s.Code, 10)+". Look the code up in WeChat's list of return codes.",
			"微信返回错误码 "+strconv.FormatInt(s.Code, 10)+"，请在微信“全局返回码”中查询原因。")}
	}
	if c.by != nil && t.scope == connector.ScopeLink {
		t.scope = connector.ScopeAccount
	}
	said := connector.Length{Max: 160, Unit: connector.Runes}.Head(c.hide(s.Text), "…")
	return &connector.Error{Class: t.class, Code: strconv.FormatInt(s.Code, 10), Scope: t.scope, RetryAfter: t.wait, Shown: t.shown, Err: errors.New("WeChat says: " + said)}
}

// troubles is the catalogue of return codes (全局返回码).
// https://developers.weixin.qq.com/doc/oplatform/Return_codes/Return_code_descriptions_new.html
var troubles = map[int64]trouble{
	-1: {connector.Transient, "", 0, text("WeChat is busy. It is sent again by itself.", "微信系统繁忙，系统会自动重试。")},

	40001: {connector.NeedsLogin, connector.ScopeLink, 0, text("WeChat does not accept the AppSecret. Copy it again from the basic configuration.", "AppSecret 不正确或已重置，请在“基本配置”中重新获取并填写。")},
	40014: {connector.NeedsLogin, connector.ScopeLink, 0, text("WeChat does not accept the access token. Check AppID and AppSecret.", "access_token 无效，请检查 AppID 与 AppSecret。")},
	42001: {connector.NeedsLogin, connector.ScopeLink, 0, text("The access token ran out and no new one counts. Check AppID and AppSecret.", "access_token 已过期且无法更新，请检查 AppID 与 AppSecret。")},
	40013: {connector.NeedsLogin, connector.ScopeLink, 0, text("WeChat does not know this AppID. Check it.", "AppID 无效，请检查大小写和多余字符。")},
	40125: {connector.NeedsLogin, connector.ScopeLink, 0, text("WeChat does not accept the AppSecret. Copy it again from the basic configuration.", "AppSecret 无效，请在“基本配置”中重新获取并填写。")},
	40164: {connector.NeedsLogin, connector.ScopeLink, 0, text("The address of this hub is not on the IP whitelist. Add it in the basic configuration.", "本系统的出口 IP 不在白名单中，请在“基本配置”的 IP 白名单中添加。")},
	40243: {connector.NeedsLogin, connector.ScopeLink, 0, text("The AppSecret is frozen. Unfreeze it in the basic configuration.", "AppSecret 已被冻结，请在“基本配置”中解冻。")},
	41001: {connector.NeedsLogin, connector.ScopeLink, 0, text("The call had no access token. Check AppID and AppSecret.", "缺少 access_token，请检查 AppID 与 AppSecret。")},
	41002: {connector.NeedsLogin, connector.ScopeLink, 0, text("The AppID is missing. Fill it in.", "缺少 AppID，请填写。")},
	41004: {connector.NeedsLogin, connector.ScopeLink, 0, text("The AppSecret is missing. Fill it in.", "缺少 AppSecret，请填写。")},
	50002: {connector.NeedsLogin, connector.ScopeLink, 0, text("WeChat limits this account. Look at the notices of its console.", "该账号接口受限，请到微信公众平台查看通知。")},
	48004: {connector.NeedsLogin, connector.ScopeLink, 0, text("WeChat blocked this interface for a breach of its rules. Look at the notices of its console.", "接口因违规被封禁，请到微信公众平台查看通知。")},
	89503: {connector.NeedsLogin, connector.ScopeLink, 0, text("An administrator must confirm calls from this hub's address in WeChat.", "该 IP 的调用需要管理员在微信中确认，请联系公众号管理员。")},
	89506: {connector.NeedsLogin, connector.ScopeLink, 0, text("Calls from this hub's address were refused by an administrator, twice within 24 hours.", "该 IP 的调用被管理员拒绝两次，24 小时内不可调用。")},

	// Of third-party platforms.
	// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/ThirdParty/token/authorization_info.html
	61003: {connector.NeedsLogin, connector.ScopeLink, 0, text("The account has not authorised your third-party platform, or took it back.", "该账号未授权给第三方平台，或已取消授权。")},
	61004: {connector.NeedsLogin, connector.ScopeLink, 0, text("The address of this hub is not on the third-party platform's IP whitelist.", "本系统出口 IP 不在第三方平台的白名单中。")},
	61005: {connector.Transient, connector.ScopeLink, time.Minute, text("WeChat's ticket ran out; the next one comes within ten minutes.", "票据已过期，十分钟内会收到新的推送。")},
	61006: {connector.Transient, connector.ScopeLink, time.Minute, text("WeChat does not accept its ticket any more; the next one comes within ten minutes.", "票据无效，十分钟内会收到新的推送。")},
	61007: {connector.Unsupported, connector.ScopeLink, 0, text("The account did not give the permission for this. Authorise it again with more permissions.", "该账号未授予此接口权限，请重新授权并勾选对应权限。")},
	61009: {connector.Invalid, "", 0, text("WeChat does not know this authorisation. Begin again.", "授权码无效，请重新授权。")},
	61010: {connector.Invalid, "", 0, text("The authorisation took too long or was ended already. Begin again.", "授权码已过期或已使用，请重新授权。")},
	61011: {connector.NeedsLogin, connector.ScopeLink, 0, text("WeChat does not know this third-party platform. Check its AppID.", "第三方平台 AppID 无效，请检查。")},
	61023: {connector.NeedsLogin, connector.ScopeLink, 0, text("WeChat does not accept the account's authorisation any more. Authorise it again.", "授权已失效（刷新令牌无效），请重新授权。")},

	40002: {connector.Invalid, "", 0, text("WeChat gives no token this way. Update Parley.", "获取 access_token 的方式不正确，请升级 Parley。")},
	43002: {connector.Invalid, "", 0, text("WeChat wants this call made by POST. Update Parley.", "该接口须使用 POST 调用，请升级 Parley。")},

	40003: {connector.Gone, "", 0, text("WeChat does not know this customer on this account: they unfollowed it, or belong to another.", "该 OpenID 无效：客户未关注本账号，或属于其他账号。")},
	43004: {connector.Gone, "", 0, text("The customer does not follow the account any more.", "客户已取消关注，无法送达。")},
	43019: {connector.Gone, "", 0, text("The customer is on the account's blacklist. Take them off it in WeChat's console.", "客户在公众号黑名单中，请先在微信公众平台移出。")},
	48002: {connector.Gone, "", 0, text("The customer does not accept messages of this account.", "客户已关闭接收本账号的消息。")},
	50005: {connector.Gone, "", 0, text("The customer does not follow the account.", "客户未关注本账号。")},

	45015: {connector.WindowClosed, "", 0, text("The customer wrote more than 48 hours ago. Wait for them to write again, or send a template.", "客户最近一次互动已超过 48 小时，请等待客户再次发来消息，或改发模板消息。")},
	45047: {connector.WindowClosed, "", 0, text("As many messages were sent as WeChat allows. Wait for the customer to write again.", "下发条数已达上限，请等待客户再次发来消息。")},
	43101: {connector.WindowClosed, "", 0, text("The customer has not agreed to this notification, or it was used up.", "客户未订阅该通知，或订阅次数已用完。")},
	43107: {connector.WindowClosed, "", 0, text("The customer has switched these notifications off.", "客户已关闭该类订阅通知。")},

	45009: {connector.RateLimited, connector.ScopeLink, 10 * time.Minute, text("The account's calls of today are used up. It is sent again by itself.", "接口今日调用次数已用完，系统会自动重试。")},
	45011: {connector.RateLimited, connector.ScopeLink, time.Minute, text("Too many calls within a minute. It is sent again by itself.", "接口调用过于频繁，系统会自动重试。")},

	48001: {connector.Unsupported, connector.ScopeLink, 0, text("The account may not use this interface. It must be verified (微信认证), or the interface be switched on.", "该账号没有此接口权限，请完成微信认证或开通该接口。")},
	40200: {connector.Unsupported, "", 0, text("This kind of account cannot send that: menus of options need a verified service account.", "当前账号类型不支持此消息，菜单消息需要已认证的服务号。")},
	40004: {connector.Invalid, "", 0, text("WeChat does not take this kind of file.", "不支持的媒体文件类型。")},
	40005: {connector.Invalid, "", 0, text("WeChat does not take this kind of file.", "不支持的文件类型。")},
	40006: {connector.Invalid, "", 0, text("The file is too large, or empty.", "文件大小不符合要求。")},
	40007: {connector.Invalid, "", 0, text("The file is not at WeChat any more. Send it again.", "媒体文件已失效，请重新发送。")},
	40008: {connector.Invalid, "", 0, text("WeChat does not know this kind of message.", "不支持的消息类型。")},
	40009: {connector.Invalid, "", 0, text("The picture is over 10 MB.", "图片超过 10 MB。")},
	40010: {connector.Invalid, "", 0, text("The recording is over 2 MB.", "语音超过 2 MB。")},
	40011: {connector.Invalid, "", 0, text("The video is over 10 MB.", "视频超过 10 MB。")},
	40033: {connector.Invalid, "", 0, text("The text has characters WeChat refuses.", "内容包含不合法的字符。")},
	40036: {connector.Invalid, "", 0, text("This is no template id. Load the templates again.", "模板 ID 长度不正确，请重新获取模板列表。")},
	40037: {connector.Invalid, "", 0, text("The account has no such template. Load the templates again.", "模板不存在，请重新获取模板列表。")},
	40137: {connector.Invalid, "", 0, text("WeChat does not take this kind of picture. Use JPEG, PNG or GIF.", "不支持的图片格式，请使用 JPG、PNG 或 GIF。")},
	41005: {connector.Invalid, "", 0, text("No file arrived at WeChat. Send it again.", "微信未收到媒体文件，请重新发送。")},
	44001: {connector.Invalid, "", 0, text("The file is empty. Choose another.", "媒体文件为空，请选择其他文件。")},
	44002: {connector.Invalid, "", 0, text("The message is empty.", "消息内容为空。")},
	44004: {connector.Invalid, "", 0, text("The message is empty.", "文本消息内容为空。")},
	45002: {connector.Invalid, "", 0, text("The text is over 2048 bytes.", "消息内容超过 2048 字节。")},
	45003: {connector.Invalid, "", 0, text("The title is too long.", "标题超出长度限制。")},
	45004: {connector.Invalid, "", 0, text("The description is too long.", "描述超出长度限制。")},
	45005: {connector.Invalid, "", 0, text("The link is too long.", "链接超出长度限制。")},
	45007: {connector.Invalid, "", 0, text("The recording is over 60 seconds.", "语音超过 60 秒。")},
	45008: {connector.Invalid, "", 0, text("Only one article can be sent at a time.", "每次只能发送一条图文。")},
	47001: {connector.Invalid, "", 0, text("WeChat cannot read the request.", "请求数据格式错误。")},
	47003: {connector.Invalid, "", 0, text("A value does not fit its slot of the template.", "模板参数不符合要求，请检查各字段内容。")},
	87014: {connector.Invalid, "", 0, text("WeChat refuses the content as risky.", "内容含有违规信息，被微信拒绝。")},

	45072: {connector.Invalid, "", 0, text("WeChat does not know this sign of typing. Update Parley.", "“正在输入”状态命令不正确，请升级 Parley。")},
	45080: {connector.Invalid, "", 0, text("WeChat shows that somebody types only within 30 seconds of a message. Write the message.", "仅在 30 秒内有消息往来时可显示“正在输入”，直接回复即可。")},
	45081: {connector.Invalid, "", 0, text("WeChat shows already that somebody types. Write the message.", "已在显示“正在输入”，直接回复即可。")},

	46003: {connector.Invalid, "", 0, text("The account has no menu. Save one first.", "该账号还没有自定义菜单，请先保存菜单。")},
	40016: {connector.Invalid, "", 0, text("A menu has one to three entries, each with one to five below.", "菜单须为 1–3 个一级菜单，每个下设 1–5 个子菜单。")},
	40018: {connector.Invalid, "", 0, text("The name of a menu entry is too long or missing.", "菜单名称为空或过长。")},
	40019: {connector.Invalid, "", 0, text("The key of a menu entry is too long or missing.", "菜单 KEY 为空或过长。")},
	40020: {connector.Invalid, "", 0, text("The address of a menu entry is too long or missing.", "菜单链接为空或过长。")},
	40023: {connector.Invalid, "", 0, text("A menu entry has at most five below it.", "子菜单最多 5 个。")},
	40119: {connector.Invalid, "", 0, text("A menu entry is of a kind this account may not use.", "菜单类型不可用。")},
}
