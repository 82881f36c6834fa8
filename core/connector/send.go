package connector

import (
	"context"
	"io"
	"time"

	"parley/core/canon"
)

// Request is one wire request: what the renderer cut to fit one call.
type Request struct {
	// Key is stable over all attempts of this row: use it as the platform's
	// idempotency key where there is one.
	Key     canon.ID
	Attempt int // 1 for the first
	Account Account
	Thread  canon.ThreadKey
	// Message holds the parts of this call, already degraded and cut.
	Message canon.Message
	// Op says what to do; the zero value posts the message.
	Op Op
	// Target is the platform's id of the message Op works on.
	Target canon.RemoteID
	Emoji  string // for OpReact; empty takes the reaction off
	// Ticket is the reply permission to use, if one is open.
	Ticket *canon.Ticket
	// Uploaded maps our file ids to the platform's handles, from Uploader.
	Uploaded map[canon.ID]canon.RemoteID
	// Stills maps our file ids to those of a picture of them, where MediaLimit.Still
	// wants one; a film on a hub that cannot read it has none.
	Stills map[canon.ID]canon.ID
	// ReplyTo names the message answered, by the token its canon.HeaderQuote
	// holds or by its id.
	ReplyTo canon.RemoteID
	// After is the platform's id of the customer's newest message on the
	// thread, for channels where an answer always follows something (mail).
	After canon.RemoteID
	// Asked is when the customer last wrote in the conversation; zero when they
	// have not, or it is not known. For channels that ask why one answers late.
	Asked time.Time
	// Sender is who speaks, for channels that show it.
	Sender Sender
}

// Op is what a request does.
type Op string

// The operations. Each but OpPost needs its optional interface.
const (
	OpPost   Op = ""
	OpEdit   Op = "edit"
	OpRevoke Op = "revoke"
	OpReact  Op = "react"
)

// Sender is who speaks for the business.
type Sender struct {
	Kind   string // "bot", "agent" or "system"
	ID     canon.ID
	Name   string
	Avatar string
}

// Receipt is the platform's answer to a send it took.
type Receipt struct {
	RemoteID canon.RemoteID
	State    canon.Delivery // Sent, or Delivered where the platform says so at once
	At       time.Time      // the platform's clock when it tells, else zero
	// Also lists further ids when one call made several messages, in the order
	// of the parts.
	Also []canon.RemoteID
}

// Files opens stored files.
type Files interface {
	Open(ctx context.Context, file canon.ID) (io.ReadCloser, FileInfo, error)
	// Link returns an address a platform or customer can fetch the file at.
	Link(ctx context.Context, file canon.ID, life time.Duration) (string, error)
}

// FileInfo describes a stored file.
type FileInfo struct {
	Name string
	MIME string
	Size int64
}

// The optional abilities. A Conn has one exactly when its Capabilities say so;
// the conformance kit fails when they disagree.
type (
	// Uploader hands a file to the platform before the message that carries it.
	Uploader interface {
		Upload(ctx context.Context, key canon.ID, info FileInfo, body io.Reader) (canon.RemoteID, time.Duration, error)
	}
	// AccountUploader is an Uploader whose files belong to one account of the link.
	// The core calls it in place of Upload.
	AccountUploader interface {
		UploadFor(ctx context.Context, account Account, key canon.ID, info FileInfo, body io.Reader) (canon.RemoteID, time.Duration, error)
	}
	// Filer files a copy after the send, such as into the Sent mailbox. It is
	// retried on its own and never re-sends.
	Filer interface {
		File(ctx context.Context, r Request, sent Receipt) error
	}
	// Fetcher brings the bytes of inbound media, which Decode left as
	// canon.MediaPending. Gone, Invalid and Unsupported end the trying; any other
	// failure is tried again.
	Fetcher interface {
		Fetch(ctx context.Context, account Account, media canon.Media) (io.ReadCloser, FileInfo, error)
	}
	// Editor changes a sent message (Send with OpEdit).
	Editor interface{ Edits() }
	// Revoker takes a sent message back (Send with OpRevoke).
	Revoker interface{ Revokes() }
	// Reactor reacts to a message (Send with OpReact).
	Reactor interface{ Reacts() }
	// Typer shows that we are writing; again every Capabilities.TypingEvery.
	Typer interface {
		Type(ctx context.Context, thread canon.ThreadKey, on bool) error
	}
	// Marker tells the platform what was read. through names the customer's
	// newest message, by the token its canon.HeaderRead holds or by its id.
	Marker interface {
		MarkRead(ctx context.Context, thread canon.ThreadKey, through canon.RemoteID) error
	}
	// Profiler looks up a customer.
	Profiler interface {
		Profile(ctx context.Context, account Account, peer canon.RemoteID) (canon.Peer, error)
	}
	// MemberProfiler is a Profiler that looks up who speaks in a group, where the
	// platform tells their id alone.
	MemberProfiler interface {
		Member(ctx context.Context, account Account, group canon.ThreadKey, member canon.RemoteID) (canon.Peer, error)
	}
	// Portrayer is a Profiler that brings a customer's picture itself, where the
	// platform gives it at no address that may be kept: one that holds a credential.
	// Gone says that they have none, or show none.
	Portrayer interface {
		Picture(ctx context.Context, account Account, peer canon.RemoteID) (io.ReadCloser, FileInfo, error)
	}
	// Templater lists the approved templates.
	Templater interface {
		Templates(ctx context.Context, account Account) ([]canon.Template, error)
	}
	// Menuer reads and sets the menu that stands below the chats of an account.
	// Setting an empty one takes it off.
	Menuer interface {
		Menu(ctx context.Context, account Account) (Menu, error)
		SetMenu(ctx context.Context, account Account, m Menu) error
	}
	// MenuPictured is a Menuer whose menus are pictures (MenuLimit.Picture): it brings
	// the one that stands. Gone says that there is none.
	MenuPictured interface {
		MenuPicture(ctx context.Context, account Account) (io.ReadCloser, FileInfo, error)
	}
	// Installer sets the callback (Link.HookURL) and menus at the platform, and
	// takes them off. The core calls Install when the link was saved, when its address
	// changed and when the account is tested, so it must be safe to repeat; Uninstall
	// once the link is deleted.
	Installer interface {
		Install(ctx context.Context) error
		Uninstall(ctx context.Context) error
	}
	// Leaver signs a deleted link out at its platform, where there is nothing to
	// uninstall. Run is over by then; it may connect for it.
	Leaver interface {
		Leave(ctx context.Context) error
	}
	// Refresher asks the platform for what Capabilities answers from: a quota, a
	// window. The core calls it after the link was opened, then every RefreshEvery,
	// and when a Batch asks for it; what it cannot learn stays as it was.
	Refresher interface {
		Refresh(ctx context.Context) error
	}
	// Prober tests the credentials, one checked line per step; a line that is not OK
	// says its Remedy. An error after such a line says nothing more to anybody.
	Prober interface {
		Probe(ctx context.Context, step func(Check)) error
	}
	// Rehearser makes an authentic callback as its platform would, about nothing.
	// The core sends it to its own address from outside, to see that what the
	// platform proves itself by arrives unharmed; the door authenticates it and
	// goes no further. The Conn is also a Webhook.
	Rehearser interface {
		Rehearse() (Raw, error)
	}
	// Pulse asks the platform with one cheap call whether the credentials still
	// hold; nobody sees it. The core calls it every PulseEvery while the link is
	// open, so that trouble shows before somebody's message meets it.
	Pulse interface {
		Pulse(ctx context.Context) error
	}
	// Expirer knows from cached state when the credentials run out; zero: never,
	// or not known.
	Expirer interface {
		Expires() time.Time
	}
	// Lister knows which accounts the credentials of a link serve, so that a person
	// chooses of them where the form named none, or not all. Those that are linked
	// already are among them.
	Lister interface {
		List(ctx context.Context) ([]Account, error)
	}
	// Desk moves a chat between the platform's own desk and ours.
	Desk interface {
		Take(ctx context.Context, thread canon.ThreadKey) error
		Return(ctx context.Context, thread canon.ThreadKey) error
	}
	// Settler asks the platform whether an uncertain send arrived. A nil
	// receipt and nil error mean it surely did not.
	Settler interface {
		Settle(ctx context.Context, r Request) (*Receipt, error)
	}
	// Starter writes to somebody who may never have written here, by an address
	// of the kind Capabilities.Starts. No I/O.
	Starter interface {
		// Start names a new thread with whom is reached at the address: the same
		// seed names the same thread. An address that is none is Invalid.
		Start(account Account, address, seed string) (canon.ThreadKey, error)
		// Address is where a peer of this channel is reached; "" if that is not
		// known.
		Address(peer canon.RemoteID) string
	}
	// Login links an account step by step (QR, pair code, password); at a page of the
	// platform's own, which leads back here, an Authorizer does.
	Login interface {
		Begin(ctx context.Context, flow string) (Step, error)
		Next(ctx context.Context, step Step, input Values) (Step, error)
		Cancel(ctx context.Context, step Step) error
	}
)

// RefreshEvery is how often a Refresher is called.
const RefreshEvery = 10 * time.Minute

// PulseEvery is how often a Pulse is felt: two that fail, and what is written
// down after them, fit into a minute.
const PulseEvery = 20 * time.Second

// Check is one line of a test of credentials.
type Check struct {
	Name   Text          `json:"name"`
	OK     bool          `json:"ok"`
	Detail Text          `json:"detail,omitzero"`
	Remedy Text          `json:"remedy,omitzero"`
	Took   time.Duration `json:"took_ns"`
}

// StepKind is what a login step asks of the person.
type StepKind string

// The kinds of login step.
const (
	StepShow  StepKind = "show"  // show Display until it changes by itself: call Next without input to wait
	StepInput StepKind = "input" // ask for Fields
	StepVisit StepKind = "visit" // open URL in a browser and come back
	StepDone  StepKind = "done"
)

// Step is one step of a login. Any interface can draw any login from it.
type Step struct {
	Kind    StepKind
	ID      string // names the step within this login
	Txn     string // names this login
	Text    Text   // what to do
	Display Display
	Fields  []Field
	URL     string
	Expires time.Time // when Display is replaced
	// Result holds, at StepDone, config values to keep and the accounts found.
	Result   Values
	Accounts []Account
}

// Display is something to show during a login.
type Display struct {
	Kind string // "qr" or "code"
	Data string
}
