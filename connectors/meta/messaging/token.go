package messaging

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// tokenLife is how long a page's token is used before it is asked for again.
// One made from a system user's token does not end by itself.
const tokenLife = 12 * time.Hour

// pass is what a call for an account needs: its page, and the page's token.
type pass struct {
	Page  string `json:"page"`
	Token string `json:"token"`
}

func passKey(account canon.RemoteID) string { return "page:" + string(account) }

// pass returns the token of an account's page, shared by all nodes.
func (c *Conn) pass(ctx context.Context, account canon.RemoteID) (pass, error) {
	var p pass
	if c.login {
		return c.lent(ctx, account)
	}
	kept, err := c.env.Cache.Once(ctx, passKey(account), func(ctx context.Context) (string, time.Duration, error) {
		p, err := c.find(ctx, c.token, account)
		if err != nil {
			return "", 0, err
		}
		b, err := json.Marshal(p)
		return string(b), tokenLife, err
	})
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal([]byte(kept), &p); err != nil {
		return p, &connector.Error{Class: connector.Internal, Code: "kept_token", Err: err}
	}
	return p, nil
}

// refused forgets a page's token that was not accepted. The next attempt gets a
// fresh one; where that cannot be had, it says so itself.
func (c *Conn) refused(ctx context.Context, account canon.RemoteID, err error) error {
	e := connector.AsError(err)
	if e.Code != "190" {
		return err
	}
	if c.login {
		if over := c.renew(ctx, account); over != nil {
			return over
		}
		again := *e
		again.Class, again.Scope = connector.Transient, connector.ScopeAccount
		return &again
	}
	if gone := c.env.Cache.Delete(ctx, passKey(account)); gone != nil {
		return err
	}
	again := *e
	again.Class, again.Scope = connector.Transient, connector.ScopeAccount
	return &again
}

// lists bounds how many lists of a hundred pages are read.
const lists = 50

// speaker is a page with its token.
type speaker struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Token     string   `json:"access_token"`
	Tasks     []string `json:"tasks"`
	Instagram struct {
		ID       canon.RemoteID `json:"id"`
		Username string         `json:"username"`
	} `json:"instagram_business_account"`
}

// What is asked of a page: to speak for it, and to choose it.
const (
	toSpeak  = "id,access_token,instagram_business_account"
	toChoose = "id,name,access_token,tasks,instagram_business_account{id,username}"
)

// speakers lists the pages a token may act for.
func (c *Conn) speakers(ctx context.Context, token, fields string) (all []speaker, err error) {
	query := url.Values{"fields": {fields}, "limit": {"100"}}
	for range lists {
		var out struct {
			Data   []speaker `json:"data"`
			Paging struct {
				Cursors struct {
					After string `json:"after"`
				} `json:"cursors"`
				Next string `json:"next"`
			} `json:"paging"`
		}
		if err := c.api.Call(ctx, graph.Request{Method: http.MethodGet, Path: "/me/accounts", Query: query, Token: token, Quiet: true}, &out); err != nil {
			return nil, err
		}
		all = append(all, out.Data...)
		if out.Paging.Next == "" || out.Paging.Cursors.After == "" {
			break
		}
		query.Set("after", out.Paging.Cursors.After)
	}
	return all, nil
}

// find looks for an account among the pages a token may act for.
func (c *Conn) find(ctx context.Context, token string, account canon.RemoteID) (pass, error) {
	all, err := c.speakers(ctx, token, toSpeak)
	if err != nil && connector.AsError(err).Code == "100" {
		// It is a page's own token: a page has no pages.
		var self speaker
		if err := c.api.Call(ctx, graph.Request{Method: http.MethodGet, Path: "/me", Query: url.Values{"fields": {toSpeak}}, Token: token, Quiet: true}, &self); err != nil {
			return pass{}, err
		}
		self.Token = token
		all, err = []speaker{self}, nil
	}
	if err != nil {
		return pass{}, err
	}
	for _, s := range all {
		if s.Token != "" && s.account(c.product.instagram) == account {
			return pass{s.ID, s.Token}, nil
		}
	}
	return pass{}, &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeAccount, Code: "no_page", Shown: text(
		"The token may not act for this account. Give the system user its page, with the task Messages, and make a new token.",
		"令牌无权代表该账号。请为系统用户分配对应主页的“消息”任务，并重新生成令牌。")}
}

// call makes a call with the token of an account's page; path is below the page.
func (c *Conn) call(ctx context.Context, account canon.RemoteID, r graph.Request, out any) error {
	p, err := c.pass(ctx, account)
	if err != nil {
		return err
	}
	r.Token = p.Token
	r.Path = "/" + p.Page + r.Path
	if err := c.api.Call(ctx, r, out); err != nil {
		return c.refused(ctx, account, err)
	}
	return nil
}
