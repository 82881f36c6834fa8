// Package rules is the first kind of bot: it answers by what a designer wrote.
// Rules hold question variants, matched exactly, by keyword or by regular
// expression, with answer variants; beside them stand menus, a welcome, a
// default, a repeated and a time-out reply, and the ways to a person.
//
// The order in which an answer is looked for is fixed and explained to the
// designer ([Bot.Explain]): what was pressed or picked from the last menu; a
// rule that names the whole question; a wish for a person; regular expressions;
// keywords; the default. Among rules of one kind the lower Order wins, then the
// longer match, then the earlier place in the list.
//
// Answering reads no clock, network, disk or random source: the same turn gives
// the same answer, some ten microseconds after it was asked at 10,000 rules. The
// worst a designer can do, a thousand expressions that all hold a word of a
// question of a thousand characters, takes some twenty milliseconds. A bot never
// sends an empty message and keeps nothing between turns but the memory it hands
// back.
package rules
