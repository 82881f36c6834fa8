package telegram_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/telegram"
	"parley/connectors/telegram"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/smallhub"
)

// world is a whole hub and the platform it is linked to.
type world struct {
	*smallhub.Hub
	p   *played.Platform
	t   *testing.T
	api string
}

func newWorld(t *testing.T, receive string) *world {
	t.Helper()
	p := played.New(played.Options{Token: token, Local: true})
	srv := httptest.NewServer(p)
	t.Cleanup(func() { p.Close(); srv.Close() })
	w := &world{p: p, t: t, api: srv.URL}
	w.Hub = smallhub.Start(t, telegram.New(), w.config(receive))
	w.listens(receive)
	return w
}

func (w *world) config(receive string) connector.Values {
	return connector.Values{"token": token, "receive": receive, "api_base": w.api, "local_server": "true", "commands": "help - Ask for help"}
}

// listens waits until the platform hears the hub ask for messages that way.
func (w *world) listens(receive string) {
	w.t.Helper()
	w.Eventually("the hub listens by "+receive, func() bool {
		if receive == "webhook" {
			return w.p.Webhook() == w.HookURL(w.Link)
		}
		return w.p.Polling() && w.p.Webhook() == ""
	})
}

func (w *world) does(customer string, acts ...emulate.Act) {
	w.t.Helper()
	for _, act := range acts {
		if err := w.p.Do(context.Background(), customer, act); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) says(customer, text string) {
	w.t.Helper()
	w.does(customer, emulate.Act{Kind: emulate.ActText, Text: text})
}

func (w *world) sees(customer, text string) emulate.Bubble {
	w.t.Helper()
	var found emulate.Bubble
	w.Eventually(fmt.Sprintf("%s sees %q", customer, text), func() bool {
		for _, b := range w.p.Screen(customer).Bubbles {
			if strings.Contains(b.Text, text) && b.From == "them" {
				found = b
				return true
			}
		}
		return false
	})
	return found
}

// served has a customer write and the agent take the conversation.
func (w *world) served(customer, text string) smallhub.Conversation {
	w.t.Helper()
	w.says(customer, text)
	c, _ := w.Heard(text)
	w.Take(c)
	return c
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var (
	voice = append([]byte("OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x13OpusHead\x01\x01"), make([]byte, 64)...)
	film  = append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, 64)...)
	paper = []byte("%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
)

// TestFromStartToPersonAndEveryPart is the whole way of a customer, by either
// way of receiving.
func TestFromStartToPersonAndEveryPart(t *testing.T) {
	for _, receive := range []string{"webhook", "polling"} {
		t.Run(receive, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, receive)
			w.Eventually("the menu is set", func() bool { return slices.Equal(w.p.Commands(), []string{"help"}) })
			w.does("502", emulate.Act{Kind: emulate.ActFollow})
			w.sees("502", "I am the assistant here")
			w.says("502", "why is the sky blue")
			w.askForPerson("502")
			c, _ := w.Heard("sky blue")
			w.Eventually("the agent has the conversation", func() bool { return w.Mine(c) })
			w.Eventually("the press is answered", func() bool { return w.p.Unanswered() == 0 })
			w.fromAgent(c)
			w.fromCustomer(c)
			w.changes(c)
		})
	}
}

// askForPerson presses the button that the bot offers when it knows nothing.
func (w *world) askForPerson(customer string) {
	w.t.Helper()
	var at emulate.Bubble
	w.Eventually("the bot offers a person", func() bool {
		for _, b := range w.p.Screen(customer).Bubbles {
			if len(b.Buttons) > 0 {
				at = b
				return true
			}
		}
		return false
	})
	w.does(customer, emulate.Act{Kind: emulate.ActPress, Target: at.ID, Value: at.Buttons[0][0].Value})
}

// fromAgent sends one of every kind of part and looks at the customer's phone.
func (w *world) fromAgent(c smallhub.Conversation) {
	w.t.Helper()
	photo, sound, clip, doc := w.File("a.png", "image/png", picture(w.t)), w.File("v.ogg", "audio/ogg", voice), w.File("c.mp4", "video/mp4", film), w.File("offer.pdf", "application/pdf", paper)
	for _, p := range []canon.Part{
		canon.Text{Body: "Here you are", Spans: []canon.Span{{Length: 4, Style: canon.SpanBold}}},
		canon.Media{Kind: canon.MediaImage, File: photo, Name: "a.png", MIME: "image/png", Caption: "a picture"},
		canon.Media{Kind: canon.MediaVoice, File: sound, MIME: "audio/ogg"},
		canon.Media{Kind: canon.MediaVideo, File: clip, MIME: "video/mp4"},
		canon.Media{Kind: canon.MediaFile, File: doc, Name: "offer.pdf", MIME: "application/pdf"},
		canon.Location{Lat: 31.23, Lon: 121.47, Title: "Our shop", Address: "1 Main Street"},
		canon.Contact{Name: "Tom", Phones: []string{"+49301234567"}},
		canon.Sticker{Emoji: "👋"},
		canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which size?", Options: []canon.Option{{Kind: canon.OptionReply, Label: "Small", Value: "s"}}},
		canon.Card{Kind: canon.CardProduct, Title: "Cup", Price: "€12", URL: "https://example.com/cup", Image: canon.Media{Kind: canon.MediaImage, File: photo}},
		canon.Template{Name: "shipped", Text: "Your order is on its way"},
	} {
		w.Say(c, canon.Message{Parts: []canon.Part{p}})
	}
	w.sees("502", "Your order is on its way")
	lines := w.p.Lines("502")
	for _, want := range []string{
		">Here you are", ">[image] a picture", ">[voice]", ">[video]", ">[file]", ">[place] Our shop", ">[contact] Tom", ">👋", ">Which size?", ">[image] Cup\n€12",
	} {
		if n := len(slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return line != want })); n != 1 {
			w.t.Errorf("the customer sees %q %d times in %q", want, n, lines)
		}
	}
	if b := w.sees("502", "Here you are"); b.HTML != "<b>Here</b> you are" {
		w.t.Errorf("it is drawn as %q", b.HTML)
	}
}

// fromCustomer sends one of every kind of part and looks at the agent's side,
// where files must have arrived.
func (w *world) fromCustomer(c smallhub.Conversation) {
	w.t.Helper()
	file := func(kind, name, mime string, body []byte) emulate.Act {
		return emulate.Act{Kind: emulate.ActMedia, Media: kind, Name: name, MIME: mime, File: body, Text: name}
	}
	w.does("502",
		emulate.Act{Kind: emulate.ActText, Text: "see https://example.com/x"},
		file("image", "p.png", "image/png", picture(w.t)), file("voice", "v.ogg", "audio/ogg", voice),
		file("video", "v.mp4", "video/mp4", film), file("file", "d.pdf", "application/pdf", paper),
		emulate.Act{Kind: emulate.ActLocation, Lat: 52.5, Lon: 13.4, Text: "Alexanderplatz"},
		emulate.Act{Kind: emulate.ActReply, Target: w.sees("502", "Here you are").ID, Text: "that one"},
	)
	w.p.Album(502, "an album", picture(w.t), picture(w.t), picture(w.t))
	w.says("502", "that is all")
	w.Heard("that is all")
	var got []string
	w.Eventually("all files are here", func() bool {
		got = nil
		for _, m := range w.Messages(c) {
			if !smallhub.FromCustomer(m) {
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
	if _, m := w.Heard("an album"); len(m.Content.Parts) != 3 {
		w.t.Errorf("the album is a message of %d parts", len(m.Content.Parts))
	}
	if _, m := w.Heard("that one"); m.Content.Quote != "Here you are" || m.Content.ReplyTo == nil {
		w.t.Errorf("the reply lost what it replies to: %+v", m.Content)
	}
	w.Heard("Alexanderplatz")
}

// changes are edits, reactions and recalls, both ways.
func (w *world) changes(c smallhub.Conversation) {
	w.t.Helper()
	ctx := context.Background()
	said := w.Say(c, canon.TextMessage("it costs 12"))
	b := w.sees("502", "it costs 12")
	if _, err := w.Desk.Edit(ctx, w.Tenant, said.ID, w.Agent, "it costs 13"); err != nil {
		w.t.Fatal(err)
	}
	if changed := w.sees("502", "it costs 13"); changed.ID != b.ID || !changed.Edited {
		w.t.Errorf("the edit is %+v, the message was %+v", changed, b)
	}
	w.does("502", emulate.Act{Kind: emulate.ActReact, Target: b.ID, Value: "👍"})
	w.Eventually("the reaction is seen", func() bool { return len(w.Message(said.ID).Reactions) == 1 })
	if _, err := w.Desk.Recall(ctx, w.Tenant, said.ID, w.Agent); err != nil {
		w.t.Fatal(err)
	}
	w.Eventually("it is gone from the phone", func() bool { return !slices.Contains(w.p.Lines("502"), ">it costs 13") })

	w.says("502", "tpyo")
	w.Heard("tpyo")
	bubbles := w.p.Screen("502").Bubbles
	w.does("502", emulate.Act{Kind: emulate.ActEdit, Target: bubbles[len(bubbles)-1].ID, Text: "typo"})
	if _, m := w.Heard("typo"); m.Edited.IsZero() {
		w.t.Error("the edit does not show")
	}
	if err := w.Desk.Typing(ctx, w.Tenant, c.ID, w.Agent, true); err != nil {
		w.t.Fatal(err)
	}
	if !w.p.Screen("502").Typing {
		w.t.Error("typing does not show")
	}
}

// TestSwitchingLosesAndDoublesNothing changes the way of receiving back and
// forth while a customer writes.
func TestSwitchingLosesAndDoublesNothing(t *testing.T) {
	w := newWorld(t, "polling")
	w.does("501", emulate.Act{Kind: emulate.ActFollow})
	n := 0
	write := func(some int) {
		for range some {
			n++
			w.says("501", "message "+strconv.Itoa(n)+";")
		}
	}
	write(5)
	for _, receive := range []string{"webhook", "polling", "webhook"} {
		var both sync.WaitGroup
		both.Go(func() { w.Change(w.config(receive)) })
		write(20)
		both.Wait()
		write(5)
		w.listens(receive)
		write(5)
	}
	c, _ := w.Heard("message " + strconv.Itoa(n) + ";")
	w.Eventually("the platform has nothing left", func() bool { return w.p.Waiting() == 0 })
	var got, want []string
	for _, m := range w.Messages(c) {
		if smallhub.FromCustomer(m) {
			got = append(got, m.Content.Plain())
		}
	}
	for i := range n {
		want = append(want, "message "+strconv.Itoa(i+1)+";")
	}
	if !slices.Equal(got, want) {
		t.Errorf("the hub has %d messages of %d: %v", len(got), n, got)
	}
}

// TestOneUpdateTenTimesAtOnce is one message, and a wrong secret none.
func TestOneUpdateTenTimesAtOnce(t *testing.T) {
	w := newWorld(t, "webhook")
	post := func(secret string) int {
		body := `{"update_id":900000001,"message":{"message_id":5,"date":1772357400,"chat":{"id":501,"type":"private"},"from":{"id":501,"is_bot":false,"first_name":"A"},"text":"only once"}}`
		req, _ := http.NewRequest(http.MethodPost, w.HookURL(w.Link), strings.NewReader(body))
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return 0
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for _, wrong := range []string{"", "x", telegram.HookSecret(token, canon.ID{9})} {
		if got := post(wrong); got != http.StatusUnauthorized {
			t.Errorf("with the secret %q it is answered %d", wrong, got)
		}
	}
	if n := len(w.Conversations()); n != 0 {
		t.Fatalf("%d conversations came of it", n)
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if got := post(telegram.HookSecret(token, w.Link)); got != http.StatusOK {
				t.Errorf("answered %d", got)
			}
		})
	}
	all.Wait()
	c, _ := w.Heard("only once")
	heard := 0
	for _, m := range w.Messages(c) {
		if smallhub.FromCustomer(m) {
			heard++
		}
	}
	if heard != 1 {
		t.Errorf("it is there %d times", heard)
	}
}

// TestOneChatWaitsAndOthersGoOn obeys retry_after in the chat it is told for.
func TestOneChatWaitsAndOthersGoOn(t *testing.T) {
	w := newWorld(t, "webhook")
	w.does("501", emulate.Act{Kind: emulate.ActFollow})
	w.does("502", emulate.Act{Kind: emulate.ActFollow})
	w.sees("501", "assistant")
	w.sees("502", "assistant")
	slow, quick := w.served("501", "I wait"), w.served("502", "I do not")
	w.p.Misbehave(emulate.Fault{Op: "sendMessage", Wait: time.Second})
	late := w.Say(slow, canon.TextMessage("late"))
	w.sees("501", "late")
	w.Eventually("it is known to be sent", func() bool { return w.Message(late.ID).State == canon.Sent })
	if n := strings.Count(strings.Join(w.p.Lines("501"), "|"), "late"); n != 1 {
		t.Errorf("the customer sees it %d times", n)
	}
	limited := func() int {
		n := 0
		for _, c := range w.p.Calls() {
			if c.Status == http.StatusTooManyRequests {
				n++
			}
		}
		return n
	}
	w.p.Misbehave(emulate.Fault{Op: "sendMessage", Wait: time.Hour})
	w.Say(slow, canon.TextMessage("in an hour"))
	w.Eventually("the limit is met again", func() bool { return limited() == 2 })
	w.Say(quick, canon.TextMessage("soon"))
	w.sees("502", "soon")
}

// TestGroupBecomesSupergroup: an answer that is on its way while the group moves
// arrives at its new place, once, and the conversation goes on there.
func TestGroupBecomesSupergroup(t *testing.T) {
	w := newWorld(t, "polling")
	group := w.p.AddGroup("Buyers")
	old := fmt.Sprintf("501@%d", group)
	c := w.served(old, "anybody here?")
	w.p.Hold() // the hub does not hear of it yet
	fresh := fmt.Sprintf("501@%d", w.p.Migrate(group))
	w.Say(c, canon.TextMessage("I am"))
	w.sees(fresh, "I am")
	w.p.Release(false)
	w.says(fresh, "thanks")
	if after, _ := w.Heard("thanks"); after.ID != c.ID {
		t.Errorf("it is in conversation %s, before in %s", after.ID, c.ID)
	}
	w.Say(c, canon.TextMessage("welcome"))
	w.sees(fresh, "welcome")
	if n := strings.Count(strings.Join(w.p.Lines(fresh), "|"), "I am"); n != 1 {
		t.Errorf("the group sees the answer %d times", n)
	}
}

// TestTopicsAndBusinessChatsAreLanesOfTheirOwn: each is answered where it asks.
func TestTopicsAndBusinessChatsAreLanesOfTheirOwn(t *testing.T) {
	w := newWorld(t, "webhook")
	forum := w.p.AddGroup("Forum", "Refunds", "Orders")
	refunds, orders := fmt.Sprintf("501@%d#2", forum), fmt.Sprintf("501@%d#3", forum)
	business := "501@" + w.p.Connect(502)
	for customer, text := range map[string]string{refunds: "a refund", orders: "an order", business: "is it open?"} {
		c := w.served(customer, text)
		w.Say(c, canon.TextMessage("about "+text))
	}
	for customer, text := range map[string]string{refunds: "a refund", orders: "an order", business: "is it open?"} {
		w.sees(customer, "about "+text)
		for _, line := range w.p.Lines(customer) {
			if strings.HasPrefix(line, ">about") && line != ">about "+text {
				t.Errorf("%s also sees %q", customer, line)
			}
		}
	}
	// The owner of the business account answers on a phone: the bot is silent.
	w.does(business, emulate.Act{Kind: emulate.ActText, Text: "and tomorrow?"}, emulate.Act{Kind: emulate.ActRecall, Target: "1"})
	_, m := w.Heard("and tomorrow?")
	if !smallhub.FromCustomer(m) {
		t.Errorf("it is from %s", m.From)
	}
}
