package core

import (
	"time"

	"parley/core/canon"
)

// Contact is a person.
type Contact struct {
	ID         ID                `json:"id"`
	Name       string            `json:"name"`
	Avatar     ID                `json:"avatar,omitzero"`
	Locale     string            `json:"locale,omitempty"`
	Phone      string            `json:"phone,omitempty"`
	Email      string            `json:"email,omitempty"`
	Note       string            `json:"note,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Tags       []ID              `json:"tags"`
	Blocked    bool              `json:"blocked"`
	Created    time.Time         `json:"created"`
	Updated    time.Time         `json:"updated"`
	Seen       time.Time         `json:"seen,omitzero"` // when they last wrote, to the minute
}

// Identity is a person on one account. Replies go to the identity of the
// conversation, never to a guess.
type Identity struct {
	ID       ID             `json:"id"`
	Contact  ID             `json:"contact"`
	Account  ID             `json:"account"`
	RemoteID canon.RemoteID `json:"remote_id"`
	Name     string         `json:"name,omitempty"`
	Verified bool           `json:"verified"`
	Created  time.Time      `json:"created"`
}

// TagScope is what a tag is put on.
type TagScope string

// The scopes of tags.
const (
	TagConversation TagScope = "conversation"
	TagContact      TagScope = "contact"
)

// Tag is a word put on conversations or contacts.
type Tag struct {
	ID    ID       `json:"id"`
	Scope TagScope `json:"scope" enum:"conversation,contact"`
	Name  string   `json:"name" minLength:"1" maxLength:"60"`
	Color string   `json:"color,omitempty"` // a colour name of the interface
}

// BlockKind is what a block names.
type BlockKind string

// The kinds of block.
const (
	BlockContact BlockKind = "contact"
	BlockAddress BlockKind = "address" // an address or CIDR, for our own channels
)

// Block keeps someone out.
type Block struct {
	ID      ID        `json:"id"`
	Kind    BlockKind `json:"kind"`
	Contact ID        `json:"contact,omitzero"`
	Prefix  string    `json:"prefix,omitempty"` // CIDR
	Reason  string    `json:"reason"`
	By      ID        `json:"by,omitzero"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"` // zero: until lifted
	Hits    int64     `json:"hits"`             // how often it refused something
}
