// Package letter reads a mail: from raw bytes, as a mail server stored them, to
// words in UTF-8, HTML fit for display, files, addresses, the ids a thread is
// found by, and what kind of mail it is (a person's, an automatic answer, a
// report that something could not be delivered).
//
// It reads what real programs write, broken or not: any charset, declared,
// misdeclared or undeclared, any nesting of parts, missing and repeated
// headers. It never touches the network, never keeps anything between calls,
// never panics on hostile input, and refuses (ErrHostile) what could only be
// read with memory or time out of proportion to its size.
package letter
