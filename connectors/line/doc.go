// Package line connects a LINE Official Account over the Messaging API.
//
// Callbacks are signed over their raw bytes and checked before anything is read
// of them. An answer goes by the reply token that came with the customer's
// message while it lives (a ticket, free of charge), and as a push message after
// that, under a retry key LINE recognises. It stores nothing of a customer, and
// asks LINE nothing while it reads a callback.
//
// Facts about the platform are from the Messaging API reference
// (https://developers.line.biz/en/reference/messaging-api/) unless a comment
// names another page.
package line
