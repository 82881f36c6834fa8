package emulate

import (
	"context"
	"errors"
	"time"
)

// Phone is a platform in the hands of customers: a page of phones shows exactly
// what that platform would show, and lets one person play them. Safe for
// concurrent use.
type Phone interface {
	// Platform is the kind of channel: "telegram".
	Platform() string
	// Customers lists those who can be played, the first one first.
	Customers() []Customer
	// Screen is what a customer sees now, oldest first.
	Screen(customer string) Screen
	// Do carries out what a customer does. Its error is a sentence that says
	// why the platform does not let them.
	Do(ctx context.Context, customer string, act Act) error
	// Watch calls changed, from any goroutine, after a screen changed; stop
	// ends it. changed must not block.
	Watch(changed func(customer string)) (stop func())
}

// Customer is somebody who can be played.
type Customer struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Lang string `json:"lang"` // BCP 47
}

// Screen is a chat as its customer sees it.
type Screen struct {
	Title   string   `json:"title"` // of the account the customer writes to
	Bubbles []Bubble `json:"bubbles"`
	// Menu is what stands below the chat: an account's menu, a keyboard.
	Menu   [][]Button `json:"menu,omitempty"`
	Typing bool       `json:"typing,omitempty"`
	// Can lists the acts the platform has, by kind.
	Can []string `json:"can"`
	// Linked is what the account's own phone shows of a device linked to it;
	// nil where accounts are not linked by a phone.
	Linked *Linked `json:"linked,omitempty"`
	// Desk: the platform's own desk has the chat, which no customer is shown.
	Desk bool `json:"desk,omitempty"`
}

// Linked is the list of linked devices on an account's own phone.
type Linked struct {
	Number string `json:"number"`           // of the phone
	Device string `json:"device,omitempty"` // the name it gave itself; "": none is linked
	Away   bool   `json:"away,omitempty"`   // it is not signed in now
}

// Bubble is one message on the screen, or a line of the platform's own.
type Bubble struct {
	ID       string     `json:"id"`
	From     string     `json:"from"` // "me", "them" or "platform"
	At       time.Time  `json:"at"`
	Text     string     `json:"text,omitempty"`
	HTML     string     `json:"html,omitempty"` // where the platform formats text; escaped by the emulator
	Media    []Media    `json:"media,omitempty"`
	Cards    []Card     `json:"cards,omitempty"`
	Buttons  [][]Button `json:"buttons,omitempty"`
	ReplyTo  string     `json:"reply_to,omitempty"` // the quoted words
	Reaction string     `json:"reaction,omitempty"`
	Edited   bool       `json:"edited,omitempty"`
	Recalled bool       `json:"recalled,omitempty"`
	Read     bool       `json:"read,omitempty"`
	Album    string     `json:"album,omitempty"` // the same on all that stand together as one album
}

// Media is a picture, a sound, a film or a file on the screen.
type Media struct {
	Kind string `json:"kind"` // image, voice, audio, video, sticker, file
	Name string `json:"name,omitempty"`
	MIME string `json:"mime"`
	URL  string `json:"url"` // below the emulator's own address
	Size int64  `json:"size"`
}

// Card is anything with a title and a picture: a place, a product, an article,
// a mini-program, a contact.
type Card struct {
	Kind  string `json:"kind"`
	Title string `json:"title"`
	Text  string `json:"text,omitempty"`
	Image string `json:"image,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Button is something to press.
type Button struct {
	Label string `json:"label"`
	Value string `json:"value,omitempty"` // given back in Act.Value; "" with URL
	URL   string `json:"url,omitempty"`
}

// The kinds of act. A platform has those its Screen says it can.
const (
	ActText     = "text"     // Text
	ActMedia    = "media"    // File, Name, MIME, Kind
	ActLocation = "location" // Lat, Lon, Text
	ActContact  = "contact"  // Name, and a phone number in Value
	ActPress    = "press"    // Target and Value: a button of a bubble, or of the menu without Target
	ActReply    = "reply"    // Target and Text
	ActReact    = "react"    // Target and Value, "" takes it back
	ActEdit     = "edit"     // Target and Text
	ActRecall   = "recall"   // Target
	ActRead     = "read"     // everything is read
	ActFollow   = "follow"   // subscribes, starts, opens; Value: the parameter of the door
	ActLeave    = "leave"    // unsubscribes, blocks
	// Of the account's own phone, whoever is played:
	ActLink   = "link"   // a device, by the code it shows in Value; "" scans what is before the camera
	ActUnlink = "unlink" // logs the device out
	// Of the platform's own desk:
	ActDeskEnd = "desk_end" // its people end the chat
)

// ErrNobody is why a contact is not sent.
var ErrNobody = errors.New("write a name and a number")

// Act is something a customer does.
type Act struct {
	Kind   string  `json:"kind"`
	Text   string  `json:"text,omitempty"`
	Target string  `json:"target,omitempty"` // a bubble's ID
	Value  string  `json:"value,omitempty"`
	Name   string  `json:"name,omitempty"`
	MIME   string  `json:"mime,omitempty"`
	Media  string  `json:"media,omitempty"` // image, voice, video, file, sticker
	File   []byte  `json:"file,omitempty"`
	Album  string  `json:"album,omitempty"` // a number of the customer's choice: media with the same one go as one album
	Lat    float64 `json:"lat,omitempty"`
	Lon    float64 `json:"lon,omitempty"`
}
