package fake

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	nethttp "net/http"
	"slices"

	"parley/core/canon"
)

// notify shows a notice on the devices it is meant for, and tells which are no
// more. The lock is held.
func (p *Platform) notify(n *Notice) (dead []string) {
	if n == nil {
		return nil
	}
	p.notices = append(p.notices, *n)
	for _, d := range n.Devices {
		if p.dead[d.Token] {
			dead = append(dead, d.Token)
		}
	}
	return dead
}

// Notices are what was to be shown on devices so far, oldest first.
func (p *Platform) Notices() []Notice {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.notices)
}

// Uninstall makes a token lead nowhere, as when the application was removed: the
// next notice for it says so.
func (p *Platform) Uninstall(token string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead == nil {
		p.dead = map[string]bool{}
	}
	p.dead[token] = true
}

// Ask asks the hub where a file may be put. Its error tells the status, where the
// hub does not say.
func (p *Platform) Ask(ctx context.Context, hook string, peer canon.RemoteID, name, mime string) (address string, err error) {
	address, failed, err := p.ask(ctx, hook, peer, name, mime)
	if failed != 0 && err == nil {
		err = fmt.Errorf("asking for an address is answered %d", failed)
	}
	return address, err
}

func (p *Platform) ask(ctx context.Context, hook string, peer canon.RemoteID, name, mime string) (address string, failed int, err error) {
	body, err := json.Marshal(map[string]any{"thread": map[string]any{"peer": peer}, "name": name, "mime": mime})
	if err != nil {
		return "", 0, fmt.Errorf("asking for an address: %w", err)
	}
	asked, err := p.send(ctx, hook+"/uploads", body)
	if err != nil || !asked.Accepted() {
		return "", asked.Status, err
	}
	var place struct {
		URL string `json:"url"`
	}
	if err := json.Unmarshal(asked.Body, &place); err != nil {
		return "", 0, fmt.Errorf("reading the address: %w", err)
	}
	return place.URL, 0, nil
}

// Upload asks for an address and puts a file there. It returns the handle to name
// it by, or the status that went wrong.
func (p *Platform) Upload(ctx context.Context, hook string, peer canon.RemoteID, name, mime string, file []byte) (handle canon.RemoteID, failed int, err error) {
	address, failed, err := p.ask(ctx, hook, peer, name, mime)
	if err != nil || failed != 0 {
		return "", failed, err
	}
	return p.Put(ctx, address, file)
}

// Put puts a file at an address the hub gave, as Upload does.
func (p *Platform) Put(ctx context.Context, address string, file []byte) (handle canon.RemoteID, failed int, err error) {
	req, err := nethttp.NewRequestWithContext(ctx, nethttp.MethodPut, address, bytes.NewReader(file))
	if err != nil {
		return "", 0, fmt.Errorf("putting a file: %w", err)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return "", 0, fmt.Errorf("putting a file: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	var put struct {
		Handle canon.RemoteID `json:"handle"`
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return "", 0, fmt.Errorf("putting a file: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return "", resp.StatusCode, nil
	}
	if err := json.Unmarshal(raw, &put); err != nil {
		return "", 0, fmt.Errorf("reading a handle: %w", err)
	}
	return put.Handle, 0, nil
}
