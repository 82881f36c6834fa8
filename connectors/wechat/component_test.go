package wechat_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	played "parley/connectors/emulate/wechat"
	"parley/connectors/wechat"
	"parley/core/canon"
	"parley/core/connector"
)

// opened is a third-party platform with one account, without a network.
func opened(tb testing.TB, accounts ...connector.Account) (*wechat.ComponentConn, *played.ComponentApp, func() []connector.State) {
	tb.Helper()
	p := played.NewComponent(played.ComponentOptions{})
	var said []connector.State
	env := connector.Env{HTTP: http.DefaultClient, Clock: time.Now, Cache: noCache{}, State: func(s connector.State) { said = append(said, s) }}
	conn, err := wechat.Component().Open(context.Background(), connector.Link{Config: connector.Values(p.Config()), Accounts: accounts}, env)
	if err != nil {
		tb.Fatal(err)
	}
	return conn.(*wechat.ComponentConn), p, func() []connector.State { return said }
}

// noCache keeps nothing.
type noCache struct{}

func (noCache) Get(context.Context, string) (string, bool, error)        { return "", false, nil }
func (noCache) Set(context.Context, string, string, time.Duration) error { return nil }
func (noCache) Delete(context.Context, string) error                     { return nil }
func (noCache) Once(c context.Context, _ string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
	v, _, err := fill(c)
	return v, err
}

func notice(p *played.ComponentApp, kind, fields string) connector.Raw {
	q, body := p.Notice(kind, fields)
	return connector.Raw{Method: http.MethodPost, Query: q.Encode(), Header: http.Header{}, Body: body, Arrived: time.Now()}
}

func take(c *wechat.ComponentConn, raw connector.Raw) (connector.Batch, error) {
	o, err := c.Unseal(raw)
	if err != nil {
		return connector.Batch{}, err
	}
	return c.Decode(context.Background(), connector.Seal(raw, o))
}

// TestNoticesAreKeptBeforeTheyAreAnswered: what must outlive the process is in
// the batch, which the hub makes durable before Ack.
func TestNoticesAreKeptBeforeTheyAreAnswered(t *testing.T) {
	const shop = "wx3f1a9c0b7d5e2468"
	c, p, said := opened(t, connector.Account{ID: canon.ID{1}, RemoteID: shop})
	for _, x := range []struct {
		kind, fields, want string
	}{
		{"component_verify_ticket", "<ComponentVerifyTicket>ticket@@@1</ComponentVerifyTicket>", "component_ticket=ticket@@@1"},
		{"authorized", "<AuthorizerAppid>" + shop + "</AuthorizerAppid><AuthorizationCode>c1</AuthorizationCode>", "code:" + shop + "=c1 token:" + shop + "="},
		{"updateauthorized", "<AuthorizerAppid>" + shop + "</AuthorizerAppid><AuthorizationCode>c2</AuthorizationCode>", "code:" + shop + "=c2 token:" + shop + "="},
		{"unauthorized", "<AuthorizerAppid>" + shop + "</AuthorizerAppid>", "refresh:" + shop + "= code:" + shop + "= token:" + shop + "="},
		{"notify_third_fasteregister", "<appid>" + shop + "</appid>", ""},
	} {
		raw := notice(p, x.kind, x.fields)
		b, err := take(c, raw)
		if err != nil {
			t.Errorf("%s: %v", x.kind, err)
			continue
		}
		var all []string
		for _, k := range b.Keep {
			all = append(all, k.Name+"="+k.Value)
			if k.Value != "" && k.For <= 0 {
				t.Errorf("%s: %s is kept for no time", x.kind, k.Name)
			}
		}
		if got := strings.Join(all, " "); got != x.want || len(b.Envelopes) > 0 {
			t.Errorf("%s keeps %q, want %q", x.kind, got, x.want)
		}
		if r := c.Ack(raw, connector.Committed); r.Status != 200 || string(r.Body) != "success" {
			t.Errorf("%s is answered %d %q", x.kind, r.Status, r.Body)
		}
	}
	if all := said(); len(all) != 1 || all[0].Account != shop || all[0].Health != connector.HealthBad {
		t.Errorf("the lights: %+v", all)
	}
	raw := notice(p, "unauthorized", "<AuthorizerAppid>"+shop+"</AuthorizerAppid>")
	if r := c.Ack(raw, connector.Retry); r.Status != http.StatusServiceUnavailable || len(said()) != 1 {
		t.Errorf("what is not kept is answered %d, or turns a light", r.Status)
	}
}

// TestANoticeOfAnotherOrForgedIsRefused.
func TestANoticeOfAnotherOrForgedIsRefused(t *testing.T) {
	c, p, _ := opened(t)
	ticket := "<ComponentVerifyTicket>t</ComponentVerifyTicket>"
	good := notice(p, "component_verify_ticket", ticket)
	stranger := played.NewComponent(played.ComponentOptions{AppID: "wx0000000000000000"})
	forged := good
	forged.Query = strings.Replace(good.Query, "msg_signature=", "msg_signature=0", 1)
	plain := good
	plain.Body = []byte("<xml><AppId>" + p.Config()["app_id"] + "</AppId><InfoType>component_verify_ticket</InfoType>" + ticket + "</xml>")
	nowhere := good
	nowhere.Path = "/nobody"
	for name, raw := range map[string]connector.Raw{
		"another platform's":          notice(stranger, "component_verify_ticket", ticket),
		"forged":                      forged,
		"not encrypted":               plain,
		"at an address of no account": nowhere,
		"without a kind":              notice(p, "", ticket),
		"of no account":               notice(p, "unauthorized", "<AuthorizerAppid>../../x</AuthorizerAppid>"),
		"of a long ticket":            notice(p, "component_verify_ticket", "<ComponentVerifyTicket>"+strings.Repeat("t", 600)+"</ComponentVerifyTicket>"),
		"broken off":                  notice(p, "component_verify_ticket", "<ComponentVerifyTicket>"),
		"with an entity":              notice(p, "component_verify_ticket", "<!DOCTYPE x [<!ENTITY a \"b\">]>"+ticket),
	} {
		if b, err := take(c, raw); err == nil {
			t.Errorf("a notice %s is taken: %+v", name, b)
		}
	}
	if b, err := take(c, good); err != nil || len(b.Keep) != 1 {
		t.Errorf("a good one: %+v, %v", b, err)
	}
}

// FuzzNotice: whatever is sealed, reading it ends in a batch or an error.
func FuzzNotice(f *testing.F) {
	for _, seed := range []string{"<ComponentVerifyTicket>t</ComponentVerifyTicket>", "<AuthorizerAppid>wx3f1a9c0b7d5e2468</AuthorizerAppid>", "<a><b></a>", "]]>", "&amp;&x;"} {
		f.Add("unauthorized", seed)
	}
	c, p, _ := opened(f)
	f.Fuzz(func(t *testing.T, kind, fields string) {
		b, err := take(c, notice(p, kind, fields))
		for _, k := range b.Keep {
			if err != nil || k.Name == "" || len(k.Value) > 512 {
				t.Errorf("kept %+v, %v", k, err)
			}
		}
	})
}

// TestARehearsedNoticeIsAuthentic: what Verify sends to the hub's own address is
// sealed as the platform's notices are, and one altered on the way is not.
func TestARehearsedNoticeIsAuthentic(t *testing.T) {
	c, _, _ := opened(t)
	raw, err := c.Rehearse()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Unseal(raw); err != nil {
		t.Errorf("it is refused: %v", err)
	}
	raw.Query = strings.Replace(raw.Query, "nonce=", "nonce=x", 1)
	if _, err := c.Unseal(raw); err == nil {
		t.Error("with another nonce it counts all the same")
	}
}
