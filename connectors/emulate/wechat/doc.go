// Package wechat plays WeChat: an official account or a mini-program with its
// customers' telephones. It gives tokens, takes customer-service messages,
// templates, menus and material by the platform's rules, signs and encrypts its
// callbacks, repeats them as the platform does, and reads answers in their
// responses.
//
// It is written from the platform's documents, shares only the cryptography of
// the vendor SDK with the connector, and keeps everything in memory.
package wechat
