package http

import (
	"context"
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"regexp"
	"slices"

	"parley/core/canon"
	"parley/core/connector"
)

// The limits of devices and of what a notice says.
const (
	MaxDevices = 50   // told of in one callback
	maxToken   = 4096 // bytes: a Web Push subscription is the longest there is
	maxNotice  = 200  // graphemes of a notice's words
)

// carried recognises a body of devices.
var carried = regexp.MustCompile(`^\s*\{\s*"devices"\s*:`)

// Device is a device that shows notices: its customer signed in on it, or out.
type Device struct {
	Thread  canon.ThreadKey `json:"thread"`            // whose; the account may be left out
	Token   string          `json:"token"`             // names the device at the service; it belongs to who was told of it last
	Service string          `json:"service,omitempty"` // who brings notices to it, in your words: "apns", "fcm"
	App     string          `json:"app,omitempty"`     // which application on it, such as a bundle id
	Off     bool            `json:"off,omitempty"`     // that it is nobody's any more
}

// Push is what a notice of a message needs. To send it is the application's part.
type Push struct {
	Title   string   `json:"title,omitempty"` // who speaks
	Body    string   `json:"body"`            // the message in short
	Devices []Target `json:"devices"`         // the newest first
}

// Target is a device to send a notice to.
type Target struct {
	Token   string `json:"token"`
	Service string `json:"service,omitempty"`
	App     string `json:"app,omitempty"`
}

// decodeDevices reads {"devices":[…]}.
func (c *Conn) decodeDevices(body []byte) (connector.Batch, error) {
	var in struct {
		Devices []Device `json:"devices"`
	}
	if len(body) > MaxDevices*(maxToken+2000) {
		return connector.Batch{}, &Problem{nethttp.StatusRequestEntityTooLarge, "too_large", "", "Tell of fewer devices at a time."}
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return connector.Batch{}, broken(err)
	}
	if n := len(in.Devices); n == 0 || n > MaxDevices {
		return connector.Batch{}, &Problem{nethttp.StatusBadRequest, "bad_batch", "devices", fmt.Sprintf("Tell of 1 to %d devices at a time.", MaxDevices)}
	}
	var out connector.Batch
	for i, d := range in.Devices {
		field := fmt.Sprintf("devices[%d].", i)
		if p := c.lane(&d.Thread, field+"thread"); p != nil {
			return connector.Batch{}, p
		}
		switch {
		case d.Token == "" || len(d.Token) > maxToken:
			return connector.Batch{}, bad(field+"token", fmt.Sprintf("A token has 1 to %d bytes.", maxToken))
		case len(d.Service) > maxID || len(d.App) > maxID:
			return connector.Batch{}, bad(field+"service", "Service and app may have 255 bytes at most.")
		}
		out.Devices = append(out.Devices, connector.Registered{Thread: d.Thread, Device: connector.Device{Token: d.Token, Service: d.Service, App: d.App}, Gone: d.Off})
	}
	return out, nil
}

// push is what a notice of a message needs; nil where nobody would see one.
func (c *Conn) push(ctx context.Context, r connector.Request) (*Push, error) {
	if c.env.Devices == nil {
		return nil, nil
	}
	all, err := c.env.Devices.Of(ctx, r.Thread)
	if err != nil {
		return nil, &connector.Error{Class: connector.Transient, Code: "devices", Err: fmt.Errorf("reading the devices of a thread: %w", err)}
	}
	if len(all) == 0 {
		return nil, nil
	}
	p := &Push{Title: r.Sender.Name, Body: connector.Length{Max: maxNotice, Unit: connector.Graphemes}.Head(r.Message.Fallback(), "…")}
	for _, d := range all {
		p.Devices = append(p.Devices, Target{d.Token, d.Service, d.App})
	}
	return p, nil
}

// drop forgets tokens of a call that the application found dead. That it fails
// does no harm: the next call names them again, and so does its answer.
func (c *Conn) drop(ctx context.Context, call Call, dead []string) {
	dead = slices.DeleteFunc(dead, func(token string) bool {
		return !slices.ContainsFunc(call.Push.Devices, func(d Target) bool { return d.Token == token })
	})
	_ = c.env.Devices.Drop(ctx, call.Thread.Account, dead)
}
