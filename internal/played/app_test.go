package played_test

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	httpconn "parley/connectors/http"
	"parley/connectors/http/fake"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
)

// app is an application of phones, and a hub it is linked to.
func app(t *testing.T, clock *played.Clock) (*fake.Platform, *played.Hub) {
	t.Helper()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	platform, err := fake.New(secret, fake.WithClock(clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	server := platform.Start()
	t.Cleanup(server.Close)
	return platform, played.Start(t, played.Setup{Driver: httpconn.Driver{}, Values: connector.Values{"secret": secret, "api_base": server.URL}, Clock: clock.Now, API: true})
}

// tells posts an event that the hub must take.
func tells(t *testing.T, p *fake.Platform, w *played.Hub, status int, e canon.Envelope) {
	t.Helper()
	if a, err := p.Post(t.Context(), w.Hook(), e); err != nil || a.Status != status {
		t.Fatalf("the event is answered %d, want %d: %s %v", a.Status, status, a.Body, err)
	}
}

// TestAFileIsPutBeforeItsMessage: a phone puts a file at an address of the hub,
// and a message names it.
func TestAFileIsPutBeforeItsMessage(t *testing.T) {
	var clock played.Clock
	p, w := app(t, &clock)
	ctx, hook := t.Context(), w.Hook()
	picture, _ := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4//8/AwAI/AL+p5qgoAAAAABJRU5ErkJggg==")
	// Its name and type are the phone's word; the bytes decide.
	handle, failed, err := p.Upload(ctx, hook, "customer-1", "../收据.pdf", "application/pdf", picture)
	if err != nil || failed != 0 {
		t.Fatalf("the file is not taken: %d %v", failed, err)
	}
	said := p.Does("customer-1", canon.Posted{Message: canon.Message{RemoteID: "m-1", Parts: []canon.Part{canon.Media{Kind: canon.MediaImage, RemoteID: handle, Caption: "收据"}}}})
	tells(t, p, w, 204, said)
	var got canon.Media
	w.Until("the picture is in the conversation", func() bool {
		for _, c := range w.Conversations() {
			for _, m := range w.Lines(c) {
				if m.From == core.FromCustomer && len(m.Content.Parts) == 1 {
					got, _ = canon.MediaOf(m.Content.Parts[0])
				}
			}
		}
		return !got.File.IsZero()
	})
	if got.Kind != canon.MediaImage || got.MIME != "image/png" || got.Caption != "收据" || got.State != canon.MediaReady || strings.ContainsAny(got.Name, "/\\") {
		t.Errorf("the agents see %+v", got)
	}
	// Another customer's handle, one made up, and one of yesterday are refused.
	said.EventID = "e-2"
	said.Thread.Peer, said.From.ID = "customer-2", "customer-2"
	tells(t, p, w, 400, said)
	said = p.Does("customer-1", canon.Posted{Message: canon.Message{Parts: []canon.Part{canon.Media{Kind: canon.MediaImage, RemoteID: handle + "x"}}}})
	tells(t, p, w, 400, said)
	clock.Pass(25 * time.Hour)
	said = p.Does("customer-1", canon.Posted{Message: canon.Message{Parts: []canon.Part{canon.Media{Kind: canon.MediaImage, RemoteID: handle}}}})
	tells(t, p, w, 400, said)
	// An address takes what the business allows, once, and not for long.
	w.Caller().Must(canon.ID{}, "PATCH", "/tenant", map[string]any{"settings": map[string]any{"max_file": 1000}}, nil)
	w.Until("the limit counts", func() bool {
		_, failed, err := p.Upload(ctx, hook, "customer-1", "long.bin", "", bytes.Repeat([]byte("x"), 1001))
		return err == nil && failed == 413
	})
	place, err := p.Ask(ctx, hook, "customer-1", "note.txt", "text/plain")
	if err != nil {
		t.Fatal(err)
	}
	first, failed, err := p.Put(ctx, place, []byte("one"))
	if err != nil || failed != 0 {
		t.Fatalf("the note is not taken: %d %v", failed, err)
	}
	second, failed, err := p.Put(ctx, place, []byte("another"))
	if err != nil || failed != 0 {
		t.Fatalf("the note is not taken again: %d %v", failed, err)
	}
	for i, handle := range []canon.RemoteID{first, second} {
		said := p.Does("customer-1", canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID("m-note-" + string(rune('a'+i))), Parts: []canon.Part{canon.Media{Kind: canon.MediaFile, RemoteID: handle}}}})
		tells(t, p, w, 204, said)
	}
	var notes []canon.Media
	w.Until("both notes are there", func() bool {
		notes = notes[:0]
		for _, m := range w.Lines(w.Conversations()[0]) {
			if x, ok := canon.MediaOf(firstOf(m.Content.Parts)); ok && x.Name == "note.txt" {
				notes = append(notes, x)
			}
		}
		return len(notes) == 2
	})
	if notes[0].File != notes[1].File || notes[0].Size != 3 {
		t.Errorf("one address took two files: %+v", notes)
	}
	place, err = p.Ask(ctx, hook, "customer-1", "late.txt", "text/plain")
	if err != nil {
		t.Fatal(err)
	}
	clock.Pass(16 * time.Minute)
	if _, failed, err := p.Put(ctx, place, []byte("late")); err != nil || failed != 410 {
		t.Errorf("an address of before is answered %d, %v", failed, err)
	}
	if _, failed, err := p.Put(ctx, place[:len(place)-1], []byte("x")); err != nil || failed != 404 {
		t.Errorf("an address made up is answered %d, %v", failed, err)
	}
	if err := p.SetSecret("another-secret-of-nobody"); err != nil {
		t.Fatal(err)
	}
	if _, failed, err := p.Upload(ctx, hook, "customer-1", "x", "", []byte("x")); err != nil || failed != 401 {
		t.Errorf("a stranger is answered %d, %v", failed, err)
	}
}

func firstOf(parts []canon.Part) canon.Part {
	if len(parts) == 0 {
		return nil
	}
	return parts[0]
}

// TestNoticesGoToTheCustomersDevices: what the application tells of devices comes
// back with what is said to their customer, until one is no more.
func TestNoticesGoToTheCustomersDevices(t *testing.T) {
	var clock played.Clock
	p, w := app(t, &clock)
	says := func(body string) {
		t.Helper()
		if a, err := p.PostBody(t.Context(), w.Hook(), []byte(body)); err != nil || a.Status != 204 {
			t.Fatalf("%s is answered %d, %v", body, a.Status, err)
		}
	}
	var talks []core.Conversation
	for i, peer := range []canon.RemoteID{"customer-1", "customer-2"} {
		tells(t, p, w, 204, p.Says(peer, "hello"))
		w.Until("there is a conversation", func() bool { return len(w.Conversations()) == i+1 })
		for _, c := range w.Conversations() {
			if !slices.ContainsFunc(talks, func(x core.Conversation) bool { return x.ID == c.ID }) {
				talks = append(talks, w.Take(c))
			}
		}
	}
	// notice says something and returns where the notice of it goes, by token.
	notice := func(c core.Conversation, words string) []string {
		t.Helper()
		before := len(p.Notices())
		w.Sends(c, canon.Text{Body: words})
		var tokens []string
		for _, n := range p.Notices()[before:] {
			if n.Body != words || n.Title == "" {
				t.Errorf("the notice reads %q by %q", n.Body, n.Title)
			}
			for _, d := range n.Devices {
				if d.Service != "fcm" || d.App != "com.example.shop" {
					t.Errorf("the device is %+v", d)
				}
				tokens = append(tokens, d.Token)
			}
		}
		slices.Sort(tokens)
		return tokens
	}
	is := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: notices go to %q, not %q", what, got, want)
		}
	}
	is("no device is known", notice(talks[0], "one"))
	says(`{"devices":[{"thread":{"peer":"customer-1"},"token":"phone","service":"fcm","app":"com.example.shop"},
		{"thread":{"peer":"customer-1"},"token":"tablet","service":"fcm","app":"com.example.shop"}]}`)
	is("two devices", notice(talks[0], "two"), "phone", "tablet")
	is("another customer", notice(talks[1], "three"))
	p.Uninstall("tablet")
	is("the application is told once more", notice(talks[0], "four"), "phone", "tablet")
	is("a dead token is forgotten", notice(talks[0], "five"), "phone")
	says(`{"devices":[{"thread":{"peer":"customer-2"},"token":"phone","service":"fcm","app":"com.example.shop"}]}`)
	is("who signed in last has the device", notice(talks[1], "six"), "phone")
	is("and nobody else", notice(talks[0], "seven"))
	says(`{"devices":[{"thread":{"peer":"customer-2"},"token":"phone","off":true}]}`)
	is("signed out", notice(talks[1], "eight"))
	if a, err := p.PostBody(t.Context(), w.Hook(), []byte(`{"devices":[{"thread":{"peer":"customer-1"}}]}`)); err != nil || a.Status != 400 {
		t.Errorf("a device without a token is answered %d, %v", a.Status, err)
	}
}
