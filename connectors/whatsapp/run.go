//go:build !nogpl

package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"parley/core/canon"
	"parley/core/connector"
)

// ending is why a run is over.
type ending struct {
	state connector.State
	class connector.Class // of what cannot be sent until then
	err   error
	// rest is how long to wait before it is tried again; negative: until
	// somebody changes something.
	rest time.Duration
}

const untilChanged = -1

// run is one connection with what it brings.
type run struct {
	*conn
	ctx  context.Context // of the client
	drop context.CancelFunc
	cli  *whatsmeow.Client
	sink connector.Sink
	read decoder
	end  chan ending

	gate   sync.RWMutex // held by handlers; closed once the run is over
	closed bool
	watch  watch
}

// Run holds the socket until ctx ends or it is cut; the core opens it again.
// What waited at the server meanwhile comes first, in its order.
func (c *conn) Run(ctx context.Context, _ connector.Cursors, _ <-chan connector.Wake, sink connector.Sink) error {
	if c.session.IsEmpty() {
		return c.rest(ctx, ending{state: notLinked(), class: connector.NeedsLogin, rest: untilChanged})
	}
	b, done, err := c.shelf.take(ctx, c.env)
	if err != nil {
		return c.rest(ctx, ending{state: storeTrouble(), class: connector.Transient, err: err})
	}
	defer done()
	device, err := b.device(ctx, c.session)
	switch {
	case err != nil:
		return c.rest(ctx, ending{state: storeTrouble(), class: connector.Transient, err: err})
	case device == nil:
		return c.rest(ctx, ending{state: loggedOut(), class: connector.NeedsLogin, rest: untilChanged})
	}
	if device.PushName == "" {
		device.PushName = c.name // presence needs one; the phone's own comes later
	}
	r := &run{conn: c, cli: c.client(device), sink: sink, end: make(chan ending, 1)}
	r.ctx, r.drop = context.WithCancel(ctx)
	defer r.drop()
	r.cli.BackgroundEventCtx = r.ctx
	r.read = decoder{account: c.account, own: device.GetJID(), lid: device.GetLID(), phone: func(lid types.JID) types.JID {
		pn, err := device.LIDs.GetPNForLID(ctx, lid)
		if err != nil {
			return types.EmptyJID // the hidden number will do
		}
		return pn
	}}
	r.cli.AddEventHandlerWithSuccessStatus(r.handle)
	return c.rest(ctx, r.hold(ctx))
}

// hold connects and waits for the end.
func (r *run) hold(ctx context.Context) (e ending) {
	defer func() {
		r.setClient(nil, failed(e.class, e.state))
		r.cli.Disconnect()
		r.gate.Lock() // handlers under way finish first; later ones do nothing
		r.closed = true
		r.gate.Unlock()
	}()
	if err := r.cli.ConnectContext(r.ctx); err != nil {
		return ending{state: disconnected(), class: connector.Transient, err: fmt.Errorf("connect to WhatsApp: %w", plain(err))}
	}
	select {
	case e := <-r.end:
		return e
	case <-ctx.Done():
		return ending{state: disconnected(), class: connector.Transient, err: ctx.Err()}
	}
}

// rest shows why nothing runs, and returns when it is to be tried again.
func (c *conn) rest(ctx context.Context, e ending) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.setClient(nil, failed(e.class, e.state))
	c.tell(e.state)
	if e.rest == 0 {
		return e.err
	}
	var over <-chan time.Time
	if e.rest > 0 {
		t := time.NewTimer(e.rest)
		defer t.Stop()
		over = t.C
	}
	select {
	case <-over:
		return e.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *run) finish(e ending) {
	if e.err == nil {
		e.err = errors.New(e.state.Text.EN)
	}
	select {
	case r.end <- e:
	default: // it is ending already
	}
}

// handle takes an event; false keeps it at the server.
func (r *run) handle(evt any) bool {
	r.gate.RLock()
	defer r.gate.RUnlock()
	if r.closed || len(r.end) > 0 {
		return false // what came after something that was not stored must not overtake it
	}
	switch e := evt.(type) {
	case *events.ChatPresence:
		r.sink.Signal(r.ctx, r.read.thread(e.MessageSource), canon.Typing{On: e.State == types.ChatPresenceComposing})
	case *events.Presence:
		r.sink.Signal(r.ctx, canon.ThreadKey{Account: r.account, Peer: peerID(r.read.known(e.From, types.EmptyJID))}, canon.Presence{Online: !e.Unavailable})
	case *events.CallOffer:
		if r.reject {
			go func() { _ = r.cli.RejectCall(r.ctx, e.From, e.CallID) }() // it rings on; the call is shown all the same
		}
		return r.commit(r.read.call(e.BasicCallMeta, canon.CallOffered, e.Data)...)
	case *events.CallTerminate:
		return r.commit(r.read.call(e.BasicCallMeta, canon.CallEnded, nil)...)
	default:
		if end, over := r.lifecycle(evt); over {
			r.finish(end)
			return true
		}
		envelopes := r.read.envelopes(r.unsealed(evt))
		if !r.commit(envelopes...) {
			return false
		}
		r.follow(envelopes)
	}
	return true
}

// commit stores what an event says before the server may forget it.
func (r *run) commit(envelopes ...canon.Envelope) bool {
	if len(envelopes) == 0 {
		return true
	}
	if err := r.sink.Commit(r.ctx, envelopes, nil); err != nil {
		r.finish(ending{state: disconnected(), class: connector.Transient, err: err})
		r.drop() // the library acknowledges some kinds whatever we say, but not without its context
		return false
	}
	return true
}

// lifecycle reads what the server says of the connection itself.
func (r *run) lifecycle(evt any) (ending, bool) {
	needs := func(s connector.State, rest time.Duration) (ending, bool) {
		return ending{state: s, class: connector.NeedsLogin, rest: rest}, true
	}
	switch e := evt.(type) {
	case *events.Connected:
		r.arrived()
	case *events.Disconnected:
		return ending{state: disconnected(), class: connector.Transient}, true
	case *events.KeepAliveTimeout:
		if e.ErrorCount >= 3 { // about a minute and a half without an answer
			return ending{state: disconnected(), class: connector.Transient}, true
		}
	case *events.StreamError:
		return ending{state: disconnected(), class: connector.Transient}, true
	case *events.StreamReplaced:
		return needs(replaced(), untilChanged)
	case *events.ClientOutdated:
		return needs(outdated(), untilChanged)
	case *events.TemporaryBan:
		return needs(bannedFor(e), max(e.Expire, time.Minute))
	case *events.LoggedOut:
		switch e.Reason {
		case events.ConnectFailureMainDeviceGone:
			return needs(locked(), untilChanged)
		case events.ConnectFailureUnknownLogout:
			return needs(bannedForGood(), untilChanged)
		}
		return needs(loggedOut(), untilChanged)
	case *events.ConnectFailure:
		return needs(refusedFor(e.Reason), 5*time.Minute)
	}
	return ending{}, false
}

// arrived opens the way out.
func (r *run) arrived() {
	r.setClient(r.cli, nil)
	if r.online {
		if err := r.cli.SendPresence(r.ctx, types.PresenceAvailable); err != nil {
			r.env.Log.Debug("the account does not show as online", "err", plain(err))
		}
	}
	r.tell(goodState())
}
