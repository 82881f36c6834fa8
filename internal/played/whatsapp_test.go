//go:build !nogpl

package played_test

import (
	"database/sql"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.mau.fi/whatsmeow"

	"parley/connectors/emulate"
	playedwhatsapp "parley/connectors/emulate/whatsapp"
	"parley/connectors/whatsapp"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/store"
	"parley/internal/played"
	"parley/internal/testenv"
)

// trustPlayed has the library trust played servers, before any of it runs.
var trustPlayed = sync.OnceFunc(func() { whatsmeow.WACertPubKey = playedwhatsapp.Root() })

// whatsAppCustomer is the one who writes.
const whatsAppCustomer = "8613800000501"

// whatsAppWorld is a hub with WhatsApp on its other side.
type whatsAppWorld struct {
	*played.Hub
	*played.Customer
	t *testing.T
	p *playedwhatsapp.Platform
}

func newWhatsApp(t *testing.T) *whatsAppWorld {
	t.Helper()
	return newWhatsAppOn(t, "")
}

// newWhatsAppOn is on a database of that address.
func newWhatsAppOn(t *testing.T, database string) *whatsAppWorld {
	t.Helper()
	t.Parallel()
	trustPlayed()
	p := playedwhatsapp.New(playedwhatsapp.Options{})
	srv := httptest.NewServer(p)
	t.Cleanup(func() { p.Close(); srv.Close() })
	h := played.Start(t, played.Setup{Driver: whatsapp.New(whatsapp.Options{Played: srv.URL}), Values: whatsAppValues(""), Database: database})
	return &whatsAppWorld{Hub: h, Customer: h.Customer(p, whatsAppCustomer), t: t, p: p}
}

func whatsAppValues(session string) connector.Values {
	return connector.Values{"accept_risk": "true", "pace": "600", "session": session}
}

// links has the phone link the hub, by a code it scans or one that is typed in.
func (w *whatsAppWorld) links(flow string) {
	w.t.Helper()
	login := w.Conn().(connector.Login)
	step, err := login.Begin(w.t.Context(), flow)
	if err == nil && step.Kind == connector.StepInput {
		step, err = login.Next(w.t.Context(), step, connector.Values{"phone": "+" + w.p.Number()})
	}
	if err != nil {
		w.t.Fatal(err)
	}
	if step.Display.Kind == "qr" {
		err = w.p.Scan(step.Display.Data)
	} else {
		err = w.p.Enter(w.t.Context(), step.Display.Data)
	}
	for err == nil && step.Kind != connector.StepDone {
		step, err = login.Next(w.t.Context(), step, nil)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.Change(whatsAppValues(step.Result["session"]))
	w.Until("the device is signed in", w.p.Online)
}

// pause takes the link out of service and back.
func (w *whatsAppWorld) pause(paused bool) {
	w.t.Helper()
	scope := w.Store.For(w.Tenant)
	row, err := scope.Link(w.t.Context(), w.Link)
	row.Paused = paused
	if err == nil {
		err = scope.Write(w.t.Context(), func(tx *store.Tx) error { return tx.SaveLink(row, false) })
	}
	if err == nil {
		err = w.Core.Reload(w.t.Context(), w.Tenant, w.Link)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// heard waits until the customer has said something.
func (w *whatsAppWorld) heard(text string) (c core.Conversation, said core.Message) {
	w.t.Helper()
	w.Until("the hub hears "+text, func() bool {
		for _, c = range w.Conversations() {
			for _, said = range w.Hub.Lines(c) {
				if said.From == core.FromCustomer && strings.Contains(said.Content.Fallback(), text) {
					return true
				}
			}
		}
		return false
	})
	return c, said
}

// TestWhatsApp_FromLinkingToPersonAndEveryPart is the whole way of a customer: the bot, the
// numbered menu, a person, and every kind of part both ways.
func TestWhatsApp_FromLinkingToPersonAndEveryPart(t *testing.T) {
	w := newWhatsApp(t)
	w.links("qr")
	w.Says("why is the sky blue")
	w.Sees("1.")
	w.Says("1") // the number of the option that asks for a person
	c, _ := w.heard("sky blue")
	w.Until("the agent has the conversation", func() bool {
		now, _ := w.heard("sky blue")
		return now.Owner.Kind == core.StatusAgent && now.Owner.ID == w.Agent
	})
	w.fromAgent(c)
	w.fromCustomer(c)
	w.changes(c)
}

// fromAgent sends one of every kind of part and looks at the customer's phone.
func (w *whatsAppWorld) fromAgent(c core.Conversation) {
	w.t.Helper()
	photo, sound, clip, doc := w.File("a.png", "image/png", picture()), w.File("v.ogg", "audio/ogg", ogg()), w.File("c.mp4", "video/mp4", film()), w.File("offer.pdf", "application/pdf", paper())
	captioned := photo
	captioned.Caption = "a picture"
	sound.Kind = canon.MediaVoice
	for _, p := range []canon.Part{
		canon.Text{Body: "Here you are", Spans: []canon.Span{{Length: 4, Style: canon.SpanBold}}}, captioned, sound, clip, doc,
		canon.Location{Lat: 31.23, Lon: 121.47, Title: "Our shop", Address: "1 Main Street"},
		canon.Contact{Name: "Tom", Phones: []string{"+49301234567"}},
		canon.Sticker{Emoji: "👋"},
		canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which size?", Options: []canon.Option{{Kind: canon.OptionReply, Label: "Small", Value: "s"}}},
		canon.Card{Kind: canon.CardProduct, Title: "Cup", Price: "€12", URL: "https://example.com/cup", Image: photo},
		canon.Template{Name: "shipped", Text: "Your order is on its way"},
	} {
		w.Post(c, canon.ID{}, p)
	}
	w.Sees("Your order is on its way")
	lines := w.p.Lines(whatsAppCustomer)
	for _, want := range []string{">*Here* you are", ">[image] a picture", ">[voice]", ">[video]", ">[file]", ">[place] Our shop", ">[contact] Tom", ">👋", ">Which size?", ">[image] Cup"} {
		if n := len(slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return !strings.HasPrefix(line, want) })); n != 1 {
			w.t.Errorf("the customer sees %q %d times in %q", want, n, lines)
		}
	}
}

// fromCustomer sends one of every kind of part; files must have arrived.
func (w *whatsAppWorld) fromCustomer(c core.Conversation) {
	w.t.Helper()
	file := func(kind, name, mime string, body []byte) emulate.Act {
		return emulate.Act{Kind: emulate.ActMedia, Media: kind, Name: name, MIME: mime, File: body, Text: name}
	}
	w.Does(file("image", "p.png", "image/png", picture()), file("voice", "v.ogg", "audio/ogg", ogg()),
		file("video", "v.mp4", "video/mp4", film()), file("file", "d.pdf", "application/pdf", paper()),
		emulate.Act{Kind: emulate.ActLocation, Lat: 52.5, Lon: 13.4, Text: "Alexanderplatz"},
		emulate.Act{Kind: emulate.ActReply, Target: w.Sees("you are").ID, Text: "that one"})
	w.Says("that is all")
	w.heard("that is all")
	var got []string
	w.Until("all files are here", func() bool {
		got = nil
		for _, m := range w.Hub.Lines(c) {
			for _, part := range m.Content.Parts {
				if media, ok := part.(canon.Media); ok && m.From == core.FromCustomer {
					got = append(got, string(media.Kind))
					if media.File.IsZero() {
						return false
					}
				}
			}
		}
		return true
	})
	if want := []string{"image", "voice", "video", "file"}; !slices.Equal(got, want) {
		w.t.Errorf("the agent has %v, not %v", got, want)
	}
	if _, m := w.heard("that one"); m.Content.ReplyTo == nil || m.Content.Quote != "*Here* you are" {
		w.t.Errorf("the reply lost what it replies to: %+v", m.Content)
	}
	w.heard("Alexanderplatz")
}

// changes are edits, reactions, recalls, ticks and typing.
func (w *whatsAppWorld) changes(c core.Conversation) {
	w.t.Helper()
	ctx := w.t.Context()
	said := w.Sends(c, canon.Text{Body: "it costs 12"})
	b := w.Sees("it costs 12")
	w.Until("two ticks", func() bool { return w.Message(said.ID).State == canon.Delivered })
	w.Does(emulate.Act{Kind: emulate.ActRead})
	w.Until("blue ticks", func() bool { return w.Message(said.ID).State == canon.Read })
	if _, err := w.Core.Desk.Edit(ctx, w.Tenant, said.ID, w.Agent, "it costs 13"); err != nil {
		w.t.Fatal(err)
	}
	if changed := w.Sees("it costs 13"); changed.ID != b.ID || !changed.Edited {
		w.t.Errorf("the edit is %+v, the message was %+v", changed, b)
	}
	w.Does(emulate.Act{Kind: emulate.ActReact, Target: b.ID, Value: "👍"})
	w.Until("the reaction is seen", func() bool { return len(w.Message(said.ID).Reactions) == 1 })
	if _, err := w.Core.Desk.Recall(ctx, w.Tenant, said.ID, w.Agent); err != nil {
		w.t.Fatal(err)
	}
	w.Until("it is gone from the phone", func() bool { return !slices.Contains(w.p.Lines(whatsAppCustomer), ">it costs 13") })
	w.Says("tpyo")
	w.heard("tpyo")
	w.Does(emulate.Act{Kind: emulate.ActEdit, Target: w.Newest().ID, Text: "typo"})
	if _, m := w.heard("typo"); m.Edited.IsZero() {
		w.t.Error("the edit does not show")
	}
	if err := w.Core.Desk.Typing(ctx, w.Tenant, c.ID, w.Agent, true); err != nil {
		w.t.Fatal(err)
	}
	w.Until("typing shows", func() bool { return w.Screen().Typing })
}

// TestWhatsApp_LinkedAgainAfterThePhoneLetGo: the light goes red, and after linking by a
// code that is typed in, the conversation goes on where it was.
func TestWhatsApp_LinkedAgainAfterThePhoneLetGo(t *testing.T) {
	w := newWhatsApp(t)
	w.links("qr")
	w.Says("is anybody there?")
	before, _ := w.heard("anybody")
	w.Take(before)
	w.Sends(before, canon.Text{Body: "yes"})
	w.Sees("yes")

	w.p.Unlink()
	w.Until("the light is red", func() bool {
		link, err := w.Store.For(w.Tenant).Link(t.Context(), w.Link)
		return err == nil && link.State.Code == "logged_out"
	})
	waits := w.Post(before, canon.ID{}, canon.Text{Body: "sent while it was unlinked"})

	w.links("code")
	w.Says("and now?")
	after, _ := w.heard("and now?")
	if after.ID != before.ID {
		t.Errorf("it is in conversation %s, before in %s", after.ID, before.ID)
	}
	w.Sees("sent while it was unlinked")
	w.Until("it is known to be sent", func() bool { s := w.Message(waits.ID).State; return s == canon.Sent || s == canon.Delivered })
}

// TestWhatsApp_WhatCameWhileTheHubWasAwayIsThereOnceAndInOrder: the server keeps it, also
// over a socket that breaks in the middle.
func TestWhatsApp_WhatCameWhileTheHubWasAwayIsThereOnceAndInOrder(t *testing.T) {
	w := newWhatsApp(t)
	w.links("qr")
	var want []string
	say := func(text string) {
		want = append(want, text)
		w.Says(text)
	}
	say("before")
	w.heard("before")
	w.pause(true)
	w.Until("the hub is away", func() bool { return !w.p.Online() })
	for _, text := range []string{"one", "two", "three", "four", "five", "six"} {
		say(text)
	}
	w.pause(false)
	w.Until("it is back", w.p.Online)
	w.p.Drop()
	say("after")
	c, _ := w.heard("after")
	w.Until("the server keeps nothing any more", func() bool { return w.p.Waiting() == 0 })
	var got []string
	for _, m := range w.Hub.Lines(c) {
		if m.From == core.FromCustomer {
			got = append(got, m.Content.Plain())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the hub has %q, the customer wrote %q", got, want)
	}
}

// TestWhatsApp_TheSessionIsKeptAndEndsWithItsAccount on both databases: the device signs
// in again by what is stored; when its link is deleted it is logged out at the
// phone, and nothing of its session stays.
func TestWhatsApp_TheSessionIsKeptAndEndsWithItsAccount(t *testing.T) {
	for _, database := range []string{"sqlite", "postgres"} {
		t.Run(database, func(t *testing.T) {
			address := ""
			if database == "postgres" {
				address = testenv.Postgres(t)
			}
			w := newWhatsAppOn(t, address)
			w.links("qr")
			w.Says("first")
			c, _ := w.heard("first")
			w.pause(true)
			w.Until("the hub is away", func() bool { return !w.p.Online() })
			w.pause(false)
			w.Until("it signed in by its session", w.p.Online)
			w.Says("second")
			w.heard("second")
			w.Take(c)
			w.Sends(c, canon.Text{Body: "an answer under the old ratchet"})
			w.Sees("an answer under the old ratchet")

			scope := w.Store.For(w.Tenant)
			if err := scope.Write(t.Context(), func(tx *store.Tx) error { return tx.DeleteLink(t.Context(), w.Link, canon.ID{}) }); err != nil {
				t.Fatal(err)
			}
			if err := w.Core.Reload(t.Context(), w.Tenant, w.Link); err != nil {
				t.Fatal(err)
			}
			w.Until("the phone lists no device", func() bool { return !w.p.Linked() })
			w.Until("no session is left", func() bool { return w.sessions() == 0 })
		})
	}
}

// sessions counts the linked devices the hub keeps.
func (w *whatsAppWorld) sessions() (n int) {
	w.t.Helper()
	where, err := w.Store.Beside(w.t.Context(), "whatsapp")
	if err != nil {
		w.t.Fatal(err)
	}
	db, err := sql.Open(where.Driver, where.Source)
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(w.t.Context(), "SELECT count(*) FROM whatsmeow_device").Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}
