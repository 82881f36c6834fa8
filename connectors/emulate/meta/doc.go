// Package meta plays Meta: the Graph API and the webhooks of the WhatsApp Cloud
// API, of Messenger pages and of Instagram accounts, with the people who write
// to them. It is built from developers.facebook.com and shares no code with the
// connectors.
//
// It is one http.Handler with the paths of graph.facebook.com. What it checks is
// in Rules, each with the document it comes from.
package meta
