// Package wecom connects corporations on WeCom (企业微信) in three kinds: wecom, the
// messages of one application with the members who use it; wecomsuite, those of a
// service provider's application in every corporation that installed it, and of
// the service accounts they let it manage; and wechatkf, WeChat customer service (微信客服), where anyone on WeChat writes to a
// service account.
//
// Both receive callbacks that are signed over their ciphertext and encrypted.
// An application's callback carries the message itself. One of customer service
// is a nudge: it names the account, and the messages are fetched with sync_msg
// by a cursor per account, to the end, over empty pages too; cursor and page
// are committed together. Since nudges get lost, every account is also asked
// from time to time.
//
// Each link has its own secret and its own access token, so that a token of the
// application is never used for customer service of the same corporation, nor
// the other way about.
//
// The package never changes who serves a chat on WeCom's side unless asked
// (Take, Return), and it cannot read what is said in customer groups: WeCom
// gives that to its archive service alone.
package wecom
