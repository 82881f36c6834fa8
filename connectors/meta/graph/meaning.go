package graph

import (
	"time"

	"parley/core/connector"
)

// Meaning is what an error of the platform means for a message, with its
// sentence and remedy; the class is "" for one the catalogue does not know. A
// subcode that is not listed means what its code means.
func Meaning(number, sub int) *connector.Error {
	m, known := meanings[number][sub]
	if !known {
		sub, m = 0, meanings[number][0]
		if m.class == "" && number >= 200 && number <= 299 {
			m = meanings[10][0] // "API Permission (multiple values)"
		}
	}
	return &connector.Error{Class: m.class, Scope: m.scope, RetryAfter: m.wait, Code: code(number, sub), Shown: connector.Text{EN: m.en, ZH: m.zh}}
}

type meaning struct {
	class  connector.Class
	scope  connector.Scope
	wait   time.Duration
	en, zh string
}

// meanings by code and subcode. Sources: "Cloud API: Error codes" (13xxxx, and
// the general ones), "Messenger Platform: Common error codes" (with subcodes),
// "Graph API: Handling errors".
var meanings = map[int]map[int]meaning{
	// Whoever may call.
	0:   {0: {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "Meta could not authenticate the app. Make a new access token and save it.", zh: "Meta 无法验证应用身份。请重新生成访问令牌并保存。"}},
	101: {0: {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "There is no app of this App ID. Copy it again from App settings → Basic.", zh: "应用编号不存在。请从“应用设置 → 基本”重新复制。"}},
	3:   {0: {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "The app may not use this API. Add the permission in the App Dashboard and make a new token.", zh: "应用没有调用此接口的能力。请在应用面板中添加权限并重新生成令牌。"}},
	10: {
		0:       {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "The token lacks a permission, or it was taken back. Grant it and make a new token.", zh: "令牌缺少权限或权限已被收回。请授权后重新生成令牌。"},
		2018278: closed,
		2018065: closed,
		2534022: closed,
		2018108: {class: connector.Gone, en: "This person does not take messages from the page any more.", zh: "对方已不再接收该主页的消息。"},
		2018300: {class: connector.Invalid, en: "Another app or the page's inbox has this conversation. Take it over first, then send.", zh: "该会话正由其他应用或主页收件箱处理。请先接管会话再发送。"},
		2018001: {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "The token is not allowed to message for this page. Give the system user the page with the task Messages.", zh: "令牌无权代表该主页发消息。请为系统用户分配该主页的“消息”任务。"},
	},
	// Of 200 to 299 ("API Permission"), those that come here.
	200: {0: {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "The token lacks a permission to manage the page. Authorise again and agree to every permission, or grant it and make a new token.", zh: "令牌缺少管理主页的权限。请重新授权并同意所有权限，或授权后重新生成令牌。"}},
	230: {0: {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "The token lacks the permission to send messages. Authorise again and agree to every permission, or grant it and make a new token.", zh: "令牌缺少发送消息的权限。请重新授权并同意所有权限，或授权后重新生成令牌。"}},
	190: {0: {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "The access token has expired or was revoked. Make a new one under System users and save it.", zh: "访问令牌已过期或被撤销。请在系统用户处重新生成并保存。"}},
	368: {0: {class: connector.NeedsLogin, scope: connector.ScopeAccount, en: "The account is blocked for a time because of a policy violation. See Business Support Home.", zh: "账号因违反政策被暂时限制。请到“商务支持主页”查看。"}},

	// Too much.
	4: {
		0:       {class: connector.RateLimited, scope: connector.ScopeLink, wait: time.Minute, en: "The app made too many calls. It is sent again by itself.", zh: "应用调用过于频繁，系统会自动重发。"},
		2018022: {class: connector.RateLimited, scope: connector.ScopeAccount, wait: time.Minute, en: "Too many messages to phone numbers. It is sent again by itself.", zh: "发往电话号码的消息过多，系统会自动重发。"},
	},
	17:    {0: tooMany}, // "User request limit reached"
	32:    {0: tooMany}, // "Page request limit reached"
	613:   {0: tooMany},
	80006: {0: tooMany}, // Messenger, by the number of people engaged
	80002: {0: tooMany}, // Instagram
	80007: {0: {class: connector.RateLimited, scope: connector.ScopeLink, wait: time.Minute, en: "The WhatsApp business account reached its rate limit. It is sent again by itself.", zh: "WhatsApp 商业账号达到速率上限，系统会自动重发。"}},
	130429: {0: {class: connector.RateLimited, scope: connector.ScopeAccount, wait: 2 * time.Second,
		en: "The phone number sends faster than its throughput allows. It is sent again by itself.", zh: "该号码发送速度超过吞吐上限，系统会自动重发。"}},
	131048: {0: {class: connector.RateLimited, scope: connector.ScopeAccount, wait: 10 * time.Minute,
		en: "Meta limits this number because messages were reported as spam. See its quality in WhatsApp Manager.", zh: "因消息被举报为垃圾信息，Meta 已限制该号码。请在 WhatsApp 管理工具中查看号码质量。"}},
	131056: {0: {class: connector.RateLimited, scope: connector.ScopeThread, wait: PairWait,
		en: "Too many messages to this one customer. It is sent again by itself.", zh: "短时间内发给该客户的消息过多，系统会自动重发。"}},
	133016: {0: {class: connector.RateLimited, scope: connector.ScopeLink, wait: 72 * time.Hour, en: "The number was registered too often. Wait three days.", zh: "该号码注册次数过多，请三天后再试。"}},

	// Trouble at the platform.
	1: {0: {class: connector.Uncertain, en: "Meta had an unknown error; whether it arrived is not known.", zh: "Meta 发生未知错误，是否送达尚不确定。"}},
	2: {
		0:       {class: connector.Transient, en: "Meta is out of order for the moment. It is sent again by itself.", zh: "Meta 服务暂时不可用，系统会自动重发。"},
		2018344: {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "The page has not accepted the terms of the inbox. A page admin must accept them.", zh: "主页尚未接受收件箱条款，请由主页管理员接受。"},
	},
	1200:   {0: {class: connector.Transient, en: "Meta could not send it for the moment. It is sent again by itself.", zh: "Meta 暂时无法发送，系统会自动重发。"}},
	131000: {0: {class: connector.Uncertain, en: "WhatsApp had an unknown error; whether it arrived is not known.", zh: "WhatsApp 发生未知错误，是否送达尚不确定。"}},
	131016: {0: {class: connector.Transient, en: "WhatsApp is out of order for the moment. It is sent again by itself.", zh: "WhatsApp 服务暂时不可用，系统会自动重发。"}},
	131057: {0: {class: connector.Transient, scope: connector.ScopeLink, wait: 5 * time.Minute, en: "The WhatsApp business account is in maintenance. It is sent again by itself.", zh: "WhatsApp 商业账号维护中，系统会自动重发。"}},
	133004: {0: {class: connector.Transient, en: "WhatsApp's server is out of order for the moment. It is sent again by itself.", zh: "WhatsApp 服务器暂时不可用，系统会自动重发。"}},

	// The time to answer is over.
	131047: {0: {class: connector.WindowClosed, en: "More than 24 hours have passed since the customer wrote. Send an approved template, or wait.", zh: "距客户上次来信已超过 24 小时。请发送已审核的模板消息，或等待客户来信。"}},

	// Who cannot be reached.
	131021: {0: {class: connector.Gone, en: "The number writes to itself. Choose another customer.", zh: "收件号码与发件号码相同，请选择其他客户。"}},
	131026: {0: {class: connector.Gone, en: "The message cannot be delivered: the number has no WhatsApp, an old version, or has not accepted its terms.", zh: "消息无法送达：对方未注册 WhatsApp、版本过旧或未接受新条款。"}},
	131030: {0: {class: connector.Gone, en: "The number is not on the list of a test account. Add it in the App Dashboard under API Setup.", zh: "该号码不在测试账号的允许列表中，请在应用面板的 API Setup 中添加。"}},
	131049: {0: {class: connector.Invalid, en: "Meta did not deliver it, to keep marketing messages few. Do not send it again today.", zh: "为控制营销消息数量，Meta 未投递此消息。今天请勿重发。"}},
	131050: {0: {class: connector.Gone, en: "The customer has stopped marketing messages from you.", zh: "客户已停止接收您的营销消息。"}},
	130472: {0: {class: connector.Gone, en: "The customer's number is part of a WhatsApp experiment and gets no marketing message.", zh: "客户号码处于 WhatsApp 的实验组，不会收到营销消息。"}},
	551: {
		0:       {class: connector.Gone, en: "This person is not available: they blocked the page or closed their account.", zh: "对方不可用：可能已屏蔽主页或注销账号。"},
		1545041: {class: connector.Gone, en: "This person is not available for messages right now.", zh: "对方目前无法接收消息。"},
	},

	// What is wrong with the content.
	2200: {0: {class: connector.Invalid, en: "Meta got no answer at the callback address. The hub must be reached at its public https address; then save again.", zh: "Meta 未能验证回调地址。请确认可通过公网 HTTPS 访问本系统，然后重新保存。"}},
	100: {
		0:       {class: connector.Invalid, en: "Meta refuses a value of the message: too long, or not of the form it wants. Shorten or change it.", zh: "Meta 拒绝了消息中的某个值：过长或格式不符。请缩短或修改。"},
		33:      {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "The account's id does not exist, or the token may not see it. Compare the id and the permissions.", zh: "账号编号不存在，或令牌无权访问。请核对编号和权限。"},
		2018001: {class: connector.Gone, en: "Meta knows no such person for this page.", zh: "Meta 未找到该主页下的此用户。"},
		2534014: {class: connector.Gone, en: "Instagram knows no such person for this account.", zh: "Instagram 未找到该账号下的此用户。"},
		2018047: {class: connector.Invalid, en: "The file could not be uploaded: check its type and size.", zh: "文件上传失败，请检查类型和大小。"},
		2018008: {class: connector.Invalid, en: "Meta could not fetch the file from the hub. The hub's public address must be reachable by https.", zh: "Meta 无法从本系统获取文件。系统的公网地址须可通过 https 访问。"},
		2018109: {class: connector.Invalid, en: "The file is larger than Messenger takes.", zh: "文件超过 Messenger 的大小限制。"},
		36007:   spent, // "Manually Build a Login Flow"
		36008:   spent,
		36009:   spent,
	},
	130497: {0: {class: connector.Invalid, en: "The business may not message people in this country.", zh: "该业务被限制向此国家的用户发送消息。"}},
	131005: {0: {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "The token lacks a permission, or it was taken back. Grant whatsapp_business_messaging and make a new token.", zh: "令牌缺少权限或权限已被收回。请授予 whatsapp_business_messaging 后重新生成令牌。"}},
	131008: {0: {class: connector.Invalid, en: "A value that WhatsApp requires is missing.", zh: "缺少 WhatsApp 要求的参数。"}},
	131009: {0: {class: connector.Invalid, en: "WhatsApp refuses a value of the message. Shorten or change it.", zh: "WhatsApp 拒绝了消息中的某个值，请缩短或修改。"}},
	131031: {0: {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "The WhatsApp business account is locked. See Business Support Home.", zh: "WhatsApp 商业账号已被锁定，请到“商务支持主页”查看。"}},
	131037: {0: {class: connector.NeedsLogin, scope: connector.ScopeAccount, en: "The number's display name is not approved yet. See it in WhatsApp Manager.", zh: "号码的显示名称尚未通过审核，请在 WhatsApp 管理工具中查看。"}},
	131042: {0: {class: connector.NeedsLogin, scope: connector.ScopeLink, en: "There is a problem with the payment of the WhatsApp business account. Settle it in Billing.", zh: "WhatsApp 商业账号存在付款问题，请在账单中处理。"}},
	131045: {0: {class: connector.NeedsLogin, scope: connector.ScopeAccount, en: "The phone number is not registered. Register it for the Cloud API.", zh: "该号码未注册，请先注册到 Cloud API。"}},
	131051: {0: {class: connector.Unsupported, en: "WhatsApp does not know this kind of message.", zh: "WhatsApp 不支持此消息类型。"}},
	131052: {0: {class: connector.Gone, en: "The customer's file cannot be downloaded. Ask them to send it again.", zh: "无法下载客户发送的文件，请客户重新发送。"}},
	131053: {0: {class: connector.Invalid, en: "WhatsApp could not take the file: check its type and size.", zh: "WhatsApp 无法接收该文件，请检查类型和大小。"}},
	133010: {0: {class: connector.NeedsLogin, scope: connector.ScopeAccount, en: "The phone number is not registered. Register it for the Cloud API.", zh: "该号码未注册，请先注册到 Cloud API。"}},
	135000: {0: {class: connector.Invalid, en: "WhatsApp had a problem with the message's values. Change them and send again.", zh: "消息参数有问题，请修改后重新发送。"}},

	// Templates.
	132000: {0: {class: connector.Invalid, en: "The template has another number of variables than were given. Fill in each one.", zh: "模板变量数量与所填不一致，请逐一填写。"}},
	132001: {0: {class: connector.Invalid, en: "There is no approved template of this name in this language.", zh: "没有该名称和语言的已审核模板。"}},
	132005: {0: {class: connector.Invalid, en: "The template is too long with its variables filled in. Shorten them.", zh: "填入变量后模板过长，请缩短变量内容。"}},
	132007: {0: {class: connector.Invalid, en: "The template breaks a policy of WhatsApp. See it in WhatsApp Manager.", zh: "模板违反 WhatsApp 政策，请在 WhatsApp 管理工具中查看。"}},
	132012: {0: {class: connector.Invalid, en: "A variable of the template has the wrong form: a file where a text belongs, or the other way.", zh: "模板变量格式不符，例如应填文本却填了文件。"}},
	132015: {0: {class: connector.Invalid, en: "The template is paused for low quality. Use another one.", zh: "模板因质量较低被暂停，请使用其他模板。"}},
	132016: {0: {class: connector.Invalid, en: "The template is disabled for good. Use another one.", zh: "模板已被永久停用，请使用其他模板。"}},
	132018: {0: {class: connector.Invalid, en: "A variable of the template holds something it may not, such as a line break.", zh: "模板变量包含不允许的内容，例如换行。"}},
	132068: {0: {class: connector.Invalid, en: "The flow is blocked. Repair it in WhatsApp Manager.", zh: "该 Flow 已被阻止，请在 WhatsApp 管理工具中修复。"}},
	132069: {0: {class: connector.Invalid, en: "The flow is limited for low quality. Repair it in WhatsApp Manager.", zh: "该 Flow 因质量问题被限流，请在 WhatsApp 管理工具中修复。"}},
}

// PairWait is how long to leave one customer alone: about one message in six
// seconds to the same person ("Cloud API: Throughput, Pair rate limits").
const PairWait = 6 * time.Second

var (
	closed = meaning{class: connector.WindowClosed,
		en: "More than 24 hours have passed since the customer wrote. Wait for them to write again; a person may answer for seven days where the app has Human Agent.",
		zh: "距客户上次来信已超过 24 小时。请等待客户再次来信；若应用开通了 Human Agent，人工客服可在七天内回复。"}
	spent = meaning{class: connector.Invalid,
		en: "Facebook does not take the code it led back with: it counts once, for a few minutes, and for the address it was asked for with. Begin again.",
		zh: "Facebook 不接受返回的授权码：授权码仅在数分钟内对发起时的地址有效一次。请重新发起授权。"}
	tooMany = meaning{class: connector.RateLimited, scope: connector.ScopeAccount, wait: time.Minute,
		en: "Too many calls for this account. It is sent again by itself.", zh: "该账号调用过于频繁，系统会自动重发。"}
)
