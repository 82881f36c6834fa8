// Package setting reads the installation's settings: what an operator decides
// before the hub starts. What a tenant decides lives in the database instead.
//
// A value comes from the first of: command-line flag, environment variable
// PARLEY_*, parley.yaml, default. An unknown name anywhere is an error that
// names the nearest known one, because a misspelt setting that is silently
// ignored is found in an incident. All problems are reported at once, each with
// setting, value and remedy.
//
// The package reads; it never creates folders or keys, opens connections or
// keeps anything global. Secrets are held so that they print masked.
package setting
