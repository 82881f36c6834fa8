package wecom

import (
	"time"

	"parley/core/connector"
)

// catalogue is the platform's error codes (90313 全局错误码, 94677 for 微信客服) in
// our classes, each with what a person should do.
func catalogue(code int64) (meaning, bool) {
	login := func(en, zh string) (meaning, bool) {
		return meaning{class: connector.NeedsLogin, scope: connector.ScopeLink, shown: text(en, zh)}, true
	}
	closed := func(en, zh string) (meaning, bool) {
		return meaning{class: connector.WindowClosed, scope: connector.ScopeThread, shown: text(en, zh)}, true
	}
	invalid := func(en, zh string) (meaning, bool) {
		return meaning{class: connector.Invalid, shown: text(en, zh)}, true
	}
	gone := func(en, zh string) (meaning, bool) {
		return meaning{class: connector.Gone, scope: connector.ScopeThread, shown: text(en, zh)}, true
	}
	slow := func(scope connector.Scope, wait time.Duration) (meaning, bool) {
		return meaning{class: connector.RateLimited, scope: scope, wait: wait, shown: text("WeCom wants fewer calls for a while. It is sent again by itself.", "企业微信限制了调用频率，稍后会自动重发。")}, true
	}
	switch code {
	case -1, 6000, 50003:
		return meaning{class: connector.Transient, wait: 2 * time.Second, shown: text("WeCom is busy. It is sent again by itself.", "企业微信系统繁忙，稍后会自动重发。")}, true

	case 40001, 40091:
		return login("The Secret does not fit the application. Copy it again from the admin console.", "Secret 不正确。请到企业微信管理后台重新复制。")
	case 40013:
		return login("WeCom does not know this corporation ID. Copy it again from My Company.", "企业ID 不正确。请在“我的企业”页面重新复制。")
	case 40080, 40082, 40083, 42009:
		return login("WeCom does not know the application, or its Secret. Check SuiteID and Secret.", "SuiteID 或 Secret 不正确，请检查第三方应用配置。")
	case 40084:
		return login("The corporation's authorisation does not count any more. Authorise it again.", "企业永久授权码已失效，请重新授权。")
	case 40085:
		return meaning{class: connector.Transient, scope: connector.ScopeLink, wait: time.Minute, shown: text("WeCom does not accept its ticket any more; the next one comes within ten minutes.", "suite_ticket 已失效，十分钟内会收到新的推送。")}, true
	case 40078, 42007:
		return invalid("The authorisation took too long or was ended already. Begin again.", "授权码已过期或已使用，请重新授权。")
	case 40014, 41001, 42001:
		return login("WeCom does not accept the access token, nor a fresh one. Check corporation ID and Secret.", "access_token 无效，重新获取后仍被拒绝。请检查企业ID和 Secret。")
	case 40056, 60011, 60012, 301002:
		return login("The application may not do this. Check its AgentId, its visible range and its permissions in the admin console.", "应用没有权限。请在管理后台检查 AgentId、可见范围和接口权限。")
	case 48001, 48002, 60003, 84061:
		return login("This API is not open to the application. For 微信客服 list it under 可调用接口的应用; for customers under 客户联系.", "应用无权调用此接口。微信客服请加入“可调用接口的应用”，客户群请在“客户联系”中授权。")
	case 60020:
		return login("WeCom does not trust the address the hub calls from. Add it under 企业可信IP of the application.", "当前服务器 IP 不在可信列表中。请把出口 IP 加入应用的“企业可信IP”。")
	case 95011:
		return login("The corporation uses 微信客服 within WeCom. Let the application manage the account under 通过API管理微信客服账号.", "企业已在企业微信内使用微信客服。请在“通过API管理微信客服账号”中授权该应用。")
	case 95012, 95017:
		return login("微信客服 is not open to the API. Turn it on in the admin console and choose this application.", "微信客服的 API 功能未开启。请在管理后台开启并选择该应用。")
	case 40201:
		return login("WeCom has blocked this service account. Ask WeCom's support.", "该客服账号因违规已被封禁。请联系企业微信客服。")

	case 95001:
		return closed("Five messages were sent since the customer last wrote, which is all WeCom allows. Wait for the customer to write.", "客户上次发言后已下发 5 条消息，达到上限。请等待客户再次发来消息。")
	case 95002:
		return closed("The customer last wrote over 48 hours ago. Wait for them to write again.", "距客户上次发言已超过 48 小时。请等待客户再次发来消息。")
	case 95013:
		return closed("The session has ended. Wait for the customer to write again.", "会话已结束。请等待客户再次发来消息。")
	case 95018:
		return closed("The chat is with WeCom's own desk, or has ended. Take it over, or wait for the customer to write again.", "会话正由企业微信人工接待或已结束。请先接回会话，或等待客户再次发来消息。")
	case 95016:
		return closed("WeCom does not allow this change of the session now. Wait for the customer to write.", "当前会话状态不允许此操作。请等待客户再次发来消息。")

	case 40003, 40031, 40096, 60111, 84014:
		return gone("WeCom does not know this person any more, or the application may not see them.", "该成员或客户不存在，或不在应用的可见范围内。")
	case 95000, 95004:
		return invalid("WeCom does not know this service account (open_kfid). It may have been deleted.", "客服账号（open_kfid）不存在，可能已被删除。")
	case 95014:
		return invalid("The colleague is not a servicer of this account, or has not activated WeCom. Choose another under Advanced.", "该成员不是此客服账号的接待人员或未激活企业微信。请在高级设置中更换接待人员。")
	case 95008, 95009:
		return invalid("WeCom refuses this menu. Use at most ten options with short words.", "菜单消息不符合要求。最多 10 个选项，且文字不宜过长。")
	case 46003:
		return invalid("The application has no menu. Save one first.", "应用还没有菜单，请先保存菜单。")
	case 40016, 40022, 40023:
		return invalid("A menu has one to three entries, each with one to five below, in two levels.", "菜单须为 1–3 个一级菜单，每个下设 1–5 个子菜单，最多两级。")
	case 40017, 40024:
		return invalid("An entry of the menu is of a kind WeCom does not know.", "菜单类型不受支持。")
	case 40018, 40025:
		return invalid("The name of a menu entry is missing or too long: 16 bytes, 40 below another.", "菜单名称为空或过长：一级 16 字节，二级 40 字节。")
	case 40019, 40026:
		return invalid("The value of a menu entry is missing or over 128 bytes.", "菜单 KEY 为空或超过 128 字节。")
	case 40020, 40027, 40054, 40055:
		return invalid("The address of a menu entry is missing, over 1024 bytes, or does not begin with http:// or https://.", "菜单链接为空、超过 1024 字节，或未以 http:// 或 https:// 开头。")
	case 40004, 40005, 40006, 40009, 40010, 40011, 45001, 45007:
		return invalid("WeCom refuses this file for its type or size. Images up to 10 MB (JPG, PNG), voice 2 MB (AMR), video 10 MB (MP4), files 20 MB.", "文件类型或大小不符合要求：图片 10MB（JPG、PNG），语音 2MB（AMR），视频 10MB（MP4），文件 20MB。")
	case 40007:
		return meaning{class: connector.Gone, shown: text("The file is no longer at WeCom, which keeps it for three days.", "素材已失效：企业微信仅保留三天。")}, true
	case 41005:
		return invalid("No file arrived at WeCom. Send it again.", "企业微信未收到媒体文件，请重新发送。")
	case 95007:
		return invalid("WeCom told of news under a token that is over. They are read again by themselves.", "拉取消息的凭据已失效，系统会自动重新拉取。")
	case 40008:
		return meaning{class: connector.Unsupported, shown: text("WeCom does not carry this kind of message here.", "此处不支持该消息类型。")}, true
	case 44004, 45002, 45003, 45004, 45005, 45008, 40033, 40058, 40063, 41033, 47001:
		return invalid("WeCom refuses this content. It may be empty, too long, or hold odd characters: change it and send again.", "内容为空、过长或包含不支持的字符。请修改后重发。")
	case 40059, 41048, 82001, 81013:
		return invalid("Nobody could be reached: no receiver is in the application's visible range.", "没有有效的接收人：请检查应用的可见范围。")
	case 41063, 41094, 90500:
		return invalid("Group sends are used up for this group today, or its owner may not send.", "该客户群今日群发次数已用完，或群主无群发权限。")

	case 45009, 45011, 45033, 45035:
		return slow(connector.ScopeLink, time.Minute) // blocked by the minute (90312)
	case 45047:
		return slow(connector.ScopeThread, time.Minute)
	}
	return meaning{}, false
}
