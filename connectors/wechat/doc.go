// Package wechat connects WeChat official accounts (kind wechat) and the
// customer service of mini-programs (kind wechatmini). Callbacks come signed,
// and in safe mode encrypted; answers of an official account travel in the
// response to the callback while it is open, and as customer-service messages
// after.
//
// Of the vendor SDK it uses cryptography and message types only: the SDK makes
// its calls through one client for the whole process, and here every call goes
// through the client of its link. It never keeps a message and never retries.
package wechat
