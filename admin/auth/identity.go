package auth

import (
	"net/netip"

	"parley/core"
	"parley/core/canon"
	"parley/core/store"
)

// Identity is who is asking.
type Identity struct {
	Tenant canon.ID
	// Agent is the person; for a program the agent it acts as, if any.
	Agent canon.ID
	// Token is the program's token; zero for a person.
	Token    canon.ID
	Name     string
	Role     core.Role
	Teams    []canon.ID
	Language string
	// Credential is the hash of the session's or token's secret.
	Credential []byte
	Address    netip.Addr
	// Bare says that the session may do nothing but set up a second factor.
	Bare bool
}

// Person reports whether somebody is signed in, rather than a program.
func (i Identity) Person() bool { return i.Token.IsZero() && !i.Agent.IsZero() }

// Can reports whether the identity has a permission.
func (i Identity) Can(p Permission) bool {
	if p == Self {
		return i.Person()
	}
	return Can(i.Role, p)
}

// Who is the id acts are written down under: the agent, else the token.
func (i Identity) Who() canon.ID {
	if i.Agent.IsZero() {
		return i.Token
	}
	return i.Agent
}

// Visible is what of the conversations the identity may see; nil: all.
func (i Identity) Visible() *store.Visible {
	if i.Can(ConversationAll) {
		return nil
	}
	return &store.Visible{Agent: i.Who(), Teams: i.Teams}
}
