//go:build !nogpl

package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types/events"
)

// Leave logs the device out, so that the phone does not list it any more. Its
// session is deleted here in any case.
func (c *conn) Leave(ctx context.Context) error {
	if c.session.IsEmpty() {
		return nil
	}
	b, done, err := c.shelf.take(ctx, c.env)
	if err != nil {
		return err
	}
	defer done()
	device, err := b.device(ctx, c.session)
	if err != nil || device == nil {
		return err
	}
	cli := c.client(device)
	if err := logOut(ctx, cli); err != nil {
		forgotten := b.forget(context.WithoutCancel(ctx), c.session)
		return errors.Join(fmt.Errorf("log the device out at WhatsApp: %w", plain(err)), forgotten)
	}
	return nil
}

// logOut signs in and says goodbye. What comes meanwhile stays at the server.
func logOut(ctx context.Context, cli *whatsmeow.Client) error {
	in := make(chan error, 1)
	cli.AddEventHandlerWithSuccessStatus(func(evt any) bool {
		var err error
		switch e := evt.(type) {
		case *events.Connected:
		case *events.LoggedOut, *events.ConnectFailure, *events.ClientOutdated, *events.TemporaryBan, *events.Disconnected:
			err = fmt.Errorf("it is not let in: %T", e)
		default:
			return false
		}
		select {
		case in <- err:
		default: // it is decided already
		}
		return true
	})
	cli.BackgroundEventCtx = ctx
	if err := cli.ConnectContext(ctx); err != nil {
		return err
	}
	defer cli.Disconnect()
	select {
	case err := <-in:
		if err != nil {
			return err
		}
		return cli.Logout(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}
