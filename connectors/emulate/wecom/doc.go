// Package wecom plays WeCom (企业微信): one corporation with an application its
// members write to, and with WeChat customer service (微信客服), whose accounts
// anyone on WeChat writes to. It is built from the documents at
// developer.work.weixin.qq.com; Rules lists what it insists on.
//
// It signs and encrypts its callbacks with the vendor's library, repeats them on
// the platform's schedule, and shares nothing else with the connector that talks
// to it.
package wecom
