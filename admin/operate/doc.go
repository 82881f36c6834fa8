// Package operate holds what an operator does beside the running hub: doctor
// looks for what is wrong and says how to put it right, backup copies an
// installation while it runs, restore brings one back.
//
// It never serves anyone, never migrates, and shows nothing of what a tenant
// keeps: names of accounts and counts, no message, no secret. It works while the
// hub is stopped, while it runs, and when it does not start.
package operate
