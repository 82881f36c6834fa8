package metahub

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"strings"
	"testing"

	"parley/connectors/emulate"
	emu "parley/connectors/emulate/meta"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
)

func picture(t *testing.T) []byte {
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2))))
	return b.Bytes()
}

// toPerson has the customer meet the bot and ask for a person.
func (r *rig) toPerson() {
	r.t.Helper()
	r.install()
	r.says("hello")
	r.sees("I am the assistant")
	r.says("where is my parcel, please?")
	var press emulate.Act
	r.eventually("the bot offers a person", func() bool {
		for _, b := range r.phone.Screen(r.c.customer).Bubbles {
			if len(b.Buttons) > 0 {
				press = emulate.Act{Kind: emulate.ActPress, Target: b.ID, Value: b.Buttons[0][0].Value}
			}
		}
		return press.Value != ""
	})
	r.does(press)
	r.eventually("the agent has it, and the bot has said its last word", func() bool {
		if r.conversation().Owner.ID != r.agent {
			return false
		}
		for _, m := range r.lines() {
			if m.From != core.FromCustomer && (m.State == canon.Queued || m.State == canon.Sending) {
				return false
			}
		}
		return true
	})
}

func TestACustomerMeetsTheBotThenAPersonAndBothSendEveryKind(t *testing.T) {
	for name, c := range channels() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := begin(t, c)
			r.toPerson()
			r.receives()
			r.sends()
			r.changes()
		})
	}
}

// receives has the customer send every kind their app has.
func (r *rig) receives() {
	r.t.Helper()
	photo := picture(r.t)
	r.does(emulate.Act{Kind: emulate.ActMedia, Media: "image", Name: "photo.png", MIME: "image/png", File: photo})
	r.hears("a picture with its bytes", func(m core.Message) bool {
		p, ok := m.Content.Parts[0].(canon.Media)
		return ok && p.Kind == canon.MediaImage && !p.File.IsZero() && p.Size > 0
	})
	r.does(emulate.Act{Kind: emulate.ActMedia, Media: "voice", Name: "voice.ogg", MIME: "audio/ogg", File: []byte("OggS\x00\x02" + strings.Repeat("voice", 20))})
	r.hears("a recording", func(m core.Message) bool {
		p, ok := m.Content.Parts[0].(canon.Media)
		return ok && (p.Kind == canon.MediaVoice || p.Kind == canon.MediaAudio) && !p.File.IsZero()
	})
	r.does(emulate.Act{Kind: emulate.ActMedia, Media: "file", Name: "receipt.pdf", MIME: "application/pdf", File: []byte("%PDF-1.7\nreceipt\n")})
	r.hears("a document", func(m core.Message) bool {
		p, ok := m.Content.Parts[0].(canon.Media)
		return ok && p.Kind == canon.MediaFile && !p.File.IsZero()
	})
	if r.c.product != emu.Instagram {
		r.does(emulate.Act{Kind: emulate.ActLocation, Text: "People's Square", Lat: 31.23, Lon: 121.47})
		r.hears("a place", func(m core.Message) bool {
			p, ok := m.Content.Parts[0].(canon.Location)
			return ok && p.Lat == 31.23 && p.Title == "People's Square"
		})
	}
}

// sends has the agent send every kind the channel takes.
func (r *rig) sends() {
	r.t.Helper()
	one := func(p canon.Part) canon.Message { return canon.Message{Parts: []canon.Part{p}} }
	asked := r.hears("the question", func(m core.Message) bool { return strings.Contains(m.Content.Plain(), "parcel") })
	said := r.post(canon.TextMessage("您好 👩‍👩‍👧, it is on its way"), asked.ID)
	if b := r.sees("on its way"); !strings.Contains(b.ReplyTo, "parcel") {
		r.t.Errorf("the answer quotes %q", b.ReplyTo)
	}
	img := r.file("receipt.png", "image/png", picture(r.t))
	img.Kind, img.Caption = canon.MediaImage, "your receipt"
	r.post(one(img), canon.ID{})
	r.sees("image image/png")
	r.sees("your receipt")
	doc := r.file("offer.pdf", "application/pdf", []byte("%PDF-1.7\noffer\n"))
	doc.Kind = canon.MediaFile
	r.post(one(doc), canon.ID{})
	r.sees("file application/pdf")
	r.post(one(canon.Location{Lat: 31.2, Lon: 121.4, Title: "Our shop"}), canon.ID{})
	r.sees("Our shop")
	r.post(one(canon.Contact{Name: "Lin Wei", Phones: []string{"+8613800000000"}}), canon.ID{})
	r.sees("Lin Wei")
	r.post(one(canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which colour?", Options: []canon.Option{{Kind: canon.OptionReply, Label: "Red", Value: "red"}, {Kind: canon.OptionReply, Label: "Blue", Value: "blue"}}}), canon.ID{})
	ask := r.sees("Which colour?")
	r.does(emulate.Act{Kind: emulate.ActPress, Target: ask.ID, Value: ask.Buttons[1][0].Value})
	r.hears("which button was pressed", func(m core.Message) bool { return m.Content.Plain() == "Blue" })
	r.post(one(canon.Card{Kind: canon.CardProduct, Title: "Tea cup", Text: "white", URL: "https://example.com/p/1", Image: canon.Media{File: img.File, MIME: img.MIME, Kind: canon.MediaImage}}), canon.ID{})
	r.sees("Tea cup")

	r.does(emulate.Act{Kind: emulate.ActRead})
	r.state(said.ID, canon.Read)
}

// changes has the customer react, change and take back; the agent cannot take
// back, and is told so.
func (r *rig) changes() {
	r.t.Helper()
	answer := r.sees("on its way")
	r.does(emulate.Act{Kind: emulate.ActReact, Target: answer.ID, Value: "👍"})
	r.eventually("the reaction stands on our message", func() bool {
		for _, m := range r.lines() {
			if m.From == core.FromAgent && len(m.Reactions) == 1 && m.Reactions[0].Emoji == "👍" {
				return true
			}
		}
		return false
	})
	r.says("one more thing")
	mine := r.hears("one more thing", func(m core.Message) bool { return m.Content.Plain() == "one more thing" })
	bubbles := r.phone.Screen(r.c.customer).Bubbles
	last := bubbles[len(bubbles)-1]
	r.does(emulate.Act{Kind: emulate.ActEdit, Target: last.ID, Text: "two more things"})
	r.hears("the change", func(m core.Message) bool {
		return m.ID == mine.ID && m.Content.Plain() == "two more things" && !m.Edited.IsZero()
	})
	r.does(emulate.Act{Kind: emulate.ActRecall, Target: last.ID})
	r.hears("that it was taken back", func(m core.Message) bool { return m.ID == mine.ID && !m.Recalled.IsZero() })

	sent := r.post(canon.TextMessage("a slip of the pen"), canon.ID{})
	r.sees("a slip of the pen")
	if _, err := r.hub.Desk.Recall(context.Background(), r.tenant, sent.ID, r.agent); err == nil {
		r.t.Error("the agent was told that a message could be taken back, which the platform does not do")
	}
}

func TestASendWhoseAnswerWasLostIsSettledByWhatThePlatformReports(t *testing.T) {
	for name, c := range channels() {
		if c.product == emu.Instagram {
			continue // its echoes repeat nothing of ours
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := begin(t, c)
			r.toPerson()
			r.p.Hold()
			r.p.Misbehave(emulate.Fault{Op: "post messages", Kind: emulate.LoseAnswer})
			sent := r.post(canon.TextMessage("did it arrive?"), canon.ID{})
			r.sees("did it arrive?")
			r.state(sent.ID, canon.Unconfirmed)
			r.p.Release(nil)
			r.state(sent.ID, canon.Delivered)
			seen := 0
			for _, text := range r.p.Shown(string(c.account), c.customer) {
				if text == "did it arrive?" {
					seen++
				}
			}
			if seen != 1 {
				t.Errorf("the customer saw it %d times", seen)
			}
		})
	}
}

func TestStatesInAnyOrderBatchedAndRepeatedEndAlike(t *testing.T) {
	r := begin(t, channels()["whatsapp"])
	r.toPerson()
	r.p.Hold()
	sent := r.post(canon.TextMessage("read me"), canon.ID{})
	r.sees("read me")
	r.does(emulate.Act{Kind: emulate.ActRead})
	r.says("I have")
	r.p.Release(func(bodies [][]byte) [][]byte {
		var back [][]byte
		for i := range bodies {
			back = append(back, bodies[len(bodies)-1-i])
		}
		whole := emu.Batched(back)[0]
		return [][]byte{whole, whole, bodies[0], whole}
	})
	r.state(sent.ID, canon.Read)
	r.hears("what was written meanwhile", func(m core.Message) bool { return m.Content.Plain() == "I have" })
	n := 0
	for _, m := range r.lines() {
		if m.Content.Plain() == "I have" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("a message delivered three times stands there %d times", n)
	}
}

func TestAfterTheWindowAMessageFailsWithItsReasonAndATemplateArrives(t *testing.T) {
	r := begin(t, channels()["whatsapp"])
	r.toPerson()
	r.p.Forget(emu.Number, r.c.customer)
	late := r.post(canon.TextMessage("sorry for the wait"), canon.ID{})
	r.state(late.ID, canon.Failed)
	caps := r.conn().Capabilities(canon.ThreadKey{Account: r.c.account, Peer: canon.RemoteID(r.c.customer)})
	if caps.Window.Closes.IsZero() || caps.Window.Closes.After(r.store.Now()) {
		t.Errorf("the window is shown to close at %s", caps.Window.Closes)
	}
	all, err := r.conn().(connector.Templater).Templates(context.Background(), connector.Account{RemoteID: r.c.account})
	must(t, err)
	if len(all) != 3 || all[1].Name != "order_shipped" || len(all[1].Params) != 1 {
		t.Fatalf("the templates are %+v", all)
	}
	use := all[1]
	use.Params[0].Text = "1042"
	r.post(canon.Message{Parts: []canon.Part{use}}, canon.ID{})
	r.sees("您的订单 1042 已发货")
}

func TestThePlatformsInboxAnswersAndTakesTheConversation(t *testing.T) {
	for name, c := range channels() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := begin(t, c)
			r.install()
			r.says("hello")
			r.sees("I am the assistant")
			r.eventually("the bot's own echo was looked at", func() bool { r.p.Drain(); return r.conversation().Owner.Kind == core.StatusBot })
			r.p.InboxSays(string(c.account), c.customer, "I am on it, says the inbox")
			r.eventually("the bot is silent", func() bool { return r.conversation().Owner.Kind != core.StatusBot })
			shown := 0
			for _, m := range r.lines() {
				if m.From == core.FromAgent && strings.Contains(m.Content.Plain(), "says the inbox") {
					shown++
				}
			}
			if shown != 1 {
				t.Errorf("the inbox's answer stands there %d times", shown)
			}
			if c.product == emu.WhatsApp {
				return // its app takes no conversation
			}
			r.p.InboxTakes(string(c.account), c.customer)
			r.says("are you there?")
			r.hears("what was said to the inbox", func(m core.Message) bool { return m.Content.Plain() == "are you there?" })
			key := canon.ThreadKey{Account: c.account, Peer: canon.RemoteID(c.customer)}
			must(t, r.conn().(connector.Desk).Take(context.Background(), key))
			r.eventually("the agent has it", func() bool { return r.conversation().Owner.ID == r.agent })
			r.post(canon.TextMessage("now I am"), canon.ID{})
			r.sees("now I am")
			must(t, r.conn().(connector.Desk).Return(context.Background(), key))
			last := r.post(canon.TextMessage("and not any more"), canon.ID{})
			r.state(last.ID, canon.Failed)
		})
	}
}

func TestAPageTokenThatWasRevokedIsMadeAnewAndNothingIsLost(t *testing.T) {
	r := begin(t, channels()["messenger"])
	r.toPerson()
	r.p.Revoke(r.p.PageToken(emu.Page))
	sent := r.post(canon.TextMessage("with another token"), canon.ID{})
	r.sees("with another token")
	r.state(sent.ID, canon.Delivered)
}
