//go:build !nogpl

package main

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/spf13/cobra"
	"go.mau.fi/whatsmeow"

	"parley/connectors/all"
	"parley/connectors/emulate/whatsapp"
)

// emulateLinked are the commands that need code under GPL-3.0: WhatsApp played
// for clients of go.mau.fi/whatsmeow.
func emulateLinked(e *environment) []*cobra.Command {
	return []*cobra.Command{emulatePlatform(e, "whatsapp", "WhatsApp as linked devices meet it, with one number.")}
}

// playLinked makes a platform that accounts are linked to by a phone; nil when
// the name is none's.
func playLinked(name string, first int) *playedPlatform {
	if name != "whatsapp" {
		return nil
	}
	p := whatsapp.New(whatsapp.Options{First: first})
	root := whatsapp.Root()
	return &playedPlatform{name: name, handler: p, faults: p.Misbehave, stop: []func(){p.Close}, sees: p.Sees, channels: []playedChannel{
		{kind: p.Platform(), phone: p, files: p, linked: true, values: map[string]string{"number": "+" + p.Number(), "WACertPubKey": hex.EncodeToString(root[:])}}}}
}

// startLinked plays WhatsApp on a free port. This process trusts it from now on,
// and never meets the real one.
func startLinked(ctx context.Context) ([]*playedPlatform, all.PlayedWhatsApp, error) {
	p := playLinked("whatsapp", firstNumber())
	if err := p.serve(ctx, "127.0.0.1:0", nil); err != nil {
		p.close()
		return nil, all.PlayedWhatsApp{}, fmt.Errorf("start the demo's platforms: %w", err)
	}
	whatsmeow.WACertPubKey = whatsapp.Root()
	return []*playedPlatform{p}, all.PlayedWhatsApp{At: p.base, Sees: p.sees}, nil
}
