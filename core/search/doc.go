// Package search knows what can be looked for: the words of a text, the words
// and operators of a question, whether the one holds the other, and how a block
// of many texts is kept so that the right ones are found.
//
// It never reads a database, knows nothing of who may see what, and keeps no
// text: a block holds hashes, and whoever searches reads the text again to be
// sure.
package search
