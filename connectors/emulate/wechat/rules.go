package wechat

import "parley/connectors/emulate"

// The documents the rules come from.
const (
	docToken    = "https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken"
	docCodes    = "https://developers.weixin.qq.com/doc/oplatform/Return_codes/Return_code_descriptions_new.html"
	docCustom   = "https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage"
	docMini     = "https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/customer-message/api_send_msg_custom.html"
	docTyping   = "https://developers.weixin.qq.com/doc/service/api/customer/message/api_typing"
	docMaterial = "https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia"
	docMenu     = "https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu"
	docTemplate = "https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage"
	docNotice   = "https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg"
	docPassive  = "https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html"
)

// Rules is everything the platform insists on; its test breaks each once.
func Rules() []emulate.Rule {
	return []emulate.Rule{
		{Name: "app id", Says: "The AppID must be known.", Doc: docToken, Code: "40013"},
		{Name: "secret", Says: "The AppSecret must fit the AppID.", Doc: docToken, Code: "40125"},
		{Name: "whitelist", Says: "Tokens are given to addresses on the IP whitelist only.", Doc: docToken, Code: "40164"},
		{Name: "force interval", Says: "A token is made anew by force once in 30 seconds, 20 times a day.", Doc: docToken, Code: "45009"},
		{Name: "token missing", Says: "Every call carries an access token.", Doc: docCodes, Code: "41001"},
		{Name: "token wrong", Says: "The access token must be one that was given.", Doc: docCodes, Code: "40001"},
		{Name: "token old", Says: "An access token counts 7200 seconds.", Doc: docToken, Code: "42001"},
		{Name: "method", Says: "What changes something is posted.", Doc: docCodes, Code: "43002"},
		{Name: "empty body", Says: "A post has a body.", Doc: docCodes, Code: "44002"},
		{Name: "JSON", Says: "The body is JSON.", Doc: docCodes, Code: "47001"},
		{Name: "escapes", Says: "The body has no \\u escapes.", Doc: docCodes, Code: "40033"},
		{Name: "minute quota", Says: "Calls are limited by the minute.", Doc: docCodes, Code: "45011"},
		{Name: "permission", Says: "Customer-service messages need a verified account.", Doc: docCustom, Code: "48001"},
		{Name: "openid", Says: "The customer must be known to the account.", Doc: docCustom, Code: "40003"},
		{Name: "window", Says: "A customer may be written to for 48 hours after their message, for one minute after a menu, a scan or following.", Doc: docCustom, Code: "45015"},
		{Name: "count", Says: "5 messages follow a message, 3 a menu, scan or following, 2 the opening of a mini-program's chat; counts do not add up.", Doc: docCustom, Code: "45047"},
		{Name: "msgtype", Says: "The message is of a kind that can be sent.", Doc: docCustom, Code: "40008"},
		{Name: "empty text", Says: "A text has content.", Doc: docCodes, Code: "44004"},
		{Name: "long text", Says: "A text has 2048 bytes at most.", Doc: docCodes, Code: "45002"},
		{Name: "media id", Says: "Material must be there, and is for three days.", Doc: docMaterial, Code: "40007"},
		{Name: "media kind", Says: "Material is used as what it is.", Doc: docCodes, Code: "40004"},
		{Name: "articles", Says: "News have one article.", Doc: docCustom, Code: "45008"},
		{Name: "menu message", Says: "Menu messages are for verified service accounts.", Doc: docCustom, Code: "40200"},
		{Name: "required", Says: "Required fields are there.", Doc: docMini, Code: "47003"},
		{Name: "typing command", Says: "The command is Typing or CancelTyping.", Doc: docTyping, Code: "45072"},
		{Name: "typing recent", Says: "Something passed between customer and account in the last 30 seconds.", Doc: docTyping, Code: "45080"},
		{Name: "typing again", Says: "The sign of typing is not shown twice.", Doc: docTyping, Code: "45081"},
		{Name: "upload type", Says: "Material is image, voice, video or thumb.", Doc: docMaterial, Code: "40004"},
		{Name: "upload file", Says: "The form has a file called media, with its length.", Doc: docMaterial, Code: "41005"},
		{Name: "upload empty", Says: "The file is not empty.", Doc: docCodes, Code: "44001"},
		{Name: "upload format", Says: "Pictures are JPEG, PNG or GIF, recordings AMR or MP3, videos MP4.", Doc: docMaterial, Code: "40005"},
		{Name: "image size", Says: "A picture has 10 MB at most.", Doc: docMaterial, Code: "40009"},
		{Name: "voice size", Says: "A recording has 2 MB at most.", Doc: docMaterial, Code: "40010"},
		{Name: "video size", Says: "A video has 10 MB at most.", Doc: docMaterial, Code: "40011"},
		{Name: "menu size", Says: "A menu has one to three buttons.", Doc: docMenu, Code: "40016"},
		{Name: "menu name", Says: "A button has a name of 16 bytes, below one of 60 bytes.", Doc: docMenu, Code: "40018"},
		{Name: "menu key", Says: "A click has a key of 128 bytes at most.", Doc: docMenu, Code: "40019"},
		{Name: "menu url", Says: "A view has an address of 1024 bytes at most.", Doc: docMenu, Code: "40020"},
		{Name: "menu below", Says: "A button has five below it at most.", Doc: docMenu, Code: "40023"},
		{Name: "menu type", Says: "A button is of a known type.", Doc: docMenu, Code: "40119"},
		{Name: "no menu", Says: "A menu is read when there is one.", Doc: docMenu, Code: "46003"},
		{Name: "template", Says: "The template must be the account's.", Doc: docTemplate, Code: "40037"},
		{Name: "program", Says: "A template opens a mini-program bound to the account.", Doc: docTemplate, Code: "40013"},
		{Name: "follows", Says: "Templates go to those who follow.", Doc: docTemplate, Code: "43004"},
		{Name: "agreed", Says: "Notifications go to those who agreed, once for each time.", Doc: docNotice, Code: "43101"},
	}
}
