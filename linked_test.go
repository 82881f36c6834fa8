//go:build !nogpl

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"parley/connectors/all"
	"parley/connectors/emulate"
	"parley/core/connector"
)

// TestThePlayedWhatsAppSaysWhatAClientNeeds: where it answers, which number it
// plays, and the key to trust. The demo links nothing to it by itself.
func TestThePlayedWhatsAppSaysWhatAClientNeeds(t *testing.T) {
	p, err := play("whatsapp", http.DefaultClient, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	if err := p.serve(t.Context(), "127.0.0.1:0", nil); err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	p.describe(&printed)
	for _, want := range []string{p.base, "+15550001111", "WACertPubKey"} {
		if !strings.Contains(printed.String(), want) {
			t.Errorf("it does not print %s:\n%s", want, printed.String())
		}
	}
	if strings.Contains(printed.String(), "--hook") {
		t.Errorf("it asks for a callback address:\n%s", printed.String())
	}
	if err := p.enter(t.Context(), []string{"http://127.0.0.1/hooks/1"}); err == nil {
		t.Error("it took a callback address, which it never calls")
	}
	registry, err := connector.NewRegistry(all.Drivers(all.Options{})...)
	if err != nil {
		t.Fatal(err)
	}
	channels, phones := shown([]*playedPlatform{p}, registry)
	if len(channels) != 0 || len(phones) != 1 {
		t.Fatalf("%d channels and %d phones are shown", len(channels), len(phones))
	}
	act, _ := json.Marshal(emulate.Act{Kind: emulate.ActLink}) // of strings
	customer := p.channels[0].phone.Customers()[0].ID
	if err := phones[0].Do(context.Background(), customer, act); err == nil || !strings.Contains(err.Error(), "camera") {
		t.Errorf("with no code on any screen, the phone said %v", err)
	}
}
