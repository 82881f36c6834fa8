package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
	"parley/core/store"
)

// Signer makes texts that only we could have made; *secret.Signer is one.
type Signer interface {
	Token(payload []byte) string
	OpenToken(token string) ([]byte, error)
}

// Config is what New needs.
type Config struct {
	Store *store.Store
	// Box seals the secrets of second factors.
	Box *secret.Box
	// Devices signs the cookies by which a browser is known; its purpose should
	// be used for nothing else.
	Devices Signer
	// Hasher is shared by all who check passwords; nil: one of its own with
	// four slots.
	Hasher *Hasher
	// Secure says that people come over https: cookies get the __Host- prefix.
	Secure bool
	// Address tells where a request comes from, behind proxies too; nil: the
	// other end of the connection.
	Address func(*http.Request) netip.Addr
}

// Auth proves who is asking. Safe for concurrent use.
type Auth struct {
	store   *store.Store
	box     *secret.Box
	devices Signer
	hasher  *Hasher
	secure  bool
	address func(*http.Request) netip.Addr
	guesses *limiter
	tickets *tickets
}

// New returns an Auth.
func New(c Config) *Auth {
	a := &Auth{store: c.Store, box: c.Box, devices: c.Devices, hasher: c.Hasher, secure: c.Secure, address: c.Address,
		guesses: newLimiter(), tickets: &tickets{open: map[string]openTicket{}}}
	if a.hasher == nil {
		a.hasher = NewHasher(4)
	}
	if a.address == nil {
		a.address = remote
	}
	return a
}

func remote(r *http.Request) netip.Addr {
	if p, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return p.Addr().Unmap()
	}
	return netip.Addr{}
}

// Address is where a request comes from.
func (a *Auth) Address(r *http.Request) netip.Addr { return a.address(r) }

// Hash returns the hash of a password that CheckPassword let pass.
func (a *Auth) Hash(ctx context.Context, password string) (string, error) {
	return a.hasher.Hash(ctx, password)
}

// ErrUnknown says that nobody is signed in, or not any more.
var ErrUnknown = errors.New("nobody is signed in")

// SlowDown says that there were too many wrong tries.
type SlowDown struct{ After time.Duration }

func (e *SlowDown) Error() string {
	return fmt.Sprintf("too many tries; wait %s", e.After.Round(time.Second))
}

// Identify says who sent a request: a token in the Authorization header, else
// the session of a cookie. It is ErrUnknown when neither counts.
func (a *Auth) Identify(r *http.Request) (Identity, error) {
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, text, _ := strings.Cut(h, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return Identity{}, ErrUnknown
		}
		return a.byToken(r, strings.TrimSpace(text))
	}
	c, err := r.Cookie(a.cookieName())
	if err != nil {
		return Identity{}, ErrUnknown
	}
	return a.bySession(r, c.Value)
}

// seenEvery bounds how often use is written down.
const seenEvery = 5 * time.Minute

func (a *Auth) byToken(r *http.Request, text string) (Identity, error) {
	tenant, hash, ok := readToken(text)
	if !ok {
		return Identity{}, ErrUnknown
	}
	scope := a.store.For(tenant)
	v, ok, err := scope.TokenByHash(r.Context(), hash)
	if err != nil {
		return Identity{}, err
	}
	if !ok {
		return Identity{}, ErrUnknown
	}
	if scope.Now().Sub(v.LastUsed) > seenEvery {
		if err := scope.Write(r.Context(), func(t *store.Tx) error { return t.UseToken(v.ID) }); err != nil && !store.Unavailable(err) {
			return Identity{}, err
		}
	}
	return Identity{Tenant: tenant, Token: v.ID, Name: v.Name, Role: v.Role, Credential: hash, Address: a.address(r)}, nil
}

func (a *Auth) bySession(r *http.Request, text string) (Identity, error) {
	tenant, hash, ok := readSecret(text)
	if !ok {
		return Identity{}, ErrUnknown
	}
	scope := a.store.For(tenant)
	s, ok, err := scope.Session(r.Context(), hash)
	if err != nil {
		return Identity{}, err
	}
	if !ok {
		return Identity{}, ErrUnknown
	}
	v, err := scope.Agent(r.Context(), s.Agent)
	if f, isFault := core.AsFault(err); isFault && f.Kind == core.FaultNotFound || err == nil && !v.Disabled.IsZero() {
		return Identity{}, ErrUnknown
	}
	if err != nil {
		return Identity{}, err
	}
	if now := scope.Now(); now.Sub(s.Seen) > seenEvery {
		expires := expiry(s.Created, now)
		if err := scope.Write(r.Context(), func(t *store.Tx) error { return t.SeeSession(hash, expires) }); err != nil && !store.Unavailable(err) {
			return Identity{}, err
		}
	}
	who := a.person(tenant, v, hash, r)
	who.Bare = s.Bare
	return who, nil
}

func (a *Auth) person(tenant canon.ID, v core.Agent, hash []byte, r *http.Request) Identity {
	return Identity{Tenant: tenant, Agent: v.ID, Name: v.Name, Role: v.Role, Teams: v.Teams, Language: v.Language, Credential: hash, Address: a.address(r)}
}

// ActAs makes a token's identity that of an agent it names.
func (a *Auth) ActAs(ctx context.Context, who Identity, agent canon.ID) (Identity, error) {
	if who.Token.IsZero() || !who.Can(Act) {
		return who, &core.Fault{Kind: core.FaultForbidden, Code: "act",
			Text:   connector.Text{EN: "Only an API token of an owner or administrator may act as an agent.", ZH: "仅所有者或管理员的 API 令牌可以代表客服操作。"},
			Remedy: connector.Text{EN: "Leave the Parley-Agent header out.", ZH: "请去掉 Parley-Agent 请求头。"}}
	}
	v, err := a.store.For(who.Tenant).Agent(ctx, agent)
	if err != nil {
		return who, err
	}
	if !v.Disabled.IsZero() || !Within(v.Role, who.Role) {
		return who, core.NotFound("agent")
	}
	who.Agent, who.Name, who.Teams = v.ID, v.Name, v.Teams
	return who, nil
}

// Ticket makes a single-use ticket for a live socket.
func (a *Auth) Ticket(who Identity) (string, error) {
	text, ok := a.tickets.issue(who, a.store.Now())
	if !ok {
		return "", &SlowDown{After: TicketLife}
	}
	return text, nil
}

// Redeem uses a ticket up: whoever made it, if they still count.
func (a *Auth) Redeem(ctx context.Context, ticket string) (Identity, error) {
	who, ok := a.tickets.redeem(ticket, a.store.Now())
	if !ok {
		return Identity{}, ErrUnknown
	}
	alive, err := a.store.For(who.Tenant).Alive(ctx, [][]byte{who.Credential})
	if err != nil {
		return Identity{}, err
	}
	if !alive[string(who.Credential)] {
		return Identity{}, ErrUnknown
	}
	return who, nil
}
