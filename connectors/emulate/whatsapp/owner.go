//go:build !nogpl

package whatsapp

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// linkWait bounds how long the phone waits for a device whose code was typed in.
const linkWait = 20 * time.Second

// Sees holds a QR code before the camera of the account's phone, until another.
func (p *Platform) Sees(code string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.scene = code
}

// link is "Link a device" on the account's phone: "" scans what is before the
// camera; else it is what a code says, or the eight characters of a pair code.
func (p *Platform) link(ctx context.Context, code string) error {
	code = strings.TrimSpace(code)
	if code == "" {
		p.mu.Lock()
		code = p.scene
		p.mu.Unlock()
		if code == "" {
			return errors.New("no QR code is before the camera: have one shown, then scan it")
		}
	}
	if strings.Contains(code, ",") {
		return p.Scan(code)
	}
	ctx, cancel := context.WithTimeout(ctx, linkWait)
	defer cancel()
	err := p.Enter(ctx, code)
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("the device did not answer")
	}
	return err
}

// linked is what stands under Linked devices; p.mu is held.
func (p *Platform) linked() *emulate.Linked {
	out := &emulate.Linked{Number: "+" + p.o.Phone}
	if c := p.companion; c != nil {
		out.Device, out.Away = cmp.Or(c.name, "device"), c.wire == nil
	}
	return out
}
