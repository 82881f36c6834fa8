package http

import (
	"encoding/json"
	"testing"

	"parley/core/canon"
)

// A call written by hand is byte for byte the one written by reflection, which is
// the one the document describes.
func TestACallHasOneForm(t *testing.T) {
	said := &canon.Message{ID: canon.NewID(), Parts: []canon.Part{canon.Text{Body: "<a> & \"b\" 中文"}}}
	key := canon.ThreadKey{Account: "shop", Peer: "p\t1"}
	bot := &Sender{Kind: "bot"}
	for name, call := range map[string]Call{
		"empty":  {},
		"words":  {V: 1, Key: "k", Op: "post", Account: "shop", Thread: key, Message: said, Sender: bot},
		"again":  {V: 1, Key: "k", Op: "post", Attempt: 2, Account: "shop", Thread: canon.ThreadKey{Account: "s", Peer: "p", Thread: "t"}, Message: said, ReplyTo: "r", Sender: &Sender{Kind: "agent", ID: canon.NewID(), Name: "李", Avatar: "https://example.com/?a&b"}},
		"react":  {V: 1, Key: "k", Op: "react", Thread: key, Message: said, Target: "m", Emoji: "👍", Sender: bot},
		"ticket": {V: 1, Key: "k", Op: "post", Thread: key, Message: said, Sender: bot, Ticket: []byte("t"), Push: &Push{Body: "b"}},
	} {
		got, err := call.encode()
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(call)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s:\n%s\n%s", name, got, want)
		}
	}
}
