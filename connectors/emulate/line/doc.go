// Package line plays LINE: the Messaging API of one channel, and the phones of
// the customers who write to its account.
//
// It is built from the Messaging API reference and guides at
// https://developers.line.biz and the OpenAPI description at
// https://github.com/line/line-openapi. Where LINE tells no wording of a refusal
// the rule says so. It never calls anybody but the callback address it was given,
// and knows nothing of who calls it.
package line
