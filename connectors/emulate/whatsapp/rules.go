//go:build !nogpl

package whatsapp

import "parley/connectors/emulate"

const (
	paper  = "WhatsApp Encryption Overview, technical white paper"
	meow   = "https://github.com/tulir/whatsmeow/blob/main/"
	events = meow + "types/events/events.go"
	faq    = "https://faq.whatsapp.com/"
)

// Rules are what the platform insists on. Code is the reason of a failure, the
// code of a stream error, of an answer or of an acknowledgement.
func Rules() []emulate.Rule {
	return []emulate.Rule{
		{Name: "handshake", Says: "A socket begins with the Noise handshake.", Doc: meow + "handshake.go", Code: "closed"},
		{Name: "known device", Says: "A device signs in that is linked; one that was unlinked is told so.", Doc: events + " ConnectFailureLoggedOut", Code: "401"},
		{Name: "device key", Says: "A device signs in with the key it was linked with.", Doc: paper + ", Client Registration", Code: "401"},
		{Name: "client version", Says: "A client that is too old may not sign in.", Doc: events + " ConnectFailureClientOutdated", Code: "405"},
		{Name: "temporary ban", Says: "An account that wrote to too many strangers is locked out for a time.", Doc: events + " TempBanReason", Code: "402"},
		{Name: "banned", Says: "A banned account cannot sign in.", Doc: events + " ConnectFailureUnknownLogout", Code: "406"},
		{Name: "one socket", Says: "A second socket of one device ends the first.", Doc: events + " StreamReplaced", Code: "replaced"},
		{Name: "unlinked", Says: "A device that the phone unlinks is told so and cut off.", Doc: events + " LoggedOut", Code: "device_removed"},
		{Name: "code current", Says: "Only a code that a waiting device shows can be scanned.", Doc: faq + "1317564962315842", Code: "no such code"},
		{Name: "device signature", Says: "A device proves that it holds the key it showed.", Doc: paper + ", Linking Companion Devices", Code: "signature"},
		{Name: "pair code", Says: "A wrong pair code links nothing.", Doc: meow + "pair-code.go", Code: "wrong code"},
		{Name: "phone number", Says: "A pair code is for one phone number.", Doc: meow + "pair-code.go", Code: "other number"},
		{Name: "signed prekey", Says: "Keys that are uploaded are signed by the device's identity.", Doc: paper + ", Public Key Types", Code: "400"},
		{Name: "query", Says: "A query the server does not know is refused.", Doc: meow + "request.go", Code: "501"},
		{Name: "on WhatsApp", Says: "Only numbers on WhatsApp have keys.", Doc: meow + "user.go", Code: "404"},
		{Name: "cold contact", Says: "A restricted account cannot write to people who never wrote to it.", Doc: "https://github.com/tulir/whatsmeow/issues/1025", Code: "463"},
		{Name: "member", Says: "Only members write to a group.", Doc: meow + "errors.go ErrNotInGroup", Code: "403"},
		{Name: "message id", Says: "A phone shows a message with a known id once.", Doc: meow + "send.go SendRequestExtra"},
		{Name: "edit own", Says: "A message is changed by who sent it, within 20 minutes.", Doc: meow + "send.go EditWindow"},
		{Name: "offline queue", Says: "What comes for a device that is away is kept until it confirms it.", Doc: meow + "connectionevents.go offline_preview"},
		{Name: "presence", Says: "A device is told who is online when it asked, and shows itself.", Doc: meow + "presence.go SubscribePresence"},
		{Name: "upload token", Says: "An upload names the hash of the bytes.", Doc: meow + "upload.go", Code: "400"},
		{Name: "upload auth", Says: "An upload carries the session's permission.", Doc: meow + "mediaconn.go", Code: "401"},
		{Name: "media kept", Says: "Media that are gone are answered so.", Doc: meow + "errors.go ErrMediaDownloadFailedWith410", Code: "410"},
		{Name: "media sealed", Says: "A phone shows media whose seal and hash are right.", Doc: paper + ", Media"},
	}
}
