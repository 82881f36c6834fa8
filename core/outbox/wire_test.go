package outbox

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/egress"
)

// A row written by hand is byte for byte the one written by reflection.
func TestAWireRequestHasOneForm(t *testing.T) {
	said := canon.Message{ID: canon.NewID(), RemoteID: "r<1>", Parts: []canon.Part{canon.Text{Body: "a \"b\" \u2028 中文"}}}
	key := canon.ThreadKey{Account: "a&b", Peer: "p\n"}
	for name, w := range map[string]Wire{
		"empty":    {Message: canon.Message{Parts: []canon.Part{}}},
		"words":    {Op: connector.OpPost, Thread: key, Message: said, Sender: connector.Sender{Kind: "bot", ID: canon.NewID(), Name: "Bot \\", Avatar: "https://example.com/?a=1&b=2"}},
		"in topic": {Thread: canon.ThreadKey{Account: "a", Peer: "p", Thread: "t"}, Message: said, ReplyTo: "x", After: "y"},
		"an act":   {Op: connector.OpReact, Thread: key, Message: said, Target: "m", Emoji: "👍"},
		"of ours":  {Op: connector.OpRevoke, Thread: key, Message: said, Of: canon.NewID(), At: 2, Asked: time.Now()},
	} {
		got, err := w.encode()
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s:\n%s\n%s", name, got, want)
		}
	}
}

// So is a recorded exchange, which is read back as JSON.
func TestARecordedExchangeHasOneForm(t *testing.T) {
	all := []egress.Exchange{
		{},
		{
			Method: "POST", URL: "https://example.com/?a=1&b=<2>", Remote: "192.0.2.1:443", Status: 200, Start: time.Now().Round(0),
			Connected: 1, Wrote: 20, FirstByte: 300, Total: 4000, Reused: true,
			RequestHeader: http.Header{"B": {"1", "2"}, "A": {"\"x\""}}, ResponseHeader: http.Header{},
			RequestBody: `{"text":"你好"}`, ResponseBody: "\x00\ufffd", RequestBytes: 17, ResponseBytes: 1 << 40, Err: "no", Certainty: egress.NotSent,
		},
	}
	want, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if got := (&tracer{all: all}).JSON(); got != string(want) {
		t.Errorf("\n%s\n%s", got, want)
	}
}
