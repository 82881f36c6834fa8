package played_test

import (
	"fmt"
	"slices"
	"testing"

	httpconn "parley/connectors/http"
	"parley/connectors/http/fake"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/feed"
	"parley/internal/played"
)

// TestAnApplicationTellsWhoIsTyping: what a customer does right now reaches the
// agents who look, and is stored nowhere.
func TestAnApplicationTellsWhoIsTyping(t *testing.T) {
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	platform, err := fake.New(secret, fake.WithoutLog())
	if err != nil {
		t.Fatal(err)
	}
	server := platform.Start()
	t.Cleanup(server.Close)
	w := played.Start(t, played.Setup{Driver: httpconn.Driver{}, Values: connector.Values{"secret": secret, "api_base": server.URL}})
	says := func(body string, status int) {
		t.Helper()
		if a, err := platform.PostBody(t.Context(), w.Hook(), []byte(body)); err != nil || a.Status != status {
			t.Fatalf("%s is answered %d, %v", body, a.Status, err)
		}
	}
	if a, err := platform.Post(t.Context(), w.Hook(), platform.Says("customer-1", "hello")); err != nil || !a.Accepted() {
		t.Fatalf("the words are not taken: %v %d", err, a.Status)
	}
	w.Until("there is a conversation", func() bool { return len(w.Conversations()) == 1 })
	talk := w.Conversations()[0]
	lines := len(w.Lines(talk))
	f, _ := w.Core.Feed.Follow(w.Tenant, 0)
	defer f.Stop()
	var told []canon.Signal
	seen := func(want canon.Signal) {
		t.Helper()
		var items [100]*feed.Item
		w.Until(fmt.Sprintf("the agents are told %+v", want), func() bool {
			n, _ := f.Take(items[:])
			for _, item := range items[:n] {
				if s := item.Signal; s != nil && s.Conversation == talk.ID {
					told = append(told, s.Signal)
				}
			}
			return slices.Contains(told, want)
		})
	}
	says(`{"signals":[{"thread":{"peer":"customer-1"},"typing":true,"text":"do you have it in"}]}`, 204)
	seen(canon.Typing{On: true, Text: "do you have it in"})
	says(`{"signals":[{"thread":{"peer":"customer-1"},"typing":false},{"thread":{"peer":"customer-1"},"online":false}]}`, 204)
	seen(canon.Typing{})
	seen(canon.Presence{})
	says(`{"signals":[{"thread":{"peer":"nobody"},"typing":true}]}`, 204)
	says(`{"signals":[{"typing":true}]}`, 400)
	says(`{"signals":[]}`, 400)
	if n := len(w.Lines(talk)); n != lines || len(w.Conversations()) != 1 {
		t.Errorf("signals are stored: %d lines, %d before; %d conversations", n, lines, len(w.Conversations()))
	}
}
