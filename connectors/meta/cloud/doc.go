// Package cloud connects phone numbers of the WhatsApp Cloud API: customers'
// messages and the states of ours come in by signed callbacks, ours go out
// through the Graph API. One link carries the numbers of one WhatsApp business
// account.
//
// Every send carries the key of its row as biz_opaque_callback_data, which the
// platform repeats in the states it reports: a send whose answer was lost is
// settled by them. The platform does not recognise a repeated key, so nothing is
// ever repeated by itself after it may have been taken.
package cloud
