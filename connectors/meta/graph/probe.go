package graph

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"parley/core/connector"
)

// Steps reports the lines of a test.
type Steps struct {
	Step func(connector.Check)
	Now  func() time.Time
}

// Try makes one step and reports how it went; detail is shown when it went
// well.
func (s Steps) Try(name, remedy connector.Text, do func() (detail connector.Text, err error)) error {
	began := s.Now()
	detail, err := do()
	check := connector.Check{Name: name, OK: err == nil, Detail: detail, Took: s.Now().Sub(began)}
	if err != nil {
		e := connector.AsError(err)
		check.Detail, check.Remedy = e.Shown, remedy
		if e.Shown.EN == "" {
			check.Detail = text("Meta could not be reached.", "无法连接 Meta。")
		}
	}
	s.Step(check)
	return err
}

// Linked tells a link from credentials that are tried before there is one: the
// accounts of those have no names yet.
func Linked(link connector.Link) bool {
	return slices.ContainsFunc(link.Accounts, func(a connector.Account) bool { return a.RemoteID != "" })
}

// Subscribed is the step that looks for callbacks. Linking sets them up, so before
// it their absence is no fault.
func Subscribed(err error, linked bool) (connector.Text, error) {
	if e := connector.AsError(err); e != nil && e.Code == "not_subscribed" && !linked {
		return text("Not yet: it is set up when the account is linked.", "尚未设置：关联账号时会自动设置。"), nil
	}
	return connector.Text{}, err
}

// soon is when a token that runs out is warned of.
const soon = 7 * 24 * time.Hour

// Life remembers when a token runs out. Safe for concurrent use.
type Life struct{ ends atomic.Int64 } // Unix seconds; 0: never, or not known

// Expires is when the token runs out; zero: never, or not known.
func (l *Life) Expires() time.Time {
	if at := l.ends.Load(); at > 0 {
		return time.Unix(at, 0).UTC()
	}
	return time.Time{}
}

// Learn asks when a token runs out.
func (l *Life) Learn(ctx context.Context, c *Client, token string) error {
	out, err := c.debug(ctx, token, token)
	if err == nil {
		l.ends.Store(int64(out.Expires))
	}
	return err
}

// Know sets when credentials run out; zero: never, or not known.
func (l *Life) Know(at time.Time) {
	if at.IsZero() {
		l.ends.Store(0)
		return
	}
	l.ends.Store(at.Unix())
}

// Facts are what the platform knows of a token.
type Facts struct {
	Ends  time.Time // zero: never
	Lacks []string  // of the permissions asked about
}

// Inspect asks about a token that came of a login, in the name of as. One of a
// page has no end of its own, but whoever gave it must come by every ninety days
// ("Refresh User Access Tokens: data access").
func (c *Client) Inspect(ctx context.Context, token, as string, scopes ...string) (Facts, error) {
	out, err := c.debug(ctx, token, as)
	if err != nil {
		return Facts{}, err
	}
	f := Facts{Lacks: out.lacks(scopes)}
	at := out.Expires
	if at == 0 {
		at = out.Access
	}
	if at > 0 {
		f.Ends = time.Unix(int64(at), 0).UTC()
	}
	return f, nil
}

// facts are of debug_token.
type facts struct {
	Valid   bool     `json:"is_valid"`
	Expires Number   `json:"expires_at"`
	Access  Number   `json:"data_access_expires_at"`
	Scopes  []string `json:"scopes"`
}

func (f facts) lacks(scopes []string) (missing []string) {
	for _, scope := range scopes {
		if !slices.Contains(f.Scopes, scope) {
			missing = append(missing, scope)
		}
	}
	return missing
}

func (c *Client) debug(ctx context.Context, token, as string) (facts, error) {
	var out struct {
		Data facts `json:"data"`
	}
	err := c.Call(ctx, Request{Method: http.MethodGet, Path: "/debug_token", Query: url.Values{"input_token": {token}}, Token: as, Quiet: true}, &out)
	return out.Data, err
}

// Permissions checks that a token is valid, has the scopes, and how long it
// lives; one that ends soon turns the light of the link.
func (c *Client) Permissions(ctx context.Context, s Steps, token string, state func(connector.State), scopes ...string) error {
	return s.Try(text("Permissions of the token", "令牌权限"),
		text("Make a new token for the system user and tick every permission named here.", "请为系统用户重新生成令牌，并勾选此处列出的全部权限。"),
		func() (connector.Text, error) {
			out, err := c.debug(ctx, token, token)
			if err != nil {
				return connector.Text{}, err
			}
			if missing := out.lacks(scopes); !out.Valid || len(missing) > 0 {
				e := Lacking(missing)
				if !out.Valid {
					e = Meaning(190, 0)
				}
				return connector.Text{}, e
			}
			return life(out.Expires, s.Now(), state), nil
		})
}

// Lacking says which permissions a token was not given.
func Lacking(scopes []string) *connector.Error {
	e := Meaning(10, 0)
	e.Shown = text("The token lacks: "+strings.Join(scopes, ", ")+".", "令牌缺少权限："+strings.Join(scopes, "、")+"。")
	return e
}

func life(expires Number, now time.Time, state func(connector.State)) connector.Text {
	if expires <= 0 {
		return text("It does not expire.", "令牌永不过期。")
	}
	left := time.Unix(int64(expires), 0).Sub(now)
	days := strconv.Itoa(int(left / (24 * time.Hour)))
	shown := text("The access token expires in "+days+" days.", "访问令牌将在 "+days+" 天后过期。")
	if left < soon && state != nil {
		state(connector.State{Health: connector.HealthPoor, Code: "token_expires", At: now, Text: shown,
			Remedy: text("Make a token without expiry for a system user and save it.", "请为系统用户生成永不过期的令牌并保存。")})
	}
	return shown
}
