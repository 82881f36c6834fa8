package connector

import (
	"context"
	"time"

	"parley/core/canon"
)

// Intake takes customers' files in before a message names them, for a channel
// whose applications have none of their own to serve them from. Neither method
// does I/O; safe for concurrent use.
type Intake interface {
	// Address returns where one file of a thread may be put with PUT, its bytes as
	// the body, once, by whoever holds the address, until it expires. Name and MIME
	// are the sender's word.
	Address(thread canon.ThreadKey, info FileInfo) (Place, error)
	// Taken returns the file that a handle stands for, which its address answered
	// when the file was put there, with HandlePrefix; false where it is no handle of
	// the thread, or too old.
	Taken(thread canon.ThreadKey, handle string) (canon.Media, bool)
}

// HandlePrefix begins every handle of an Intake, so that none is taken for a
// platform's own.
const HandlePrefix = "upload:"

// Place is an address to put one file at.
type Place struct {
	URL     string
	Expires time.Time
}

// Devices remembers where the notices of an application's customers go. Safe for
// concurrent use.
type Devices interface {
	// Of returns the devices of a thread, the newest first, MaxDevices at most.
	Of(ctx context.Context, thread canon.ThreadKey) ([]Device, error)
	// Drop forgets tokens of an account that lead nowhere any more.
	Drop(ctx context.Context, account canon.RemoteID, tokens []string) error
}

// MaxDevices is how many devices of one thread are kept, the newest.
const MaxDevices = 20

// Device is something a customer carries that shows notices.
type Device struct {
	Token   string `json:"token"`             // names it at the service; kept sealed
	Service string `json:"service,omitempty"` // who brings notices to it, as the application calls it: "apns", "fcm"
	App     string `json:"app,omitempty"`     // which application on it, such as a bundle id
}

// Registered is a device that a callback tells of: the customer of a thread
// carries it now, or nobody does.
type Registered struct {
	Thread canon.ThreadKey
	Device Device
	Gone   bool
}
