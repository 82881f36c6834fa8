package line

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	oauth "github.com/line/line-bot-sdk-go/v8/linebot/channel_access_token"

	"parley/core/connector"
)

// tokenKey is where the channel's token is kept for all nodes.
const tokenKey = "access_token"

// Stateless tokens live 15 minutes ("Channel access token" → stateless). One is
// replaced that long before its end, so that none ends on the way.
const tokenSpare = time.Minute

// youngToken is the age under which a refused token says that the channel, not
// the token, is at fault.
const youngToken = 30 * time.Second

// token returns the channel's access token, issuing one when none is kept.
func (c *Conn) token(ctx context.Context) (string, error) {
	if c.own != "" {
		return c.own, nil
	}
	kept, err := c.env.Cache.Once(ctx, tokenKey, c.issue)
	if err != nil {
		var e *connector.Error
		if errors.As(err, &e) {
			return "", e
		}
		return "", &connector.Error{Class: connector.Internal, Code: "cache", Err: fmt.Errorf("keeping an access token: %w", err)}
	}
	_, token, _ := strings.Cut(kept, " ")
	return token, nil
}

// issue asks for a stateless token. What is kept is when it was issued, and it.
func (c *Conn) issue(ctx context.Context) (string, time.Duration, error) {
	client, err := oauth.NewChannelAccessTokenAPI(oauth.WithEndpoint(c.api), oauth.WithHTTPClient(c.client(maxAnswer)))
	if err != nil {
		return "", 0, &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "bad_address", Err: fmt.Errorf("issuing an access token: %w", err)}
	}
	res, got, err := client.WithContext(ctx).IssueStatelessChannelTokenWithHttpInfo("client_credentials", "", "", c.id, c.secret)
	if err != nil || got.AccessToken == "" {
		e := c.failure(res, err)
		if e.Class == connector.Invalid {
			e.Class, e.Scope, e.Shown = connector.NeedsLogin, connector.ScopeLink, saysLogin
		}
		if e.Class == connector.Uncertain {
			e.Class = connector.Transient // a customer sees nothing of it
		}
		return "", 0, e
	}
	life := time.Duration(got.ExpiresIn)*time.Second - tokenSpare
	if life <= 0 {
		life = time.Duration(got.ExpiresIn) * time.Second / 2
	}
	return strconv.FormatInt(c.env.Clock().Unix(), 10) + " " + got.AccessToken, life, nil
}

// refused deals with a token that LINE does not take: one of our own making is
// forgotten, so that the next call brings a fresh one.
func (c *Conn) refused(ctx context.Context, token string, e *connector.Error) *connector.Error {
	if e.Code != strconv.Itoa(http.StatusUnauthorized) || c.own != "" {
		return e
	}
	kept, ok, err := c.env.Cache.Get(ctx, tokenKey)
	if err != nil || !ok {
		return transient(e)
	}
	issued, is, _ := strings.Cut(kept, " ")
	at, _ := strconv.ParseInt(issued, 10, 64)
	switch {
	case is != token: // another call replaced it already
	case c.env.Clock().Sub(time.Unix(at, 0)) < youngToken:
		_ = c.env.Cache.Delete(ctx, tokenKey) // if not, it ends by itself
		return e
	default:
		_ = c.env.Cache.Delete(ctx, tokenKey)
	}
	return transient(e)
}

// transient makes of a refused token what it is: a call that did not happen.
func transient(e *connector.Error) *connector.Error {
	out := *e
	out.Class, out.Scope = connector.Transient, connector.ScopeMessage
	out.Shown = text("The access token had run out; a new one is being issued.", "访问令牌已失效，正在重新签发。")
	return &out
}
