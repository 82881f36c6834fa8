// Package rate is the page behind the links of a letter that asks how content a
// customer is. Opening a link shows the page and changes nothing, whoever opens
// it: mail programs and virus scanners follow every link of a letter. Only what
// the customer then sends counts.
//
// It never decides what a rating does: that is the orchestrator's.
package rate
