//go:build !nogpl

package whatsapp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"parley/connectors/whatsapp"
	"parley/core/canon"
)

// payload is a message of the corpus: where it came from, and what it held once
// decrypted, as JSON of the protobuf message.
type payload struct {
	From struct {
		Chat, Sender, SenderAlt, RecipientAlt string
		FromMe, Group                         bool
	}
	ID, Name string
	Time     int64
	Message  json.RawMessage
}

func (p payload) event(tb testing.TB, m *waE2E.Message) *events.Message {
	tb.Helper()
	jid := func(s string) types.JID {
		if s == "" {
			return types.EmptyJID
		}
		j, err := types.ParseJID(s)
		if err != nil {
			tb.Fatal(err)
		}
		return j
	}
	e := &events.Message{RawMessage: m, Info: types.MessageInfo{ID: p.ID, PushName: p.Name, Timestamp: time.Unix(p.Time, 0), MessageSource: types.MessageSource{
		Chat: jid(p.From.Chat), Sender: jid(p.From.Sender), SenderAlt: jid(p.From.SenderAlt), RecipientAlt: jid(p.From.RecipientAlt), IsFromMe: p.From.FromMe, IsGroup: p.From.Group}}}
	return e.UnwrapRaw()
}

func corpus(tb testing.TB) (names []string, all map[string]payload) {
	tb.Helper()
	paths, err := filepath.Glob("testdata/in/*.json")
	if err != nil || len(paths) < 40 {
		tb.Fatalf("the corpus has only %d messages: %v", len(paths), err)
	}
	all = map[string]payload{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		var p payload
		if err == nil {
			err = json.Unmarshal(raw, &p)
		}
		if err != nil {
			tb.Fatalf("%s: %v", path, err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		names = append(names, name)
		all[name] = p
	}
	return names, all
}

func (p payload) message(tb testing.TB) *waE2E.Message {
	tb.Helper()
	m := &waE2E.Message{}
	if err := protojson.Unmarshal(p.Message, m); err != nil {
		tb.Fatal(err)
	}
	return m
}

// TestTheCorpusIsReadAsItsGoldenFiles: UPDATE_GOLDEN=1 writes them anew.
func TestTheCorpusIsReadAsItsGoldenFiles(t *testing.T) {
	t.Parallel()
	names, all := corpus(t)
	for _, name := range names {
		p := all[name]
		// Over the wire and back, as it is decrypted.
		wire, err := proto.Marshal(p.message(t))
		m := &waE2E.Message{}
		if err == nil {
			err = proto.Unmarshal(wire, m)
		}
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		enc := json.NewEncoder(&got)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(sound(t, name, whatsapp.Decode(p.event(t, m)))); err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", "golden", name+".json")
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil || !bytes.Equal(want, got.Bytes()) {
			t.Errorf("%s is read as\n%s\nnot as\n%s (%v)", name, got.Bytes(), want, err)
		}
	}
}

// sound holds envelopes to what every one must have.
func sound(tb testing.TB, name string, all []canon.Envelope) []canon.Envelope {
	tb.Helper()
	for _, e := range all {
		if e.Account == "" || e.Thread.Peer == "" || e.EventID == "" || e.Event == nil {
			tb.Errorf("%s: an envelope lacks something: %+v", name, e)
		}
		raw, err := e.AppendJSON(nil)
		var back canon.Envelope
		if err == nil {
			err = json.Unmarshal(raw, &back)
		}
		if err != nil {
			tb.Errorf("%s: an envelope cannot be written and read: %v", name, err)
		}
	}
	return all
}

// malformed are messages that nobody sends on purpose: the corpus broken off,
// and with fields emptied one by one.
func malformed(tb testing.TB) map[string][]byte {
	names, all := corpus(tb)
	out := map[string][]byte{}
	for _, name := range names {
		wire, err := proto.Marshal(all[name].message(tb))
		if err != nil {
			tb.Fatal(err)
		}
		for _, at := range []int{1, len(wire) / 4, len(wire) / 2, len(wire) * 3 / 4, len(wire) - 1} {
			if at > 0 && at < len(wire) {
				out[fmt.Sprintf("%s, first %d bytes", name, at)] = wire[:at]
			}
		}
		for i := range min(len(wire), 24) {
			bent := bytes.Clone(wire)
			bent[i] ^= 0x55
			out[fmt.Sprintf("%s, byte %d bent", name, i)] = bent
		}
	}
	for i, text := range []string{
		`{}`, `{"conversation":""}`, `{"extendedTextMessage":{}}`, `{"imageMessage":{}}`, `{"videoMessage":{}}`, `{"audioMessage":{"waveform":"AA=="}}`, `{"documentMessage":{}}`,
		`{"stickerMessage":{}}`, `{"locationMessage":{}}`, `{"liveLocationMessage":{}}`, `{"contactMessage":{}}`, `{"contactsArrayMessage":{}}`, `{"reactionMessage":{}}`,
		`{"reactionMessage":{"key":{}}}`, `{"protocolMessage":{}}`, `{"protocolMessage":{"type":"REVOKE"}}`, `{"protocolMessage":{"type":"MESSAGE_EDIT","key":{"ID":"x"}}}`,
		`{"editedMessage":{}}`, `{"editedMessage":{"message":{}}}`, `{"ephemeralMessage":{}}`, `{"viewOnceMessage":{"message":{}}}`, `{"documentWithCaptionMessage":{"message":{}}}`,
		`{"deviceSentMessage":{}}`, `{"deviceSentMessage":{"message":{}}}`, `{"buttonsResponseMessage":{}}`, `{"listResponseMessage":{}}`, `{"interactiveResponseMessage":{}}`,
		`{"interactiveResponseMessage":{"nativeFlowResponseMessage":{"paramsJSON":"["}}}`, `{"pollCreationMessage":{}}`, `{"orderMessage":{}}`, `{"productMessage":{}}`, `{"groupInviteMessage":{}}`,
		`{"extendedTextMessage":{"text":"x","contextInfo":{"stanzaID":"y","participant":"@@:::"}}}`, `{"extendedTextMessage":{"text":"x","contextInfo":{"stanzaID":"y"}}}`,
		`{"reactionMessage":{"key":{"ID":"a/b","participant":"no one"},"text":"x"}}`, `{"imageMessage":{"directPath":"/","mediaKey":"AA==","fileLength":"18446744073709551615","width":4294967295}}`,
	} {
		m := &waE2E.Message{}
		if err := protojson.Unmarshal([]byte(text), m); err != nil {
			tb.Fatalf("%s: %v", text, err)
		}
		wire, err := proto.Marshal(m)
		if err != nil {
			tb.Fatal(err)
		}
		out[fmt.Sprintf("mistake %d", i+1)] = wire
	}
	if len(out) < 200 {
		tb.Fatalf("the malformed corpus has only %d messages", len(out))
	}
	return out
}

// TestMalformedMessagesBreakNothing, from a person and in a group.
func TestMalformedMessagesBreakNothing(t *testing.T) {
	t.Parallel()
	_, all := corpus(t)
	for name, wire := range malformed(t) {
		for _, from := range []string{"text", "text_group", "text_own_phone"} {
			m := &waE2E.Message{}
			if proto.Unmarshal(wire, m) == nil {
				sound(t, name, whatsapp.Decode(all[from].event(t, m)))
			}
		}
	}
}

// FuzzDecode reads any decrypted bytes, from anybody.
func FuzzDecode(f *testing.F) {
	names, all := corpus(f)
	for _, name := range names {
		wire, err := proto.Marshal(all[name].message(f))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire, all[name].From.Chat, all[name].From.Sender, all[name].From.FromMe)
	}
	f.Fuzz(func(t *testing.T, wire []byte, chat, sender string, mine bool) {
		m := &waE2E.Message{}
		c, err1 := types.ParseJID(chat)
		s, err2 := types.ParseJID(sender)
		if proto.Unmarshal(wire, m) != nil || err1 != nil || err2 != nil {
			return
		}
		e := &events.Message{RawMessage: m, Info: types.MessageInfo{ID: "3A", Timestamp: time.Unix(1, 0), MessageSource: types.MessageSource{Chat: c, Sender: s, IsFromMe: mine, IsGroup: c.Server == types.GroupServer}}}
		sound(t, "a fuzzed message", whatsapp.Decode(e.UnwrapRaw()))
	})
}
