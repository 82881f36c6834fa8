//go:build !nogpl

package whatsapp

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"parley/core/connector"
)

const (
	// codeLife is how long a pair code can be typed in: the server ends the
	// waiting after the six QR codes are over, 160 seconds.
	codeLife = 150 * time.Second
	// pairLife bounds a whole login with its codes issued anew.
	pairLife = 15 * time.Minute
)

// pairing is a login under way. Codes that run out are issued anew until the
// phone answers, the login is given up, or nobody looks at it.
type pairing struct {
	c    *conn
	txn  string
	ctx  context.Context
	stop context.CancelFunc
	idle *time.Timer

	mu      sync.Mutex
	step    connector.Step
	err     error
	count   int
	waiters chan struct{} // closed at every change
}

func newPairing(c *conn, txn string) *pairing {
	p := &pairing{c: c, txn: txn, waiters: make(chan struct{})}
	p.ctx, p.stop = context.WithTimeout(context.Background(), pairLife)
	p.idle = time.AfterFunc(idleLogin, p.stop)
	return p
}

func (p *pairing) touch() { p.idle.Reset(idleLogin) }

// show sets the step that is to be seen.
func (p *pairing) show(s connector.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	s.Txn = p.txn
	if s.ID == "" {
		s.ID = fmt.Sprintf("%s-%d", s.Kind, p.count)
	}
	p.step = s
	close(p.waiters)
	p.waiters = make(chan struct{})
}

func (p *pairing) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
		close(p.waiters)
		p.waiters = make(chan struct{})
	}
}

func (p *pairing) now() (connector.Step, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.step, p.err
}

// changed waits until the step is another than the one named.
func (p *pairing) changed(ctx context.Context, seen string, wait time.Duration) (connector.Step, error) {
	t := time.NewTimer(wait)
	defer t.Stop()
	for {
		p.mu.Lock()
		step, err, waiters := p.step, p.err, p.waiters
		p.mu.Unlock()
		if err != nil || step.ID != seen {
			return step, err
		}
		select {
		case <-waiters:
		case <-t.C:
			if step.ID == "" {
				return step, away()
			}
			return step, nil
		case <-ctx.Done():
			return step, ctx.Err()
		}
	}
}

// start begins to show codes; with a phone number, those to be typed.
func (p *pairing) start(phone string) {
	go func() {
		defer p.stop()
		b, done, err := p.c.shelf.take(p.ctx, p.c.env)
		if err != nil {
			p.fail(&connector.Error{Class: connector.Internal, Err: err})
			return
		}
		defer done()
		for p.ctx.Err() == nil {
			if over := p.round(b, phone); over {
				return
			}
		}
		p.fail(&connector.Error{Class: connector.Invalid, Code: "login_over", Shown: text("Nobody scanned a code in time. Begin again.", "长时间未扫码，请重新开始。")})
	}()
}

// round shows the codes of one connection; false when they ran out.
func (p *pairing) round(b *box, phone string) (over bool) {
	device := b.NewDevice()
	cli := p.c.client(device)
	cli.BackgroundEventCtx = p.ctx
	back := make(chan struct{}, 1)
	cli.AddEventHandler(func(evt any) {
		if _, ok := evt.(*events.ManualLoginReconnect); ok {
			back <- struct{}{}
		}
	})
	foreign := false
	if !p.c.session.IsEmpty() {
		before := p.c.session.User
		cli.PrePairCallback = func(jid types.JID, _, _ string) bool {
			foreign = jid.User != before
			return !foreign
		}
	}
	codes, err := cli.GetQRChannel(p.ctx)
	if err == nil {
		err = cli.ConnectContext(p.ctx)
	}
	if err != nil {
		p.fail(failed(connector.Transient, disconnected()))
		return true
	}
	defer cli.Disconnect()
	shown := false
	for item := range codes {
		switch item.Event {
		case whatsmeow.QRChannelEventCode:
			switch {
			case phone == "":
				p.show(qrStep(item.Code, p.c.env.Clock().Add(item.Timeout)))
				if p.c.o.Sees != nil {
					p.c.o.Sees(item.Code)
				}
			case !shown:
				shown = true
				if !p.code(cli, phone) {
					return true
				}
			}
		case whatsmeow.QRChannelSuccess.Event:
			select { // the server has taken the proof
			case <-back:
			case <-time.After(10 * time.Second):
			case <-p.ctx.Done():
			}
			p.finish(b, cli)
			return true
		case whatsmeow.QRChannelTimeout.Event:
			return false
		case whatsmeow.QRChannelClientOutdated.Event:
			p.fail(failed(connector.NeedsLogin, outdated()))
			return true
		default:
			p.fail(refusedPairing(foreign, p.c.session.User))
			return true
		}
	}
	return p.ctx.Err() != nil
}

func refusedPairing(foreign bool, number string) *connector.Error {
	e := &connector.Error{Class: connector.Invalid, Code: "pairing", Shown: text("WhatsApp did not link the device. Begin again, or use the other way of linking.", "WhatsApp 未能完成关联，请重新开始，或换用另一种方式。")}
	if foreign {
		e.Code = "other_number"
		e.Shown = text("This account belongs to +"+number+". To link another number, add another account.", "此账号属于 +"+number+"。如需关联其他号码，请新建账号。")
	}
	return e
}

func qrStep(code string, until time.Time) connector.Step {
	return connector.Step{Kind: connector.StepShow, Display: connector.Display{Kind: "qr", Data: code}, Expires: until,
		Text: text("On the phone open WhatsApp, then Settings, Linked devices, Link a device, and scan this code.", "在手机上打开 WhatsApp → 设置 → 已关联设备 → 关联新设备，然后扫描此二维码。")}
}

// code asks for a code to be typed and shows it.
func (p *pairing) code(cli *whatsmeow.Client, phone string) bool {
	code, err := cli.PairPhone(p.ctx, phone, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
	if err != nil {
		p.fail(&connector.Error{Class: connector.Invalid, Code: "pair_code", Err: plain(err), Shown: text(
			"WhatsApp gives no code for this number. Check it, or scan the QR code.", "WhatsApp 未能为该号码提供配对码，请检查号码，或改为扫码。")})
		return false
	}
	p.show(connector.Step{Kind: connector.StepShow, Display: connector.Display{Kind: "code", Data: code}, Expires: p.c.env.Clock().Add(codeLife),
		Text: text("On the phone open WhatsApp, then Settings, Linked devices, Link a device, Link with phone number, and type this code.", "在手机上打开 WhatsApp → 设置 → 已关联设备 → 关联新设备 → 改用手机号码关联，然后输入此配对码。")})
	return true
}

// finish ends with the new session, and forgets that of before.
func (p *pairing) finish(b *box, cli *whatsmeow.Client) {
	session := cli.Store.GetJID()
	if before := p.c.session; !before.IsEmpty() && before != session {
		if err := b.forget(context.WithoutCancel(p.ctx), before); err != nil {
			p.c.env.Log.Warn("the session of before was not deleted", "err", err)
		}
	}
	p.show(connector.Step{Kind: connector.StepDone, ID: "done", Result: connector.Values{"session": session.String()},
		Text: text("+"+session.User+" is linked.", "+"+session.User+" 已关联。")})
}
