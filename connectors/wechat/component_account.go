package wechat

import (
	"context"
	"errors"
	"io"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Send makes one call with the token of the account.
func (c *ComponentConn) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	return c.sub(r.Account.RemoteID).Send(ctx, r)
}

// UploadFor makes temporary material of the account.
func (c *ComponentConn) UploadFor(ctx context.Context, a connector.Account, key canon.ID, info connector.FileInfo, body io.Reader) (canon.RemoteID, time.Duration, error) {
	return c.sub(a.RemoteID).Upload(ctx, key, info, body)
}

// Upload is UploadFor where there is one account.
func (c *ComponentConn) Upload(ctx context.Context, key canon.ID, info connector.FileInfo, body io.Reader) (canon.RemoteID, time.Duration, error) {
	if len(c.named) != 1 {
		return "", 0, &connector.Error{Class: connector.Internal, Code: "no_account", Err: errors.New("material belongs to one account")}
	}
	return c.sub(c.named[0]).Upload(ctx, key, info, body)
}

// Fetch brings what a customer sent to the account.
func (c *ComponentConn) Fetch(ctx context.Context, a connector.Account, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	return c.sub(a.RemoteID).Fetch(ctx, a, m)
}

// Type shows the customer that somebody writes.
func (c *ComponentConn) Type(ctx context.Context, thread canon.ThreadKey, on bool) error {
	return c.sub(thread.Account).Type(ctx, thread, on)
}

// Templates lists the account's templates.
func (c *ComponentConn) Templates(ctx context.Context, a connector.Account) ([]canon.Template, error) {
	return c.sub(a.RemoteID).Templates(ctx, a)
}

// Profile asks for a follower of an official account; of customers of a
// mini-program the platform tells nothing.
func (c *ComponentConn) Profile(ctx context.Context, a connector.Account, peer canon.RemoteID) (canon.Peer, error) {
	s := c.sub(a.RemoteID)
	if s.mini {
		return canon.Peer{ID: peer, Verified: true}, nil
	}
	return OfficialConn{s}.Profile(ctx, a, peer)
}

// Menu reads the menu of an official account.
func (c *ComponentConn) Menu(ctx context.Context, a connector.Account) (connector.Menu, error) {
	s := c.sub(a.RemoteID)
	if s.mini {
		return connector.Menu{}, noMenu()
	}
	return OfficialConn{s}.Menu(ctx, a)
}

// SetMenu sets the menu of an official account.
func (c *ComponentConn) SetMenu(ctx context.Context, a connector.Account, m connector.Menu) error {
	s := c.sub(a.RemoteID)
	if s.mini {
		return noMenu()
	}
	return OfficialConn{s}.SetMenu(ctx, a, m)
}

func noMenu() error {
	return unsupported(text("A mini-program has no menu below its chats.", "小程序客服没有自定义菜单。"))
}
