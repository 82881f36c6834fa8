package telegram

import "strings"

// plainEmoji is an emoji as Telegram lists it among reactions: without the
// variation selector that asks for colour ("❤", not "❤️"), but with joiners
// ("❤‍🔥").
func plainEmoji(s string) string { return strings.ReplaceAll(s, "\ufe0f", "") }
