// Package telegram plays Telegram's Bot API with one bot, its customers and
// groups: the methods a service desk needs, updates by webhook and by long
// polling, files, and the phones of the customers.
//
// What it insists on is in Rules, each with its document: the Bot API reference
// (10.1) at core.telegram.org/bots/api, or the source of the server that answers
// it, github.com/tdlib/telegram-bot-api.
//
// It keeps everything in memory, knows no Telegram network behind it, and has
// only the rights, media types and chat kinds that Rules and the methods name.
package telegram
