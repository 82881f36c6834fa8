// Package emulate is what the played platforms have in common: rules with
// their source, misbehaviour on demand, a log of calls, deliveries that repeat
// on a schedule, and the phone of a customer. Each platform is a folder below.
//
// An emulator is built from the platform's documents and never from what our
// connector happens to send: it shares no code with the connector it is spoken
// to by, beyond the vendor's types, and never imports core or a connector.
package emulate
