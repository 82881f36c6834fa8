package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"parley/admin/demo"
	"parley/connectors/emulate"
	"parley/core/connector"
)

// playAll starts the emulators of calledNames on free ports of this machine.
func playAll(ctx context.Context, client *http.Client) ([]*playedPlatform, error) {
	var all []*playedPlatform
	for _, name := range calledNames() {
		p, err := play(name, client, true)
		if err == nil {
			all = append(all, p)
			err = p.serve(ctx, "127.0.0.1:0", nil)
		}
		if err != nil {
			closeAll(all)
			return nil, fmt.Errorf("start the demo's platforms: %w", err)
		}
	}
	return all, nil
}

func closeAll(all []*playedPlatform) {
	for _, p := range all {
		p.close()
	}
}

// shown puts played platforms into the words of the demo: the accounts it links
// and the phones it shows.
func shown(all []*playedPlatform, drivers *connector.Registry) (channels []demo.Channel, phones []demo.Phone) {
	for _, p := range all {
		for _, c := range p.channels {
			driver, ok := drivers.Driver(c.kind)
			if !ok {
				continue // this build was made without it
			}
			values := connector.Values{"api_base": p.at(c)}
			if c.page {
				values["page_base"] = p.at(c)
			}
			for name, v := range c.values {
				values[name] = v
			}
			name := driver.Spec().Name
			if !c.linked {
				channels = append(channels, demo.Channel{Kind: c.kind, Name: name, Values: values})
			}
			phones = append(phones, phoneOf(c, name))
		}
	}
	return channels, phones
}

func phoneOf(c playedChannel, name connector.Text) demo.Phone {
	return demo.Phone{
		Kind: c.kind, Name: name, Files: c.files, Watch: c.phone.Watch,
		Customers: func() any { return c.phone.Customers() },
		Screen:    func(customer string) any { return c.phone.Screen(customer) },
		Do: func(ctx context.Context, customer string, raw json.RawMessage) error {
			var act emulate.Act
			if err := json.Unmarshal(raw, &act); err != nil {
				return fmt.Errorf("this is no act: %w", err)
			}
			return c.phone.Do(ctx, customer, act)
		},
	}
}

// enterHooks writes the hub's callback addresses into the consoles of platforms
// that have no API for it. Some call the address at once, so the hub must serve:
// it is tried until it does.
//
// Accounts that authorised a platform as it was before do so again: their emulator
// remembers nothing of it.
func enterHooks(ctx context.Context, all []*playedPlatform, d *demo.Demo) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for _, p := range all {
		if p.asked != "" {
			continue // the hub sets it up itself
		}
		for _, c := range p.channels {
			for err := c.hook(ctx, d.HookOf(c.kind)); err != nil; err = c.hook(ctx, d.HookOf(c.kind)) {
				select {
				case <-tick.C:
				case <-ctx.Done():
					fmt.Fprintf(os.Stderr, "parley: the played %s does not reach the hub: %v\n", c.kind, err)
					return
				}
			}
			if c.again == nil {
				continue
			}
			for _, account := range d.Named(ctx, c.kind) {
				if err := c.again(ctx, string(account)); err != nil {
					fmt.Fprintf(os.Stderr, "parley: an account of the played %s is not authorised any more: %v\n", c.kind, err)
				}
			}
		}
	}
}
