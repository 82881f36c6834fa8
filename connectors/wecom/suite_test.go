package wecom

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	played "parley/connectors/emulate/wecom"
	"parley/core/canon"
	"parley/core/connector"
)

// emptyCache keeps nothing.
type emptyCache struct{}

func (emptyCache) Get(context.Context, string) (string, bool, error)        { return "", false, nil }
func (emptyCache) Set(context.Context, string, string, time.Duration) error { return nil }
func (emptyCache) Delete(context.Context, string) error                     { return nil }
func (emptyCache) Once(ctx context.Context, _ string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
	v, _, err := fill(ctx)
	return v, err
}

// provided is an application with one corporation, without a network, and what
// its lights said.
func provided(t *testing.T) (s *suite, keys played.Credentials, said *[]connector.State) {
	t.Helper()
	p := played.NewSuite(played.Options{})
	t.Cleanup(p.Close)
	values := connector.Values(p.Config())
	said = &[]connector.State{}
	env := connector.Env{HTTP: http.DefaultClient, Clock: time.Now, Cache: emptyCache{}, State: func(x connector.State) { *said = append(*said, x) }}
	conn, err := NewSuite().Open(t.Context(), connector.Link{Config: values, HookURL: "https://hub.example/hooks/1",
		Accounts: []connector.Account{{ID: canon.ID{1}, RemoteID: played.CorpID}}}, env)
	if err != nil {
		t.Fatal(err)
	}
	return conn.(*suite), played.Credentials{CorpID: played.SuiteID, Token: values["callback_token"], AESKey: values["encoding_aes_key"]}, said
}

func told(c played.Credentials, path, inside string) connector.Raw {
	query, body := played.SealWith(c, time.Now(), []byte(inside))
	return connector.Raw{Method: http.MethodPost, Path: path, Query: query, Header: http.Header{}, Body: body, Arrived: time.Now()}
}

func takes(s *suite, raw connector.Raw) (connector.Batch, error) {
	o, err := s.Unseal(raw)
	if err != nil {
		return connector.Batch{}, err
	}
	return s.Decode(context.Background(), connector.Seal(raw, o))
}

func affairXML(kind, elements string) string {
	return "<xml><SuiteId>" + played.SuiteID + "</SuiteId><InfoType>" + kind + "</InfoType><TimeStamp>1403610513</TimeStamp>" + elements + "</xml>"
}

// What WeCom tells the provider is in the batch, which the hub makes durable
// before it answers.
func TestAffairsAreKeptBeforeTheyAreAnswered(t *testing.T) {
	s, keys, said := provided(t)
	corp := "<AuthCorpId>" + played.CorpID + "</AuthCorpId>"
	for _, x := range []struct{ kind, elements, want string }{
		{"suite_ticket", "<SuiteTicket>t1</SuiteTicket>", "suite_ticket=t1"},
		{"change_auth", corp, "token:wecomsuite:" + played.CorpID + "="},
		{"cancel_auth", corp, "permanent:" + played.CorpID + "= token:wecomsuite:" + played.CorpID + "="},
		{"create_auth", "<AuthCode>c1</AuthCode>", codeSlot("c1") + "=c1"},
		{"change_contact", corp, ""},
	} {
		raw := told(keys, "", affairXML(x.kind, x.elements))
		b, err := takes(s, raw)
		var all []string
		for _, k := range b.Keep {
			all = append(all, k.Name+"="+k.Value)
		}
		if got := strings.Join(all, " "); err != nil || got != x.want || len(b.Envelopes) > 0 {
			t.Errorf("%s keeps %q, %v; want %q", x.kind, got, err, x.want)
		}
		if r := s.Ack(raw, connector.Committed); r.Status != http.StatusOK || string(r.Body) != "success" {
			t.Errorf("%s is answered %d %q", x.kind, r.Status, r.Body)
		}
	}
	if len(*said) != 1 || (*said)[0].Account != played.CorpID || (*said)[0].Health != connector.HealthBad {
		t.Errorf("the lights: %+v", *said)
	}
}

// A service provider's Secret opens no corporation: before the first ticket there
// is nothing to feel, and nobody is asked.
func TestNothingIsFeltBeforeTheFirstTicket(t *testing.T) {
	s, _, _ := provided(t)
	var p connector.Pulse = s
	if err := p.Pulse(t.Context()); err != nil {
		t.Errorf("the pulse: %v", err)
	}
}

// Who receives is proved by what was sealed: a corporation's message counts at
// its own address only, and the application's affairs at none of them.
func TestACallbackCountsForWhoItIsSealedFor(t *testing.T) {
	s, keys, _ := provided(t)
	corp := keys
	corp.CorpID, corp.AgentID = played.CorpID, played.AgentID
	message := "<xml><ToUserName>" + played.CorpID + "</ToUserName><FromUserName>zhangsan</FromUserName><CreateTime>1403610513</CreateTime><MsgType>text</MsgType><Content>hi</Content><MsgId>1</MsgId></xml>"
	ticket := affairXML("suite_ticket", "<SuiteTicket>t</SuiteTicket>")
	forged := keys
	forged.Token = "another"
	for name, raw := range map[string]connector.Raw{
		"a message at another corporation's address": told(corp, "/ww0000000000000000", message),
		"a message at the application's address":     told(corp, "", message),
		"an affair at a corporation's address":       told(keys, "/"+played.CorpID, ticket),
		"a forged affair":                            told(forged, "", ticket),
		"another application's affair":               told(keys, "", strings.Replace(ticket, played.SuiteID, "wwother", 1)),
		"an affair without a kind":                   told(keys, "", affairXML("", "")),
		"an affair of no corporation":                told(keys, "", affairXML("cancel_auth", "<AuthCorpId>../x</AuthCorpId>")),
		"an affair with a long ticket":               told(keys, "", affairXML("suite_ticket", "<SuiteTicket>"+strings.Repeat("t", 600)+"</SuiteTicket>")),
	} {
		if b, err := takes(s, raw); err == nil {
			t.Errorf("%s is taken: %+v", name, b)
		}
	}
	b, err := takes(s, told(corp, "/"+played.CorpID, message))
	if err != nil || len(b.Envelopes) != 1 || b.Envelopes[0].Account != played.CorpID || b.Envelopes[0].Thread.Account != played.CorpID {
		t.Errorf("a message: %+v, %v", b, err)
	}
}
