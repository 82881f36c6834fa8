// Package played runs a whole hub in the test's own process against a played
// platform, and holds the tests that do so, a file or a few for each platform: a
// customer with a phone on one side, a bot and an agent on the other. It talks to
// this machine alone, never starts a browser or a second process, and is never
// part of the product.
package played
