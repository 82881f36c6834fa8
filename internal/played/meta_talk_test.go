package played_test

import (
	"strings"
	"testing"

	"parley/connectors/emulate"
	playedmeta "parley/connectors/emulate/meta"
	"parley/core"
	"parley/core/canon"
)

// toPerson has the customer meet the bot and ask for a person.
func (r *metaTale) toPerson() {
	r.t.Helper()
	r.Says("hello")
	r.Sees("I am the assistant")
	r.Says("where is my parcel, please?")
	r.AsksForAPerson()
	r.Until("the agent has it, and the bot has said its last word", func() bool {
		// Who has it is read first: what was said before that is said then.
		if r.conversation().Owner.ID != r.Agent {
			return false
		}
		for _, m := range r.Customer.Lines() {
			if m.From != core.FromCustomer && (m.State == canon.Queued || m.State == canon.Sending) {
				return false
			}
		}
		return true
	})
	r.alone()
}

func TestMeta_ACustomerMeetsTheBotThenAPersonAndBothSendEveryKind(t *testing.T) {
	t.Parallel()
	for name, c := range metaChannels() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newMeta(t, c)
			r.toPerson()
			r.receives()
			r.sends()
			r.changes()
			r.alone()
		})
	}
}

// receives has the customer send every kind their app has.
func (r *metaTale) receives() {
	r.t.Helper()
	photo := picture()
	r.Does(emulate.Act{Kind: emulate.ActMedia, Media: "image", Name: "photo.png", MIME: "image/png", File: photo})
	r.hears("a picture with its bytes", func(m core.Message) bool {
		p, ok := m.Content.Parts[0].(canon.Media)
		return ok && p.Kind == canon.MediaImage && !p.File.IsZero() && p.Size > 0
	})
	r.Does(emulate.Act{Kind: emulate.ActMedia, Media: "voice", Name: "voice.ogg", MIME: "audio/ogg", File: ogg()})
	r.hears("a recording", func(m core.Message) bool {
		p, ok := m.Content.Parts[0].(canon.Media)
		return ok && (p.Kind == canon.MediaVoice || p.Kind == canon.MediaAudio) && !p.File.IsZero()
	})
	r.Does(emulate.Act{Kind: emulate.ActMedia, Media: "file", Name: "receipt.pdf", MIME: "application/pdf", File: []byte("%PDF-1.7\nreceipt\n")})
	r.hears("a document", func(m core.Message) bool {
		p, ok := m.Content.Parts[0].(canon.Media)
		return ok && p.Kind == canon.MediaFile && !p.File.IsZero()
	})
	if r.c.product != playedmeta.Instagram {
		r.Does(emulate.Act{Kind: emulate.ActLocation, Text: "People's Square", Lat: 31.23, Lon: 121.47})
		r.hears("a place", func(m core.Message) bool {
			p, ok := m.Content.Parts[0].(canon.Location)
			return ok && p.Lat == 31.23 && p.Title == "People's Square"
		})
	}
}

// sends has the agent send every kind the channel takes.
func (r *metaTale) sends() {
	r.t.Helper()
	asked := r.hears("the question", func(m core.Message) bool { return strings.Contains(m.Content.Plain(), "parcel") })
	said := r.post(asked.ID, canon.Text{Body: "您好 👩‍👩‍👧, it is on its way"})
	if b := r.Sees("on its way"); !strings.Contains(b.ReplyTo, "parcel") {
		r.t.Errorf("the answer quotes %q", b.ReplyTo)
	}
	img := r.File("receipt.png", "image/png", picture())
	img.Caption = "your receipt"
	r.post(canon.ID{}, img)
	r.Sees("image image/png")
	r.Sees("your receipt")
	doc := r.File("offer.pdf", "application/pdf", []byte("%PDF-1.7\noffer\n"))
	r.post(canon.ID{}, doc)
	r.Sees("file application/pdf")
	r.post(canon.ID{}, canon.Location{Lat: 31.2, Lon: 121.4, Title: "Our shop"})
	r.Sees("Our shop")
	r.post(canon.ID{}, canon.Contact{Name: "Lin Wei", Phones: []string{"+8613800000000"}})
	r.Sees("Lin Wei")
	r.post(canon.ID{}, canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which colour?", Options: []canon.Option{{Kind: canon.OptionReply, Label: "Red", Value: "red"}, {Kind: canon.OptionReply, Label: "Blue", Value: "blue"}}})
	ask := r.Sees("Which colour?")
	r.Does(emulate.Act{Kind: emulate.ActPress, Target: ask.ID, Value: ask.Buttons[1][0].Value})
	r.hears("which button was pressed", func(m core.Message) bool { return m.Content.Plain() == "Blue" })
	r.post(canon.ID{}, canon.Card{Kind: canon.CardProduct, Title: "Tea cup", Text: "white", URL: "https://example.com/p/1", Image: canon.Media{File: img.File, MIME: img.MIME, Kind: canon.MediaImage}})
	r.Sees("Tea cup")

	r.Does(emulate.Act{Kind: emulate.ActRead})
	r.Ends(said.ID, canon.Read)
}

// changes has the customer react, change and take back; the agent cannot take
// back, and is told so.
func (r *metaTale) changes() {
	r.t.Helper()
	answer := r.Sees("on its way")
	r.Does(emulate.Act{Kind: emulate.ActReact, Target: answer.ID, Value: "👍"})
	r.Until("the reaction stands on our message", func() bool {
		for _, m := range r.Customer.Lines() {
			if m.From == core.FromAgent && len(m.Reactions) == 1 && m.Reactions[0].Emoji == "👍" {
				return true
			}
		}
		return false
	})
	r.Says("one more thing")
	mine := r.hears("one more thing", func(m core.Message) bool { return m.Content.Plain() == "one more thing" })
	last := r.Newest()
	r.Does(emulate.Act{Kind: emulate.ActEdit, Target: last.ID, Text: "two more things"})
	r.hears("the change", func(m core.Message) bool {
		return m.ID == mine.ID && m.Content.Plain() == "two more things" && !m.Edited.IsZero()
	})
	r.Does(emulate.Act{Kind: emulate.ActRecall, Target: last.ID})
	r.hears("that it was taken back", func(m core.Message) bool { return m.ID == mine.ID && !m.Recalled.IsZero() })

	sent := r.post(canon.ID{}, canon.Text{Body: "a slip of the pen"})
	r.Sees("a slip of the pen")
	if _, err := r.Core.Desk.Recall(r.t.Context(), r.Tenant, sent.ID, r.Agent); err == nil {
		r.t.Error("the agent was told that a message could be taken back, which the platform does not do")
	}
}
