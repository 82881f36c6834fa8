package played_test

import (
	"slices"
	"testing"

	"parley/connectors/emulate"
	"parley/core"
	"parley/core/canon"
)

// TestTelegram_FromStartToPersonAndEveryPart is the whole way of a customer, by either
// way of receiving.
func TestTelegram_FromStartToPersonAndEveryPart(t *testing.T) {
	t.Parallel()
	for _, receive := range []string{"webhook", "polling"} {
		t.Run(receive, func(t *testing.T) {
			t.Parallel()
			w := newTelegram(t, receive)
			w.Until("the menu is set", func() bool { return slices.Equal(w.p.Commands(), []string{"help"}) })
			w.who("502").Does(emulate.Act{Kind: emulate.ActFollow})
			w.who("502").Sees("I am the assistant here")
			w.who("502").Says("why is the sky blue")
			w.who("502").AsksForAPerson()
			c, _ := w.heard("sky blue")
			w.Until("the agent has the conversation", func() bool {
				now, _ := w.heard("sky blue")
				return now.Owner.Kind == core.StatusAgent && now.Owner.ID == w.Agent
			})
			w.Until("the press is answered", func() bool { return w.p.Unanswered() == 0 })
			w.fromAgent(c)
			w.fromCustomer(c)
			w.changes(c)
		})
	}
}

// fromAgent sends one of every kind of part and looks at the customer's phone.
func (w *telegramWorld) fromAgent(c core.Conversation) {
	w.t.Helper()
	photo, sound, clip, doc := w.File("a.png", "image/png", picture()), w.File("v.wav", "audio/wav", spoken(w.t, "v.wav")), w.File("c.mp4", "video/mp4", film()), w.File("offer.pdf", "application/pdf", paper())
	captioned := photo
	captioned.Caption = "a picture"
	sound.Kind = canon.MediaVoice // as it is, Telegram would show a file
	for _, p := range []canon.Part{
		canon.Text{Body: "Here you are", Spans: []canon.Span{{Length: 4, Style: canon.SpanBold}}},
		captioned,
		sound,
		clip,
		doc,
		canon.Location{Lat: 31.23, Lon: 121.47, Title: "Our shop", Address: "1 Main Street"},
		canon.Contact{Name: "Tom", Phones: []string{"+49301234567"}},
		canon.Sticker{Emoji: "👋"},
		canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which size?", Options: []canon.Option{{Kind: canon.OptionReply, Label: "Small", Value: "s"}}},
		canon.Card{Kind: canon.CardProduct, Title: "Cup", Price: "€12", URL: "https://example.com/cup", Image: photo},
		canon.Template{Name: "shipped", Text: "Your order is on its way"},
	} {
		w.Post(c, canon.ID{}, p)
	}
	w.who("502").Sees("Your order is on its way")
	lines := w.p.Lines("502")
	for _, want := range []string{
		">Here you are", ">[image] a picture", ">[voice]", ">[video]", ">[file]", ">[place] Our shop", ">[contact] Tom", ">👋", ">Which size?", ">[image] Cup\n€12",
	} {
		if n := len(slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return line != want })); n != 1 {
			w.t.Errorf("the customer sees %q %d times in %q", want, n, lines)
		}
	}
	if b := w.who("502").Sees("Here you are"); b.HTML != "<b>Here</b> you are" {
		w.t.Errorf("it is drawn as %q", b.HTML)
	}
}

// fromCustomer sends one of every kind of part and looks at the agent's side,
// where files must have arrived.
func (w *telegramWorld) fromCustomer(c core.Conversation) {
	w.t.Helper()
	file := func(kind, name, mime string, body []byte) emulate.Act {
		return emulate.Act{Kind: emulate.ActMedia, Media: kind, Name: name, MIME: mime, File: body, Text: name}
	}
	w.who("502").Does(emulate.Act{Kind: emulate.ActText, Text: "see https://example.com/x"},
		file("image", "p.png", "image/png", picture()), file("voice", "v.ogg", "audio/ogg", ogg()),
		file("video", "v.mp4", "video/mp4", film()), file("file", "d.pdf", "application/pdf", paper()),
		emulate.Act{Kind: emulate.ActLocation, Lat: 52.5, Lon: 13.4, Text: "Alexanderplatz"},
		emulate.Act{Kind: emulate.ActReply, Target: w.who("502").Sees("Here you are").ID, Text: "that one"},
	)
	w.p.Album(502, "an album", picture(), picture(), picture())
	w.who("502").Says("that is all")
	w.heard("that is all")
	var got []string
	w.Until("all files are here", func() bool {
		got = nil
		for _, m := range w.Lines(c) {
			if m.From != core.FromCustomer {
				continue
			}
			for _, part := range m.Content.Parts {
				if media, ok := part.(canon.Media); ok {
					got = append(got, string(media.Kind))
					if media.File.IsZero() {
						return false
					}
				}
			}
		}
		return true
	})
	if want := []string{"image", "voice", "video", "file", "image", "image", "image"}; !slices.Equal(got, want) {
		w.t.Errorf("the agent has %v, not %v", got, want)
	}
	if _, m := w.heard("an album"); len(m.Content.Parts) != 3 {
		w.t.Errorf("the album is a message of %d parts", len(m.Content.Parts))
	}
	if _, m := w.heard("that one"); m.Content.Quote != "Here you are" || m.Content.ReplyTo == nil {
		w.t.Errorf("the reply lost what it replies to: %+v", m.Content)
	}
	w.heard("Alexanderplatz")

	// A number that is shared later fills in what is not known, and once.
	for i, number := range []string{"4915155501", "4915155502"} {
		me := map[string]any{"id": 502, "is_bot": false, "first_name": "Anna"}
		w.p.Push("message", 502, map[string]any{"message_id": 9000 + i, "date": 1772358000, "from": me, "chat": map[string]any{"id": 502, "type": "private"},
			"contact": map[string]any{"phone_number": number, "first_name": "Anna", "user_id": 502}})
		w.heard("+" + number)
	}
	w.Until("the number is the contact's", func() bool {
		who, err := w.Store.For(w.Tenant).Contact(w.t.Context(), c.Contact)
		return err == nil && who.Phone == "+4915155501"
	})
}

// changes are edits, reactions and recalls, both ways.
func (w *telegramWorld) changes(c core.Conversation) {
	w.t.Helper()
	ctx := w.t.Context()
	said := w.Post(c, canon.ID{}, canon.Text{Body: "it costs 12"})
	b := w.who("502").Sees("it costs 12")
	if _, err := w.Core.Desk.Edit(ctx, w.Tenant, said.ID, w.Agent, "it costs 13"); err != nil {
		w.t.Fatal(err)
	}
	if changed := w.who("502").Sees("it costs 13"); changed.ID != b.ID || !changed.Edited {
		w.t.Errorf("the edit is %+v, the message was %+v", changed, b)
	}
	w.who("502").Does(emulate.Act{Kind: emulate.ActReact, Target: b.ID, Value: "👍"})
	w.Until("the reaction is seen", func() bool { return len(w.Message(said.ID).Reactions) == 1 })
	if _, err := w.Core.Desk.Recall(ctx, w.Tenant, said.ID, w.Agent); err != nil {
		w.t.Fatal(err)
	}
	w.Until("it is gone from the phone", func() bool { return !slices.Contains(w.p.Lines("502"), ">it costs 13") })

	w.who("502").Says("tpyo")
	w.heard("tpyo")
	bubbles := w.who("502").Screen().Bubbles
	w.who("502").Does(emulate.Act{Kind: emulate.ActEdit, Target: bubbles[len(bubbles)-1].ID, Text: "typo"})
	if _, m := w.heard("typo"); m.Edited.IsZero() {
		w.t.Error("the edit does not show")
	}
	if err := w.Core.Desk.Typing(ctx, w.Tenant, c.ID, w.Agent, true); err != nil {
		w.t.Fatal(err)
	}
	if !w.who("502").Screen().Typing {
		w.t.Error("typing does not show")
	}
}
