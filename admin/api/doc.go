// Package api is the HTTP interface under /api: every operation with what it
// takes, who may use it and what it answers, described by an OpenAPI document
// made from the same code; and the live socket.
//
// It never reaches into the database or a platform itself: it asks core/store,
// and the hub through the interfaces Desk, Links, Feed and Files. What somebody
// may not see does not exist for them: a foreign id and one that names nothing
// are answered alike.
package api
