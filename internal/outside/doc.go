// Package outside holds an application that joins by the protocol of
// docs/http-connector.md to its rules, from outside: it plays the hub's side of
// both directions, misbehaves as a hub and a network can, and looks at what the
// application answers, tells and shows.
//
// It knows nothing of how the application is made and needs nothing from it but
// its address, the secret, and two ways to play the customer: one to write, one
// to see. It stores nothing.
package outside
