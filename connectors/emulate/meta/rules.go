package meta

import "parley/connectors/emulate"

// The documents the rules come from, at developers.facebook.com/documentation.
const (
	docGraph     = "Graph API: Handling errors; Securing requests"
	docCloud     = "WhatsApp Cloud API: Messages"
	docCodes     = "WhatsApp Cloud API: Error codes"
	docButtons   = "WhatsApp Cloud API: Interactive reply buttons"
	docList      = "WhatsApp Cloud API: Interactive list"
	docCTA       = "WhatsApp Cloud API: Interactive call to action"
	docMedia     = "WhatsApp Cloud API: Media"
	docTemplates = "WhatsApp Cloud API: Template messages"
	docPace      = "WhatsApp Cloud API: Throughput"
	docSend      = "Messenger Platform: Send API"
	docQuick     = "Messenger Platform: Quick replies"
	docButton    = "Messenger Platform: Button template"
	docGeneric   = "Messenger Platform: Generic template"
	docUpload    = "Messenger Platform: Attachment Upload API"
	docWindow    = "Messenger Platform: Message tags, Human Agent"
	docRouting   = "Messenger Platform: Conversation control"
	docInstagram = "Instagram Messaging: Send a message"
	docHook      = "Graph API: Webhooks, getting started"
	docLogin     = "Facebook Login: Manually Build a Login Flow"
	docBusiness  = "Facebook Login for Business"
	docLong      = "Facebook Login: Long-Lived Access Tokens"
	docScopes    = "Graph API: Permissions Reference"
)

// Rules are what the platform insists on.
func Rules() []emulate.Rule {
	return []emulate.Rule{
		{Name: "token", Says: "Every call carries a token that is valid.", Doc: docGraph, Code: "190"},
		{Name: "app secret proof", Says: "Every call proves that the app itself makes it.", Doc: docGraph, Code: "100"},
		{Name: "object", Says: "An object must exist and be open to the token.", Doc: docGraph, Code: "100/33"},

		{Name: "product", Says: "A message names its product, whatsapp.", Doc: docCloud, Code: "100"},
		{Name: "recipient", Says: "A message names whom it is for.", Doc: docCodes, Code: "131008"},
		{Name: "to itself", Says: "A number writes to others only.", Doc: docCodes, Code: "131021"},
		{Name: "type", Says: "A message has one of the known types.", Doc: docCodes, Code: "131051"},
		{Name: "content", Says: "A message has the content its type names.", Doc: docCodes, Code: "131008"},
		{Name: "text length", Says: "A text has at most 4096 characters.", Doc: docCloud, Code: "100"},
		{Name: "callback data", Says: "What states are to repeat has at most 512 characters.", Doc: docCloud, Code: "131009"},
		{Name: "context", Says: "An answer names a message of the chat.", Doc: docCloud, Code: "131009"},
		{Name: "reaction target", Says: "A reaction names a message of the chat.", Doc: docCloud, Code: "131009"},
		{Name: "read target", Says: "Only a message that came in can be marked as read.", Doc: docCloud, Code: "131009"},
		{Name: "typing", Says: "The only typing indicator is of text.", Doc: docCloud, Code: "131009"},
		{Name: "buttons", Says: "A message has one to three reply buttons.", Doc: docButtons, Code: "131009"},
		{Name: "button title", Says: "A button's title has at most 20 characters.", Doc: docButtons, Code: "131009"},
		{Name: "button twice", Says: "Ids and titles of buttons differ.", Doc: docButtons, Code: "131009"},
		{Name: "body", Says: "The body of buttons has at most 1024 characters.", Doc: docButtons, Code: "131009"},
		{Name: "footer", Says: "A footer has at most 60 characters.", Doc: docButtons, Code: "131009"},
		{Name: "rows", Says: "A list has one to ten rows in all.", Doc: docList, Code: "131009"},
		{Name: "row title", Says: "A row's title has at most 24 characters, its description 72.", Doc: docList, Code: "131009"},
		{Name: "section title", Says: "Each of several sections has a title.", Doc: docList, Code: "131009"},
		{Name: "call to action", Says: "A call to action has a label of at most 20 characters and an address.", Doc: docCTA, Code: "131008"},
		{Name: "media id", Says: "A file was uploaded to the number that sends it.", Doc: docMedia, Code: "131009"},
		{Name: "media caption", Says: "Sounds and stickers have no caption, others one of 1024 characters.", Doc: docMedia, Code: "131009"},
		{Name: "media type", Says: "A file has one of the listed types.", Doc: docMedia, Code: "100"},
		{Name: "media size", Says: "A picture has at most 5 MB, a film or sound 16, a document 100.", Doc: docMedia, Code: "131053"},
		{Name: "template name", Says: "A template is approved in the language asked for.", Doc: docTemplates, Code: "132001"},
		{Name: "template count", Says: "Every variable of a template is filled in.", Doc: docTemplates, Code: "132000"},
		{Name: "template form", Says: "A header's variable is of the kind it was approved with.", Doc: docTemplates, Code: "132012"},
		{Name: "template place", Says: "A header that is a map has name, address, latitude and longitude.", Doc: docTemplates, Code: "132012"},
		{Name: "template code", Says: "A code to copy has 1 to 15 characters.", Doc: docTemplates, Code: "132012"},
		{Name: "template line", Says: "A variable holds no line break.", Doc: docTemplates, Code: "132018"},
		{Name: "pair rate", Says: "About one message in six seconds goes to one customer, after a burst of 45.", Doc: docPace, Code: "131056"},
		{Name: "throughput", Says: "A number sends at most 80 messages a second.", Doc: docPace, Code: "130429"},
		{Name: "window", Says: "Without a template a customer is answered for 24 hours; later messages are taken and fail.", Doc: docCodes, Code: "131047"},
		{Name: "undeliverable", Says: "A message to a number without WhatsApp is taken and fails.", Doc: docCodes, Code: "131026"},

		{Name: "page token", Says: "A page speaks with its own token.", Doc: docSend, Code: "190"},
		{Name: "person", Says: "A page writes to people who wrote to it.", Doc: docSend, Code: "100/2018001"},
		{Name: "blocked", Says: "Nobody writes to a person who blocked the page.", Doc: docSend, Code: "551/1545041"},
		{Name: "messaging type", Says: "A message says why it is sent.", Doc: docSend, Code: "100"},
		{Name: "message", Says: "A message has a text or an attachment, not both.", Doc: docSend, Code: "100"},
		{Name: "page text length", Says: "A text on Messenger has at most 2000 characters.", Doc: docSend, Code: "100"},
		{Name: "instagram text length", Says: "A text on Instagram has at most 1000 bytes.", Doc: docInstagram, Code: "100"},
		{Name: "metadata", Says: "Metadata has at most 1000 characters.", Doc: docSend, Code: "100"},
		{Name: "quick replies", Says: "A message has at most 13 quick replies.", Doc: docQuick, Code: "100"},
		{Name: "quick reply title", Says: "A quick reply's title has at most 20 characters.", Doc: docQuick, Code: "100"},
		{Name: "button template", Says: "A button template has 640 characters and one to three buttons.", Doc: docButton, Code: "100"},
		{Name: "generic template", Says: "A generic template has one to ten elements with titles of 80 characters.", Doc: docGeneric, Code: "100"},
		{Name: "attachment", Says: "An attachment was uploaded to the page.", Doc: docUpload, Code: "100/2018074"},
		{Name: "attachment type", Says: "An attachment is of the kind it is said to be.", Doc: docUpload, Code: "100/2018047"},
		{Name: "attachment size", Says: "A picture has at most 8 MB, all else 25.", Doc: docUpload, Code: "100/2018109"},
		{Name: "reply to", Says: "An answer names a message of the conversation.", Doc: docSend, Code: "100"},
		{Name: "page window", Says: "A page answers for 24 hours, a person for seven days by tag.", Doc: docWindow, Code: "10/2018278"},
		{Name: "instagram window", Says: "An Instagram account answers for 24 hours, a person for seven days by tag.", Doc: docWindow, Code: "10/2534022"},
		{Name: "thread control", Says: "Only the app that has a conversation speaks in it.", Doc: docRouting, Code: "10/2018300"},
		{Name: "reaction", Says: "Instagram lets an app give the heart alone.", Doc: docInstagram, Code: "100"},
		{Name: "page rate", Says: "A page makes so many calls in a second.", Doc: docSend, Code: "613"},

		{Name: "dialog app", Says: "A dialog is for an app there is.", Doc: docLogin, Code: "Invalid App ID"},
		{Name: "dialog redirect", Says: "A dialog leads back only to an address entered for the app, letter by letter.", Doc: docLogin, Code: "URL Blocked"},
		{Name: "dialog scope", Says: "A dialog asks for permissions there are.", Doc: docLogin, Code: "Invalid Scopes"},
		{Name: "dialog configuration", Says: "A configuration belongs to the app.", Doc: docBusiness, Code: "Invalid configuration"},
		{Name: "code app", Says: "A code is exchanged by an app there is.", Doc: docLogin, Code: "101"},
		{Name: "code secret", Says: "A code is exchanged by whoever has the app's secret.", Doc: docLogin, Code: "1"},
		{Name: "code", Says: "A code is one the dialog led back with.", Doc: docLogin, Code: "100"},
		{Name: "code redirect", Says: "A code is exchanged with the very address the dialog led back to.", Doc: docLogin, Code: "100/36008"},
		{Name: "code once", Says: "A code counts once.", Doc: docLogin, Code: "100/36009"},
		{Name: "code life", Says: "A code counts for ten minutes.", Doc: docLogin, Code: "100/36007"},
		{Name: "token life", Says: "A user's token ends in an hour or two; exchanged, in sixty days.", Doc: docLong, Code: "190/463"},
		{Name: "token exchange", Says: "Only a token that counts is exchanged for a longer one.", Doc: docLong, Code: "190/463"},
		{Name: "app removed", Says: "Whoever takes the app out of their integrations ends all it was given, the tokens of pages, too.", Doc: docGraph, Code: "190/458"},
		{Name: "permission to subscribe", Says: "A page is subscribed with pages_manage_metadata.", Doc: docScopes, Code: "200"},
		{Name: "permission to message", Says: "A page writes with pages_messaging, its Instagram account with instagram_manage_messages.", Doc: docScopes, Code: "230"},
		{Name: "verification", Says: "An address gets callbacks once it has repeated a challenge.", Doc: docHook, Code: "2200"},
	}
}
