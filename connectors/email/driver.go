package email

import (
	"context"
	"strings"
	"sync"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Kind is the word for this channel in the API.
const Kind = "email"

type driver struct {
	spec  connector.Spec
	heavy chan struct{} // held while a large mail is read, over all mailboxes
}

// New returns the driver of mailboxes.
func New() connector.Driver {
	return &driver{heavy: make(chan struct{}, heavyMails), spec: connector.Spec{
		Kind: Kind,
		Name: connector.Text{EN: "E-mail", ZH: "电子邮件"},
		Help: connector.Text{
			EN: "Customers write to a mailbox of yours. You need its address and the password or authorisation code for IMAP and SMTP, or an application registered with Google or Microsoft.",
			ZH: "客户写信到您的邮箱。需要邮箱地址，以及用于 IMAP 和 SMTP 的密码或授权码，或在 Google、Microsoft 注册的应用。",
		},
		Row:     "world",
		Form:    form(),
		Ceiling: capabilities(settings{AttachBytes: maxAttachBytes, FilesSent: true, OAuth: &oauthSettings{AuthURL: "the provider's"}}),
		Docs:    "docs/connectors/email.md",
	}}
}

func (d *driver) Spec() connector.Spec { return d.spec }

// Open makes a Conn for one mailbox.
func (d *driver) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	s, err := readSettings(link.Config)
	if err != nil {
		return nil, err
	}
	if env.Clock == nil {
		env.Clock = time.Now
	}
	c := &conn{
		settings: s,
		account:  canon.RemoteID(s.Address),
		env:      env,
		threads:  newThreadSecret(link.Tenant, link.ID),
		born:     link.ID.Time(),
		tries:    map[uint32]int{},
		recent:   map[string][]string{},
		heavy:    d.heavy,
	}
	if link.ID.IsZero() {
		c.born = env.Clock()
	}
	if len(link.Accounts) == 1 && link.Accounts[0].RemoteID != "" {
		c.account = link.Accounts[0].RemoteID
	}
	c.side = &side{conn: c}
	switch settles, lends := s.FilesSent, s.lends(); {
	case settles && lends:
		return &settlingLending{c, settling{c}, lending{c}}, nil
	case settles:
		return &settlingConn{c, settling{c}}, nil
	case lends:
		return &lendingConn{c, lending{c}}, nil
	}
	return c, nil
}

// What a mailbox can do depends on its provider.
type (
	settlingConn struct {
		*conn
		settling
	}
	lendingConn struct {
		*conn
		lending
	}
	settlingLending struct {
		*conn
		settling
		lending
	}
)

// conn is one mailbox. It has the abilities Streamer, Filer, Fetcher, Marker,
// Prober and Starter.
type conn struct {
	settings settings
	account  canon.RemoteID
	env      connector.Env
	threads  threadSecret
	born     time.Time // when the mailbox was linked: older mail is none of ours
	side     *side
	heavy    chan struct{}

	mu      sync.Mutex
	tries   map[uint32]int      // how often reading a UID was begun and not finished
	noID    bool                // the server's answer to ID cannot be read
	noDates bool                // nor its dates
	recent  map[string][]string // loop guard, when no cache is lent
}

var (
	_ connector.Streamer   = (*conn)(nil)
	_ connector.Filer      = (*conn)(nil)
	_ connector.Fetcher    = (*conn)(nil)
	_ connector.Marker     = (*conn)(nil)
	_ connector.Prober     = (*conn)(nil)
	_ connector.Starter    = (*conn)(nil)
	_ connector.Settler    = (*settlingConn)(nil)
	_ connector.Authorizer = (*lendingConn)(nil)
)

// Capabilities are the same for every thread of a mailbox.
func (c *conn) Capabilities(canon.ThreadKey) connector.Capabilities {
	return capabilities(c.settings)
}

// Close ends the session kept for side work; a running Run ends by its context.
func (c *conn) Close(context.Context) error {
	c.side.close()
	return nil
}

func (c *conn) state(s connector.State) {
	if c.env.State != nil {
		s.At = c.env.Clock()
		c.env.State(s)
	}
}

// Same is the mailbox.
func (driver) Same(v connector.Values) string {
	if v["address"] == "" {
		return ""
	}
	return strings.ToLower(v["address"]) + " at " + strings.ToLower(v["imap_host"])
}
