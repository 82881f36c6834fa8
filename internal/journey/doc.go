// Package journey holds tests that use the built program the way people do: they
// start `parley serve` with real servers beside it and walk through it in one
// shared Chromium, as visitor, customer by mail, agent and owner at once.
//
// A journey sees only what a person or a program outside could see: pages,
// mailboxes, the API, the log and the files of the data folder. It never calls
// into the hub's packages, and it waits for what it expects instead of sleeping.
//
// browser/ is the npm package that drives Chromium; `.ci/setup web
// internal/journey/browser` installs it. Set PARLEY_TEST_SHOTS to a folder to
// keep pictures of every screen the journeys pass.
package journey
