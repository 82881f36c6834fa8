// Package wechat holds tests of a whole hub against the played WeChat: the
// answers of a bot by the clock of the platform's five seconds, and a talk from
// customer to bot to person and back. It is never part of the product.
package wechat
