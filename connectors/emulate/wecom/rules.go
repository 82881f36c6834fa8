package wecom

import "parley/connectors/emulate"

// Rules are what the platform insists on. The numbers are documents below
// developer.work.weixin.qq.com/document/path/.
func Rules() []emulate.Rule {
	return []emulate.Rule{
		{Name: "corporation", Says: "gettoken needs the corporation's ID.", Doc: "91039 获取access_token", Code: "40013"},
		{Name: "secret", Says: "gettoken needs the Secret of an application.", Doc: "91039 获取access_token", Code: "40001"},
		{Name: "no token", Says: "Every call carries an access token.", Doc: "90313 全局错误码", Code: "41001"},
		{Name: "wrong token", Says: "The access token is one the platform gave.", Doc: "90313 全局错误码", Code: "40014"},
		{Name: "old token", Says: "An access token lives 7200 seconds.", Doc: "91039 获取access_token", Code: "42001"},
		{Name: "another's token", Says: "A token of the application does not open customer service, nor the other way about.", Doc: "94638 微信客服概述", Code: "48002"},
		{Name: "json", Says: "The body is JSON.", Doc: "90313 全局错误码", Code: "47001"},
		{Name: "escapes", Says: "The JSON holds no \\u escapes.", Doc: "90313 全局错误码, 40033", Code: "40033"},

		{Name: "account", Says: "open_kfid is an account of the corporation.", Doc: "94670 接收消息和事件", Code: "95000"},
		{Name: "cursor", Says: "A cursor is one sync_msg gave, at most 64 bytes.", Doc: "94670 接收消息和事件", Code: "40058"},
		{Name: "page limit", Says: "limit is 1000 at most.", Doc: "94670 接收消息和事件", Code: "40058"},
		{Name: "nudge token", Says: "A callback's token is good for ten minutes.", Doc: "94670 接收消息和事件", Code: "95007"},
		{Name: "without a nudge", Says: "Without a callback's token sync_msg is limited strictly.", Doc: "94670 接收消息和事件", Code: "45009"},

		{Name: "customer", Says: "touser is a customer of the account.", Doc: "94677 发送消息", Code: "40003"},
		{Name: "message id", Says: "msgid is at most 32 bytes of letters, digits, _ and -.", Doc: "94677 发送消息", Code: "40058"},
		{Name: "type", Says: "msgtype is one of those documented.", Doc: "94677 发送消息", Code: "40008"},
		{Name: "empty text", Says: "A text is not empty.", Doc: "94677 发送消息", Code: "44004"},
		{Name: "long text", Says: "A text has 2048 bytes at most.", Doc: "94677 发送消息", Code: "45002"},
		{Name: "media id", Says: "media_id is one the platform gave in the last three days.", Doc: "90253 上传临时素材", Code: "40007"},
		{Name: "media type", Says: "media_id was uploaded as what it is sent as.", Doc: "90253 上传临时素材", Code: "40004"},
		{Name: "link", Says: "A link has title, an address of http and a picture.", Doc: "94677 发送消息, 图文链接", Code: "40058"},
		{Name: "mini-program", Says: "A mini-program card has appid, page and a picture.", Doc: "94677 发送消息, 小程序", Code: "40058"},
		{Name: "place", Says: "A place lies on the earth.", Doc: "94677 发送消息, 地理位置", Code: "40058"},
		{Name: "menu items", Says: "A menu has ten items at most.", Doc: "94677 发送消息, 菜单消息", Code: "95008"},
		{Name: "menu item", Says: "A menu item is click, view, miniprogram or text, within its lengths.", Doc: "94677 发送消息, 菜单消息", Code: "95009"},
		{Name: "window", Says: "Messages are sent within 48 hours of the customer's.", Doc: "94677 发送消息", Code: "95002"},
		{Name: "five messages", Says: "Five messages are sent after a customer's.", Doc: "94677 发送消息", Code: "95001"},
		{Name: "recall of service", Says: "A message of send_msg is taken back within two minutes, by the account that sent it; it still counts among the five.", Doc: "kf/recall_msg 撤回消息", Code: "40058"},
		{Name: "session", Says: "Messages are sent while the session is new or with the assistant.", Doc: "94677 发送消息", Code: "95018"},
		{Name: "event code", Says: "A code of an event is good once and for its time.", Doc: "95122 发送欢迎语等事件响应消息", Code: "40058"},
		{Name: "event type", Says: "An answer to an event is words or a menu.", Doc: "95122 发送欢迎语等事件响应消息", Code: "40008"},
		{Name: "transfer", Says: "A session only goes where the table of states lets it.", Doc: "94669 分配客服会话", Code: "95016"},
		{Name: "ended session", Says: "A session that has ended stays so until the customer writes.", Doc: "94669 分配客服会话", Code: "95013"},
		{Name: "servicer", Says: "A session is passed to a servicer of the account.", Doc: "94669 分配客服会话", Code: "95014"},

		{Name: "upload type", Says: "An upload is image, voice, video or file.", Doc: "90253 上传临时素材", Code: "40005"},
		{Name: "upload format", Says: "Pictures are JPG or PNG, voice is AMR, film is MP4.", Doc: "90253 上传临时素材", Code: "40004"},
		{Name: "upload size", Says: "Pictures have 10 MB at most, voice 2 MB, film 10 MB, files 20 MB, and none under 6 bytes.", Doc: "90253 上传临时素材", Code: "40006"},

		{Name: "agent", Says: "agentid is the application of the token.", Doc: "90236 发送应用消息", Code: "40056"},
		{Name: "member", Says: "touser is a member in the application's range.", Doc: "90236 发送应用消息", Code: "81013"},
		{Name: "card", Says: "A text card has title, description and address.", Doc: "90236 发送应用消息, 文本卡片", Code: "40058"},
		{Name: "template card", Says: "A card with buttons has a title, a task_id of its own and one to six buttons.", Doc: "90236 发送应用消息, 按钮交互型", Code: "40058"},
		{Name: "recall", Says: "An application's message is taken back within 24 hours.", Doc: "94867 撤回应用消息", Code: "40058"},

		{Name: "menu agent", Says: "agentid is the application of the token.", Doc: "90231 创建菜单", Code: "40056"},
		{Name: "menu size", Says: "A menu has one to three entries.", Doc: "90231 创建菜单", Code: "40016"},
		{Name: "menu below", Says: "Five entries stand below one at most.", Doc: "90231 创建菜单", Code: "40023"},
		{Name: "menu levels", Says: "A menu has two levels.", Doc: "90313 全局错误码, 40022", Code: "40022"},
		{Name: "menu name", Says: "A name is not empty and has 16 bytes at most.", Doc: "90231 创建菜单", Code: "40018"},
		{Name: "menu name below", Says: "Below another it has 40 bytes at most.", Doc: "90231 创建菜单", Code: "40025"},
		{Name: "menu type", Says: "An entry is of a documented type.", Doc: "90231 创建菜单", Code: "40017"},
		{Name: "menu type below", Says: "So is one below another.", Doc: "90231 创建菜单", Code: "40024"},
		{Name: "menu key", Says: "An entry that tells the application has a key of 128 bytes at most.", Doc: "90231 创建菜单", Code: "40019"},
		{Name: "menu key below", Says: "So has one below another.", Doc: "90231 创建菜单", Code: "40026"},
		{Name: "menu address", Says: "An entry that opens a page has an address of 1024 bytes at most.", Doc: "90231 创建菜单", Code: "40020"},
		{Name: "menu address below", Says: "So has one below another.", Doc: "90231 创建菜单", Code: "40027"},
		{Name: "menu scheme", Says: "An address begins with http:// or https://.", Doc: "90313 全局错误码, 40055", Code: "40055"},
		{Name: "menu scheme below", Says: "So does one below another.", Doc: "90313 全局错误码, 40054", Code: "40054"},
		{Name: "menu page", Says: "An entry that opens a mini-program has its appid and page.", Doc: "90231 创建菜单", Code: "40058"},
		{Name: "menu unset", Says: "A menu can be read once one was set.", Doc: "90313 全局错误码, 46003", Code: "46003"},

		{Name: "group", Says: "chat_id is a customer group.", Doc: "92122 获取客户群详情", Code: "40058"},
		{Name: "group sender", Says: "A group send is of the group's owner.", Doc: "92135 创建企业群发", Code: "40003"},
	}
}
