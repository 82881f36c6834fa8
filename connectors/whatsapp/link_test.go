//go:build !nogpl

package whatsapp_test

import (
	"slices"
	"testing"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/whatsapp"
	"parley/core/canon"
)

// TestLinkingByQRCode links the phone and talks both ways.
func TestLinkingByQRCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, played.Options{})
	w.link()
	if err := w.p.Do(t.Context(), customer, emulate.Act{Kind: emulate.ActText, Text: "你好"}); err != nil {
		t.Fatal(err)
	}
	w.until("the text is here", func() bool { return slices.Contains(w.sink.texts(), "你好") })
	if _, err := w.send(1, canon.TextMessage("welcome")); err != nil {
		t.Fatal(err)
	}
	if lines := w.p.Lines(customer); !slices.Equal(lines, []string{"你好", ">welcome"}) {
		t.Errorf("the customer sees %q", lines)
	}
}
