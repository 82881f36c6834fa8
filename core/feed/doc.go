// Package feed tells what happened, in order and without gaps: it numbers what
// was committed, fills entries with the things they are about, and hands them
// to those who follow a tenant or watch a thread. Signals pass through beside
// the numbers; what a customer types is remembered in memory, until it ends.
//
// It never writes what happened (the transactions that made it happen do) and
// never decides who may see it: it gives followers what they need to decide.
package feed
