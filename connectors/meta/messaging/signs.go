package messaging

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"parley/connectors/meta/graph"
	"parley/core/canon"
	"parley/core/connector"
)

// Type shows that we are writing, for twenty seconds or until the answer.
func (c *Conn) Type(ctx context.Context, thread canon.ThreadKey, on bool) error {
	action := "typing_on"
	if !on {
		action = "typing_off"
	}
	return c.act(ctx, thread, action)
}

// MarkRead marks the conversation as read; the platform knows no single message
// here.
func (c *Conn) MarkRead(ctx context.Context, thread canon.ThreadKey, _ canon.RemoteID) error {
	return c.act(ctx, thread, "mark_seen")
}

func (c *Conn) act(ctx context.Context, thread canon.ThreadKey, action string) error {
	body := object{"recipient": object{"id": thread.Peer}, "sender_action": action}
	return c.call(ctx, thread.Account, graph.Request{Method: http.MethodPost, Path: "/messages", JSON: body, Quiet: true}, nil)
}

// Profile looks a customer up: callbacks bring no names here.
func (c *Conn) Profile(ctx context.Context, account connector.Account, peer canon.RemoteID) (canon.Peer, error) {
	p, err := c.pass(ctx, account.RemoteID)
	if err != nil {
		return canon.Peer{}, err
	}
	var out struct {
		Name     string `json:"name"`
		First    string `json:"first_name"`
		Last     string `json:"last_name"`
		Username string `json:"username"`
		Picture  string `json:"profile_pic"`
		Locale   string `json:"locale"`
	}
	query := url.Values{"fields": {strings.Join(c.product.pictures, ",")}}
	err = c.api.Call(ctx, graph.Request{Method: http.MethodGet, Path: "/" + string(peer), Query: query, Token: p.Token, Quiet: true}, &out)
	if err != nil {
		return canon.Peer{}, c.refused(ctx, account.RemoteID, err)
	}
	who := canon.Peer{ID: peer, Name: out.Name, Avatar: out.Picture, Locale: strings.ReplaceAll(out.Locale, "_", "-"), Verified: true}
	if full := strings.TrimSpace(out.First + " " + out.Last); full != "" {
		who.Name = full
	}
	if who.Name == "" {
		who.Name = out.Username
	}
	if out.Username != "" {
		who.Also = []canon.Alias{{Kind: "username", ID: canon.RemoteID(out.Username)}}
	}
	return who, nil
}

// Take takes a conversation from the inbox or another app to ours.
func (c *Conn) Take(ctx context.Context, thread canon.ThreadKey) error {
	return c.control(ctx, thread, "take", object{})
}

// Return gives a conversation to the platform's own inbox.
func (c *Conn) Return(ctx context.Context, thread canon.ThreadKey) error {
	return c.control(ctx, thread, "pass", object{"target_app_id": c.product.inbox})
}

func (c *Conn) control(ctx context.Context, thread canon.ThreadKey, verb string, body object) error {
	body["recipient"] = object{"id": thread.Peer}
	return c.call(ctx, thread.Account, graph.Request{Method: http.MethodPost, Path: "/" + verb + "_thread_control", JSON: body, Quiet: true}, nil)
}
