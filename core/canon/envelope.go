package canon

import "time"

// RemoteID is a platform's own name for something. It is opaque: only the
// connector that minted it may parse it.
type RemoteID string

// ThreadKey names the lasting lane with one peer on one account. Order is kept
// within a thread and never across threads.
type ThreadKey struct {
	Account RemoteID `json:"account"`          // the platform's account
	Peer    RemoteID `json:"peer"`             // the user, group or address on the other side
	Thread  RemoteID `json:"thread,omitempty"` // topic or mail thread, where a peer has several
}

// Envelope is one inbound fact, as a connector decoded it.
type Envelope struct {
	ID      ID        `json:"id"`
	Account RemoteID  `json:"account"` // the platform's id of the account it arrived on
	Thread  ThreadKey `json:"thread"`
	From    Peer      `json:"from"`
	// EventID is the platform's id of the event (not of the message): the
	// permanent dedupe key within the account.
	EventID string `json:"event_id"`
	// Time is the platform's clock in UTC: shown, never sorted by.
	Time time.Time `json:"time"`
	// Order is the platform's own order where it has one, else 0.
	Order int64 `json:"order,omitempty"`
	// Group joins the members of an album; empty when the envelope stands alone.
	Group  string  `json:"group,omitempty"`
	Ticket *Ticket `json:"ticket,omitempty"`
	// Entry is the door the customer came through, when this fact tells.
	Entry *Entry `json:"entry,omitempty"`
	// Visit is what the site or application knew when the customer opened the chat.
	Visit *Visit `json:"visit,omitempty"`
	// Raw is the SHA-256 (hex) of the verified raw bytes this was decoded from.
	Raw   string `json:"raw,omitempty"`
	Event Event  `json:"-"`
}

// Peer is who did it, as the platform names them.
type Peer struct {
	ID     RemoteID `json:"id"`
	Name   string   `json:"name,omitempty"`
	Avatar string   `json:"avatar,omitempty"` // address of a picture, fetched later and never by a browser
	Locale string   `json:"locale,omitempty"` // BCP 47
	Phone  string   `json:"phone,omitempty"`
	Email  string   `json:"email,omitempty"`
	// Also lists other names the platform gave for the same person (unionid,
	// phone, address); verified ones may be joined, others are only shown.
	Also []Alias `json:"also,omitempty"`
	// Ours marks facts caused by the account itself, such as a reply typed on
	// the owner's phone.
	Ours bool `json:"ours,omitempty"`
	// Verified says the platform or the host site vouches for the identity.
	Verified bool `json:"verified,omitempty"`
}

// Alias is another name of the same person.
type Alias struct {
	Kind     string   `json:"kind"` // "unionid", "phone", "email", "user"
	ID       RemoteID `json:"id"`
	Verified bool     `json:"verified,omitempty"`
}

// Ticket is a platform's one-time permission to answer: a reply token, a
// welcome code, an open response.
type Ticket struct {
	Opaque  []byte    `json:"opaque"` // sealed before it is stored
	Expires time.Time `json:"expires"`
	Calls   int       `json:"calls"` // how many calls it allows
	Parts   int       `json:"parts"` // how many parts one call may carry
}

// Entry is a door on an account: a widget button, page, QR parameter or start
// payload.
type Entry struct {
	Kind  string `json:"kind"` // "button", "page", "qr", "start", "referral", "invite"
	Value string `json:"value"`
	Title string `json:"title,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Visit is where a customer was and came from when the chat was opened: the page
// of a site, or the device an application runs on.
type Visit struct {
	Page     string     `json:"page,omitempty"`
	Title    string     `json:"title,omitempty"`
	Referrer string     `json:"referrer,omitempty"`
	Campaign Campaign   `json:"campaign,omitzero"`
	Engine   string     `json:"engine,omitempty"`  // search engine
	Keyword  string     `json:"keyword,omitempty"` // what was searched for
	Browser  string     `json:"browser,omitempty"`
	System   string     `json:"system,omitempty"`
	Device   string     `json:"device,omitempty"`  // "desktop", "mobile", "tablet"
	Model    string     `json:"model,omitempty"`   // of the device, as people call it
	Carrier  string     `json:"carrier,omitempty"` // the mobile network
	App      string     `json:"app,omitempty"`     // the application and its version
	Address  string     `json:"address,omitempty"`
	Language string     `json:"language,omitempty"`
	TimeZone string     `json:"time_zone,omitempty"`
	Screen   string     `json:"screen,omitempty"`
	Trail    []PageView `json:"trail,omitempty"` // pages seen before the chat, oldest first
	// Answers are what the customer was asked before the chat, each with the
	// question as they read it. Theirs to say: nobody vouches for it.
	Answers []Field `json:"answers,omitempty"`
}

// Campaign holds the utm_* parameters of the landing page.
type Campaign struct {
	Source  string `json:"source,omitempty"`
	Medium  string `json:"medium,omitempty"`
	Name    string `json:"name,omitempty"`
	Term    string `json:"term,omitempty"`
	Content string `json:"content,omitempty"`
}

// PageView is one page of a visit.
type PageView struct {
	URL   string    `json:"url"`
	Title string    `json:"title,omitempty"`
	At    time.Time `json:"at"`
}
