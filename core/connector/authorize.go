package connector

import (
	"context"
	"net/url"
	"time"
)

// Authorizer links accounts at a page of the platform's own: the administrator
// is sent there, agrees, and comes back to the hub with what the platform put on
// the address (OAuth, and what came before it). Both ends may run on different
// nodes, so a Conn remembers nothing between them but in Env.Cache.
type Authorizer interface {
	// Authorize says where to send the administrator. account is the account to
	// be authorised again; a zero one, or one the platform knows nothing of yet,
	// stands for whichever the administrator chooses there.
	Authorize(ctx context.Context, account Account, back Back) (Visit, error)
	// Authorized ends it: returned is what the platform put on the address,
	// without the state, which the core has checked. Credentials the platform
	// gives for an account are the Conn's to keep, in Env.Cache or in
	// Granted.Config, before it returns.
	Authorized(ctx context.Context, returned url.Values) (Granted, error)
}

// Back is where the platform sends the administrator back to.
type Back struct {
	// URL is the address without the state, for platforms that compare it with
	// one they know and carry a state beside it.
	URL string
	// State must come back in the parameter "state". It is good once, for this
	// person in this browser, for half an hour.
	State string
}

// Whole is the address with the state in it, for platforms that carry none.
func (b Back) Whole() string { return b.URL + "?state=" + url.QueryEscape(b.State) }

// Visit is a page of the platform's to send the administrator to.
type Visit struct {
	URL     string
	Expires time.Time // when the platform no longer takes it; zero: it does not say
}

// Granted is what an authorisation brought.
type Granted struct {
	Config   Values    // of the form, to keep with the link; secrets among them are sealed
	Accounts []Account // authorised by it; Name is the platform's
	// Offered are accounts it covers of which a person chooses; those chosen are
	// linked. The Conn keeps what they need for as long as a choice may take, an hour.
	Offered []Account
}
