// Package bench is `parley bench`: it measures a hub as people will run it and
// puts beside each figure a reference taken in the same run on the same
// machine: a bare echo behind the same load client, a database that commits one
// row at a time. A ratio of two such figures travels to other machines; a bare
// figure does not.
//
// The hub under test, the load client, the echo and the reference handlers are
// processes of their own, all of them this same program. Everything ends by
// itself: each step is bounded in time and in count.
//
// It judges nothing but its own conditions: whether a figure is good enough is
// for the reader (and for make bench's targets in the documents).
package bench
