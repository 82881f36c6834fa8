package http_test

import (
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"strings"
	"testing"
	"time"

	connhttp "parley/connectors/http"
	"parley/core/connector"
)

// around is an envelope that is right but for what is put into it.
func around(rest string) string { return `{"event_id":"e1","from":{"id":"u1"},` + rest + `}` }

func posted(parts string) string {
	return around(`"event":{"type":"posted","message":{"parts":` + parts + `}}`)
}

// mistakes are bodies that are refused, with the code and field of the answer.
var mistakes = []struct{ name, body, code, field string }{
	{"nothing", ``, "bad_json", ""},
	{"no JSON", `hello`, "bad_json", ""},
	{"null", `null`, "bad_json", ""},
	{"a list", `[]`, "bad_field", ""},
	{"a text", `"x"`, "bad_field", ""},
	{"empty object", `{}`, "bad_json", ""},
	{"two bodies", posted(`[{"type":"text","body":"a"}]`) + posted(`[{"type":"text","body":"a"}]`), "bad_json", ""},
	{"no event", `{"event_id":"e1","from":{"id":"u1"}}`, "bad_json", ""},
	{"event is a text", around(`"event":"posted"`), "bad_field", ""},
	{"no event id", `{"from":{"id":"u1"},"event":{"type":"revoked","target":"m"}}`, "bad_field", "event_id"},
	{"event id is a number", `{"event_id":7,"from":{"id":"u1"},"event":{"type":"revoked","target":"m"}}`, "bad_field", "event_id"},
	{"event id too long", `{"event_id":"` + strings.Repeat("x", 256) + `","from":{"id":"u1"},"event":{"type":"revoked","target":"m"}}`, "bad_field", "event_id"},
	{"nobody wrote it", `{"event_id":"e1","event":{"type":"revoked","target":"m"}}`, "bad_field", "from.id"},
	{"from is a text", `{"event_id":"e1","from":"u1","event":{"type":"revoked","target":"m"}}`, "bad_field", "from"},
	{"another account's thread", `{"event_id":"e1","account":"a","thread":{"account":"b","peer":"u1"},"event":{"type":"revoked","target":"m"}}`, "bad_field", "thread.account"},
	{"peer too long", `{"event_id":"e1","from":{"id":"` + strings.Repeat("x", 256) + `"},"event":{"type":"revoked","target":"m"}}`, "bad_field", "thread"},
	{"time is no time", around(`"time":"yesterday","event":{"type":"revoked","target":"m"}`), "bad_json", ""},
	{"order is a text", around(`"order":"first","event":{"type":"revoked","target":"m"}`), "bad_field", "order"},
	{"event without a type", around(`"event":{"x":1}`), "bad_field", "event.type"},
	{"event of another shape", around(`"event":{"type":"revoked","target":7}`), "bad_field", "event"},
	{"posted without a message", around(`"event":{"type":"posted"}`), "bad_field", "event.message.parts"},
	{"posted a text", around(`"event":{"type":"posted","message":"hi"}`), "bad_field", "event"},
	{"no parts", posted(`[]`), "bad_field", "event.message.parts"},
	{"parts is a text", posted(`"hi"`), "bad_field", "event"},
	{"part without a type", posted(`[{"body":"hi"}]`), "bad_field", "event.message.parts[0].type"},
	{"part is a text", posted(`["hi"]`), "bad_field", "event"},
	{"text without words", posted(`[{"type":"text","body":""}]`), "bad_field", "event.message.parts[0].body"},
	{"text only in HTML", posted(`[{"type":"text","html":"<p>hi</p>"}]`), "bad_field", "event.message.parts[0].body"},
	{"words are a list", posted(`[{"type":"text","body":["hi"]}]`), "bad_field", "event.message.parts[0]"},
	{"second part wrong", posted(`[{"type":"text","body":"hi"},{"type":"location","lat":"north"}]`), "bad_field", "event.message.parts[1]"},
	{"file without an address", posted(`[{"type":"media","kind":"image"}]`), "bad_field", "event.message.parts[0].url"},
	{"edited without a target", around(`"event":{"type":"edited","message":{"parts":[{"type":"text","body":"x"}]}}`), "bad_field", "event.target"},
	{"edited to nothing", around(`"event":{"type":"edited","target":"m","message":{"parts":[]}}`), "bad_field", "event.message.parts"},
	{"revoked without a target", around(`"event":{"type":"revoked"}`), "bad_field", "event.target"},
	{"reacted without a target", around(`"event":{"type":"reacted","emoji":"👍"}`), "bad_field", "event.target"},
	{"receipt without a target", around(`"event":{"type":"receipt","state":"read"}`), "bad_field", "event.target"},
	{"receipt of our own state", around(`"event":{"type":"receipt","target":"r","state":"queued"}`), "bad_field", "event.state"},
	{"receipt of no state", around(`"event":{"type":"receipt","target":"r"}`), "bad_field", "event.state"},
	{"membership without a kind", around(`"event":{"type":"membership"}`), "bad_field", "event.kind"},
	{"action without a kind", around(`"event":{"type":"action","value":"x"}`), "bad_field", "event.kind"},
	{"call without a name", around(`"event":{"type":"call","kind":"offered"}`), "bad_field", "event.call"},
	{"session without a kind", around(`"event":{"type":"session"}`), "bad_field", "event.kind"},
	{"envelopes is an object", `{"envelopes":{}}`, "bad_field", "envelopes"},
	{"no envelopes", `{"envelopes":[]}`, "bad_batch", "envelopes"},
	{"too many envelopes", `{"envelopes":[` + strings.Repeat(around(`"event":{"type":"revoked","target":"m"}`)+",", 500) + around(`"event":{"type":"revoked","target":"m"}`) + `]}`, "bad_batch", "envelopes"},
	{"the second envelope wrong", `{"envelopes":[` + around(`"event":{"type":"revoked","target":"m"}`) + `,` + around(`"event":{"type":"revoked"}`) + `]}`, "bad_field", "envelopes[1].event.target"},
	{"the second envelope no object", `{"envelopes":[` + around(`"event":{"type":"revoked","target":"m"}`) + `,7]}`, "bad_field", "envelopes[1]"},
	{"something behind the list", `{"envelopes":[` + around(`"event":{"type":"revoked","target":"m"}`) + `],"more":1}`, "bad_json", "envelopes"},
	{"something behind the batch", `{"envelopes":[` + around(`"event":{"type":"revoked","target":"m"}`) + `]} x`, "bad_json", ""},
	{"too large", posted(`[{"type":"text","body":"` + strings.Repeat("x", connhttp.MaxBody) + `"}]`), "too_large", ""},
}

// TestMistakesAreExplained: whoever holds the secret is told the field and what
// to do; whoever does not is told nothing.
func TestMistakesAreExplained(t *testing.T) {
	link := connector.Link{Config: connector.Values{"secret": secret}}
	conn, err := connhttp.New().Open(t.Context(), link, connector.Env{HTTP: nethttp.DefaultClient})
	if err != nil {
		t.Fatal(err)
	}
	hook := conn.(connector.Webhook)
	for _, c := range mistakes {
		t.Run(c.name, func(t *testing.T) {
			raw := sign(link, time.Now(), []byte(c.body))
			reply := hook.Ack(raw, connector.Refused)
			var p connhttp.Problem
			if err := json.Unmarshal(reply.Body, &p); err != nil {
				t.Fatalf("answered %d %q", reply.Status, reply.Body)
			}
			if p.Code != c.code || p.Field != c.field || len(p.Text) < 20 {
				t.Errorf("answered %+v, want code %q at %q", p, c.code, c.field)
			}
			want := 400
			if c.code == "too_large" {
				want = 413
			}
			if reply.Status != want || p.Status != want || reply.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("answered %d %v", reply.Status, reply.Header)
			}
			forged := sign(connector.Link{Config: connector.Values{"secret": "another-secret"}}, time.Now(), []byte(c.body))
			if reply := hook.Ack(forged, connector.Refused); reply.Status != 401 || len(reply.Body) > 0 {
				t.Errorf("a forger is answered %d %q", reply.Status, reply.Body)
			}
		})
	}
	if got := fmt.Sprint(&connhttp.Problem{Code: "bad_field", Field: "x", Text: "No."}); got != "bad_field at x: No." {
		t.Errorf("as an error: %q", got)
	}
}
