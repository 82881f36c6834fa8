// Package telegram connects bots of Telegram by the Bot API. Updates come in by
// webhook or by long polling, as the form says; either way the same update is
// the same event, so changing from one to the other loses and doubles nothing.
//
// The library behind it (go-telegram-bot-api v5.5.1) is used as transport and
// for the types that did not change since Bot API 5.5; what it does not know
// (topics, reactions, business messages) is read by types of our own. Facts of
// the platform are of Bot API 10.1: https://core.telegram.org/bots/api, and,
// where that is silent, of the published server: https://github.com/tdlib/telegram-bot-api.
//
// It never lets the token into an error or a log, never keeps an offset in
// memory alone, and never takes an update for known because it saw it before.
package telegram
