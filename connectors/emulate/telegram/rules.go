package telegram

import "parley/connectors/emulate"

const (
	docs   = "https://core.telegram.org/bots/api#"
	server = "https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/"
)

// Rules are what the platform insists on. Code is the answer: error_code and
// description; "" where breaking the rule is answered by no error.
func Rules() []emulate.Rule {
	return []emulate.Rule{
		{Name: "token", Says: "Every call names the token of a bot.", Doc: docs + "authorizing-your-bot", Code: "401 Unauthorized"},
		{Name: "method", Says: "Only methods of the Bot API can be called.", Doc: server + "Client.cpp", Code: "404 Not Found: method not found"},
		{Name: "chat_id", Says: "A message needs a chat.", Doc: server + "Client.cpp", Code: "400 Bad Request: chat_id is empty"},
		{Name: "chat known", Says: "The chat must be known to the bot.", Doc: server + "Client.cpp", Code: "400 Bad Request: chat not found"},
		{Name: "customer first", Says: "A bot cannot begin a conversation with a user.", Doc: "https://core.telegram.org/bots/faq", Code: "403 Forbidden: bot can't initiate conversation with a user"},
		{Name: "blocked", Says: "A bot that was blocked reaches nobody.", Doc: server + "Client.cpp", Code: "403 Forbidden: bot was blocked by the user"},
		{Name: "deactivated", Says: "A deleted account cannot be written to.", Doc: server + "Client.cpp", Code: "403 Forbidden: user is deactivated"},
		{Name: "kicked", Says: "A bot writes only to groups it is in.", Doc: server + "Client.cpp", Code: "403 Forbidden: bot was kicked from the group chat"},
		{Name: "migrated", Says: "A group that became a supergroup has another id, which the answer tells.", Doc: docs + "responseparameters", Code: "400 Bad Request: group chat was upgraded to a supergroup chat"},
		{Name: "topic known", Says: "A topic must exist.", Doc: server + "Client.cpp", Code: "400 Bad Request: message thread not found"},
		{Name: "text empty", Says: "A text has 1 character at least.", Doc: docs + "sendmessage", Code: "400 Bad Request: message text is empty"},
		{Name: "text length", Says: "A text has 4096 UTF-16 units at most.", Doc: docs + "sendmessage", Code: "400 Bad Request: message is too long"},
		{Name: "caption length", Says: "A caption has 1024 UTF-16 units at most.", Doc: docs + "sendphoto", Code: "400 Bad Request: message caption is too long"},
		{Name: "entities", Says: "Entities lie within the text.", Doc: docs + "messageentity", Code: "400 Bad Request: entity beyond the end of the text"},
		{Name: "callback data", Says: "callback_data has 1 to 64 bytes.", Doc: docs + "inlinekeyboardbutton", Code: "400 Bad Request: BUTTON_DATA_INVALID"},
		{Name: "button url", Says: "A button opens an http, https or tg address.", Doc: docs + "inlinekeyboardbutton", Code: "400 Bad Request: BUTTON_URL_INVALID"},
		{Name: "button type", Says: "An inline button has exactly one use.", Doc: server + "Client.cpp", Code: "400 Bad Request: Text buttons are unallowed in the inline keyboard"},
		{Name: "buttons", Says: "An inline keyboard has 100 buttons at most.", Doc: "https://limits.tginfo.me", Code: "400 Bad Request: reply markup is too long"},
		{Name: "file missing", Says: "A method that sends a file needs one.", Doc: server + "Client.cpp", Code: "400 Bad Request: there is no photo in the request"},
		{Name: "upload size", Says: "A file has 50 MB at most; 2000 MB at a server in local mode.", Doc: docs + "sending-files", Code: "413 Request Entity Too Large"},
		{Name: "photo size", Says: "A photo has 10 MB at most.", Doc: docs + "sendphoto", Code: "400 Bad Request: file is too big for a photo; the maximum size is 10485760 bytes"},
		{Name: "download size", Says: "getFile gives files of up to 20 MB; of any size in local mode.", Doc: docs + "getfile", Code: "400 Bad Request: file is too big"},
		{Name: "file_id", Says: "A file_id must be one the bot was given.", Doc: server + "Client.cpp", Code: "400 Bad Request: wrong file_id or the file is temporarily unavailable"},
		{Name: "face of whom", Says: "getUserProfilePhotos shows the pictures of users the bot knows.", Doc: server + "Client.cpp", Code: "400 Bad Request: user not found"},
		{Name: "album size", Says: "An album has 10 messages at most.", Doc: docs + "sendmediagroup", Code: "400 Bad Request: Too many messages to send as an album"},
		{Name: "album of documents", Says: "Documents make an album with documents only.", Doc: docs + "sendmediagroup", Code: "400 Bad Request: Document can't be mixed with other media types"},
		{Name: "album of audio", Says: "Audio files make an album with audio files only.", Doc: docs + "sendmediagroup", Code: "400 Bad Request: Audio can't be mixed with other media types"},
		{Name: "album file", Says: "A file of an album is one that is there, or comes along under the name after attach://.", Doc: docs + "inputmediaphoto", Code: "400 Bad Request: can't parse InputMedia: media not found"},
		{Name: "voice forbidden", Says: "A user may refuse voice messages.", Doc: docs + "chatfullinfo", Code: "400 Bad Request: VOICE_MESSAGES_FORBIDDEN"},
		{Name: "reply target", Says: "A reply needs its message, unless allow_sending_without_reply.", Doc: docs + "replyparameters", Code: "400 Bad Request: message to be replied not found"},
		{Name: "edit target", Says: "The message to edit must exist.", Doc: server + "Client.cpp", Code: "400 Bad Request: message to edit not found"},
		{Name: "edit own", Says: "A bot edits its own messages only.", Doc: docs + "editmessagetext", Code: "400 Bad Request: message can't be edited"},
		{Name: "edit text", Says: "editMessageText needs a text to edit.", Doc: docs + "editmessagetext", Code: "400 Bad Request: there is no text in the message to edit"},
		{Name: "edit changes", Says: "An edit must change something.", Doc: server + "Client.cpp", Code: "400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"},
		{Name: "delete target", Says: "The message to delete must exist.", Doc: server + "Client.cpp", Code: "400 Bad Request: message to delete not found"},
		{Name: "delete time", Says: "A message can be deleted for 48 hours.", Doc: docs + "deletemessage", Code: "400 Bad Request: message can't be deleted"},
		{Name: "reaction", Says: "A reaction is one of the listed emoji.", Doc: docs + "reactiontypeemoji", Code: "400 Bad Request: REACTION_INVALID"},
		{Name: "reaction target", Says: "The message to react to must exist.", Doc: server + "Client.cpp", Code: "400 Bad Request: message to react not found"},
		{Name: "callback query", Says: "A callback query is answered once it is there, and soon.", Doc: docs + "answercallbackquery", Code: "400 Bad Request: query is too old and response timeout expired or query ID is invalid"},
		{Name: "chat action", Says: "The action must be known.", Doc: docs + "sendchataction", Code: "400 Bad Request: wrong parameter action in request"},
		{Name: "commands", Says: "A command has 1 to 32 lower case letters, digits and underscores.", Doc: docs + "botcommand", Code: "400 Bad Request: BOT_COMMAND_INVALID"},
		{Name: "business connection", Says: "A call for a business account names its connection.", Doc: docs + "businessconnection", Code: "400 Bad Request: BUSINESS_CONNECTION_INVALID"},
		{Name: "business window", Says: "A business chat is open for 24 hours after the customer's message.", Doc: docs + "businessbotrights", Code: "400 Bad Request: BUSINESS_PEER_USAGE_MISSING"},
		{Name: "webhook https", Says: "A webhook is https; http too in local mode.", Doc: docs + "setwebhook", Code: "400 Bad Request: bad webhook: An HTTPS URL must be provided for webhook"},
		{Name: "webhook port", Says: "A webhook listens on port 443, 80, 88 or 8443; on any in local mode.", Doc: docs + "setwebhook", Code: "400 Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"},
		{Name: "secret length", Says: "A secret token has 256 characters at most.", Doc: docs + "setwebhook", Code: "400 Bad Request: secret token is too long"},
		{Name: "secret characters", Says: "A secret token is of A-Z, a-z, 0-9, _ and -.", Doc: docs + "setwebhook", Code: "400 Bad Request: secret token contains unallowed characters"},
		{Name: "webhook or polling", Says: "getUpdates does not work while a webhook is set.", Doc: docs + "getupdates", Code: "409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"},
		{Name: "one poller", Says: "A getUpdates call ends the one before it.", Doc: server + "Client.cpp", Code: "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"},
		{Name: "flood", Says: "About one message a second goes to one chat, 20 a minute to a group.", Doc: "https://core.telegram.org/bots/faq", Code: "429 Too Many Requests: retry after"},
		{Name: "secret sent", Says: "Every webhook request carries the secret token.", Doc: docs + "setwebhook"},
		{Name: "repeats", Says: "An update is posted again, after 0, 2, 4… up to 60 seconds, until it is answered 2xx; a Retry-After is kept.", Doc: server + "WebhookActor.cpp"},
		{Name: "order", Says: "Updates of one chat are posted one after the other.", Doc: server + "WebhookActor.cpp"},
		{Name: "kept", Says: "Updates are kept for 24 hours.", Doc: docs + "getting-updates"},
		{Name: "offset", Says: "An offset makes the server forget all updates before it.", Doc: docs + "getupdates"},
		{Name: "allowed updates", Says: "message_reaction is only sent to a bot that asked for it.", Doc: docs + "update"},
		{Name: "answer in response", Says: "The response to a webhook may carry a call.", Doc: docs + "making-requests-when-getting-updates"},
	}
}
