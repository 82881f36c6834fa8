package line

import (
	"net/http"

	"parley/connectors/emulate"
)

const reference = "https://developers.line.biz/en/reference/messaging-api/"

// rules is what LINE insists on. The code is the message of its answer: LINE has
// no others. Where the document gives no wording, it is a likely one.
var rules = []emulate.Rule{
	{Name: "grant", Says: "A stateless token is issued for the grant client_credentials.", Doc: reference + "#issue-stateless-channel-access-token", Code: "unsupported_grant_type"},
	{Name: "credentials", Says: "A stateless token is issued for the channel's id and secret.", Doc: reference + "#issue-stateless-channel-access-token", Code: "invalid_client"},
	{Name: "authorization", Says: "Every call carries a channel access token.", Doc: reference + "#status-codes", Code: "Authentication failed due to the following reason: invalid token. Confirm that the access token in the authorization header is valid."},
	{Name: "token life", Says: "A stateless token lives 15 minutes.", Doc: "https://developers.line.biz/en/docs/basics/channel-access-token/", Code: "Authentication failed due to the following reason: expired token. Confirm that the access token in the authorization header is valid."},
	{Name: "json", Says: "The body is JSON.", Doc: reference + "#error-responses", Code: "The request body could not be parsed as JSON"},
	{Name: "rate", Says: "An operation is called 2,000 times a second at most, the loading animation 100 times.", Doc: reference + "#rate-limits", Code: "The API rate limit has been exceeded. Try again later."},
	{Name: "count", Says: "A call carries one to five messages.", Doc: reference + "#send-push-message", Code: "Size must be between 1 and 5"},
	{Name: "recipient", Says: "A message is pushed to the id of a user, group or room of this provider.", Doc: reference + "#send-push-message", Code: "The property, 'to', in the request body is invalid (line: -, column: -)"},
	{Name: "reply token", Says: "A reply token is one a callback carried.", Doc: reference + "#send-reply-message", Code: "Invalid reply token"},
	{Name: "reply once", Says: "A reply token is good for one reply.", Doc: reference + "#send-reply-message", Code: "Invalid reply token"},
	{Name: "reply life", Says: "A reply token is used within a minute of its callback.", Doc: reference + "#send-reply-message", Code: "Invalid reply token"},
	{Name: "retry key form", Says: "A retry key is a UUID in hexadecimal.", Doc: "https://developers.line.biz/en/docs/messaging-api/retrying-api-request/", Code: "The retry key is invalid"},
	{Name: "retry key place", Says: "Only push, multicast, narrowcast and broadcast take a retry key.", Doc: "https://developers.line.biz/en/docs/messaging-api/retrying-api-request/", Code: "The retry key is not allowed for this endpoint"},
	{Name: "retry key once", Says: "A retry key is accepted once in 24 hours; the repetition is answered 409 with what was sent.", Doc: "https://developers.line.biz/en/docs/messaging-api/retrying-api-request/", Code: "The retry key is already accepted"},
	{Name: "monthly", Says: "Pushed messages count towards the plan's month, replies do not.", Doc: "https://developers.line.biz/en/docs/messaging-api/pricing/", Code: "You have reached your monthly limit."},
	{Name: "type", Says: "A message is of a documented type.", Doc: reference + "#message-objects", Code: "Must be one of the following values: text, textV2, image, video, audio, location, sticker, template, imagemap, flex, coupon"},
	{Name: "text", Says: "A text is not empty.", Doc: reference + "#text-message", Code: "May not be empty"},
	{Name: "text length", Says: "A text has 5,000 UTF-16 units at most.", Doc: "https://developers.line.biz/en/docs/messaging-api/text-character-count/", Code: "Length must be between 0 and 5000"},
	{Name: "quote", Says: "A quote token is one of this account's chats.", Doc: reference + "#text-message", Code: "Invalid quote token"},
	{Name: "https", Says: "Content lies at an https address.", Doc: reference + "#image-message", Code: "Must be a valid HTTPS URL"},
	{Name: "address length", Says: "An address of content has 2,000 characters at most.", Doc: reference + "#image-message", Code: "Length must be between 0 and 2000"},
	{Name: "preview", Says: "A picture and a film have a preview picture.", Doc: reference + "#video-message", Code: "May not be empty"},
	{Name: "duration", Says: "A sound tells its length in milliseconds.", Doc: reference + "#audio-message", Code: "Must be greater than 0"},
	{Name: "place", Says: "A place has title and address.", Doc: reference + "#location-message", Code: "May not be empty"},
	{Name: "place length", Says: "Title and address of a place have 100 characters at most.", Doc: reference + "#location-message", Code: "Length must be between 0 and 100"},
	{Name: "sticker", Says: "A sticker is of a set accounts may send.", Doc: "https://developers.line.biz/en/docs/messaging-api/sticker-list/", Code: "invalid value"},
	{Name: "quick count", Says: "A message has 13 quick replies at most.", Doc: reference + "#items-object", Code: "Size must be between 1 and 13"},
	{Name: "label", Says: "The label of a quick reply has 20 characters at most, of a button 40.", Doc: reference + "#action-objects", Code: "Length must be between 1 and"},
	{Name: "data", Says: "The data of a postback has 300 characters at most and is not empty.", Doc: reference + "#postback-action", Code: "Length must be between 1 and 300"},
	{Name: "uri", Says: "An address to open begins with http, https, line or tel and has 1,000 characters at most.", Doc: reference + "#uri-action", Code: "Invalid action URI"},
	{Name: "action", Says: "An action is of a documented type; a location is asked for by quick replies only.", Doc: reference + "#action-objects", Code: "Invalid action type"},
	{Name: "alt", Says: "A flex message has an alternative text of 1,500 characters at most.", Doc: reference + "#flex-message", Code: "Length must be between 1 and 1500"},
	{Name: "flex", Says: "A bubble's boxes hold documented components, and no text in them is empty.", Doc: reference + "#flex-message-elements", Code: "must be non-empty text"},
	{Name: "flex size", Says: "A bubble has 30 KB at most.", Doc: reference + "#bubble", Code: "The bubble is too large"},
	{Name: "sender", Says: "A sender's name has 20 characters at most and does not hold LINE's.", Doc: reference + "#icon-nickname-switch", Code: "Invalid sender name"},
	{Name: "loading chat", Says: "The loading animation is shown to one user.", Doc: reference + "#display-a-loading-indicator", Code: "The property, 'chatId', in the request body is invalid"},
	{Name: "loading time", Says: "The loading animation runs 5 to 60 seconds, a multiple of 5.", Doc: reference + "#display-a-loading-indicator", Code: "The property, 'loadingSeconds', in the request body is invalid"},
	{Name: "read token", Says: "A message is marked as read by the token it came with.", Doc: reference + "#mark-as-read", Code: "Invalid markAsReadToken"},
	{Name: "stranger", Says: "A profile is shown of friends only.", Doc: reference + "#get-profile", Code: "Not found"},
	{Name: "member", Says: "The profile of a member is shown of those who are in the group.", Doc: reference + "#get-group-member-profile", Code: "Not found"},
	{Name: "content", Says: "Content is kept for a while after it was sent, and taken off when it is unsent.", Doc: reference + "#get-content", Code: "Not found"},
	{Name: "menu size", Says: "A rich menu is 800 to 2500 pixels wide, 250 high at least, and 1.45 times as wide as high at least.", Doc: reference + "#create-rich-menu", Code: "Invalid rich menu size"},
	{Name: "menu name", Says: "A rich menu has a name of 300 characters at most.", Doc: reference + "#rich-menu-object", Code: "Length must be between 1 and 300"},
	{Name: "menu bar", Says: "The bar of a rich menu has a text of 14 characters at most.", Doc: reference + "#rich-menu-object", Code: "Length must be between 1 and 14"},
	{Name: "menu areas", Says: "A rich menu has 20 areas at most.", Doc: reference + "#rich-menu-object", Code: "Size must be between 0 and 20"},
	{Name: "menu bounds", Says: "An area lies within the rich menu.", Doc: reference + "#bounds-object", Code: "The area is out of bounds"},
	{Name: "menu rate", Says: "100 rich menus are made, and deleted, in an hour.", Doc: reference + "#rate-limits", Code: "The API rate limit has been exceeded. Try again later."},
	{Name: "menu known", Says: "A rich menu is one of the account's.", Doc: reference + "#get-rich-menu", Code: "richmenu not found"},
	{Name: "menu picture type", Says: "The picture of a rich menu is JPEG or PNG.", Doc: reference + "#upload-rich-menu-image", Code: "Unsupported media type"},
	{Name: "menu picture bytes", Says: "The picture of a rich menu has 1 MB at most.", Doc: reference + "#upload-rich-menu-image", Code: "Request Entity Too Large"},
	{Name: "menu picture fits", Says: "The picture of a rich menu has its width and height.", Doc: reference + "#upload-rich-menu-image", Code: "The image size does not match the rich menu"},
	{Name: "menu picture once", Says: "The picture of a rich menu cannot be replaced.", Doc: reference + "#upload-rich-menu-image", Code: "An image has already been uploaded to the richmenu"},
	{Name: "menu without picture", Says: "A rich menu is shown once it has its picture.", Doc: reference + "#set-default-rich-menu", Code: "must upload richmenu image before applying it to user"},
	{Name: "menu default", Says: "The default rich menu can be read once one was set by the API.", Doc: reference + "#get-default-rich-menu-id", Code: "no default richmenu"},
	{Name: "hook address", Says: "Callbacks go to an https address of 500 characters at most.", Doc: reference + "#set-webhook-endpoint-url", Code: "Invalid webhook endpoint URL"},
	{Name: "hook set", Says: "A callback address is tested when one is set.", Doc: reference + "#test-webhook-endpoint", Code: "Not found"},
}

// Rules is the table of rules.
func Rules() []emulate.Rule { return rules }

// refusal is an answer that breaks a rule.
type refusal struct {
	rule     string
	status   int
	property string // the field, for "The request body has 1 error(s)"
	more     string // behind the rule's code
	sent     []sentMessage
}

func (r *refusal) code() string {
	for _, rule := range rules {
		if rule.Name == r.rule {
			return rule.Code + r.more
		}
	}
	panic("line: no rule is called " + r.rule) // a mistake in this package
}

func broken(rule, property string) *refusal {
	return &refusal{rule: rule, status: http.StatusBadRequest, property: property}
}

func refused(rule string, status int) *refusal { return &refusal{rule: rule, status: status} }
