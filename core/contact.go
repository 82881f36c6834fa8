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
	External   string            `json:"external_id,omitempty"` // in another system; one contact has it
	Attributes map[string]string `json:"attributes,omitempty"`  // by key; those of an Attribute as its kind is written
	Tags       []ID              `json:"tags"`
	Blocked    bool              `json:"blocked"`
	Merged     ID                `json:"-"` // into which contact; zero for one that stands
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
	// Person is who a vouched-for alias says it is on other accounts too, as
	// "unionid:…" or "user:…". It suggests, and joins nobody.
	Person string `json:"-"`
}

// AttributeKind is what the values of an attribute are.
type AttributeKind string

// The kinds of attribute, and how a value is written.
const (
	AttributeText   AttributeKind = "text"   // up to 1,000 characters
	AttributeNumber AttributeKind = "number" // 12, -3.5
	AttributeDate   AttributeKind = "date"   // 2026-03-31
	AttributeChoice AttributeKind = "choice" // one of its options
	AttributeYesNo  AttributeKind = "yes_no" // true, false
)

// Attribute is something a tenant keeps of its contacts, in its own words.
type Attribute struct {
	ID      ID            `json:"id"`
	Key     string        `json:"key" doc:"By which programs and tables name it; it stays"`
	Name    string        `json:"name"`
	Kind    AttributeKind `json:"kind" enum:"text,number,date,choice,yes_no"`
	Options []string      `json:"options" doc:"Of a choice, in the order they are offered"`
	Pos     int           `json:"pos" doc:"Where it stands among the others"`
}

// ContactNote is what somebody wrote down about a contact.
type ContactNote struct {
	ID      ID        `json:"id"`
	Contact ID        `json:"contact"`
	Author  ID        `json:"author,omitzero" doc:"The agent; none for what came from a program or an earlier version"`
	Body    string    `json:"body"`
	Created time.Time `json:"created"`
	Edited  time.Time `json:"edited,omitzero"`
}

// Merge is two contacts found to be one person: what hung on the one that is
// gone hangs on the kept one until it is undone.
type Merge struct {
	ID     ID        `json:"id"`
	Kept   ID        `json:"kept"`
	Gone   ID        `json:"gone"`
	Name   string    `json:"name" doc:"Of the contact that is gone"`
	By     ID        `json:"by,omitzero"`
	At     time.Time `json:"at"`
	Undone time.Time `json:"undone,omitzero"`
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
