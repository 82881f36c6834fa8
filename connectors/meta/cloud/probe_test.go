package cloud_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	emu "parley/connectors/emulate/meta"
	"parley/connectors/meta/cloud"
	"parley/core/canon"
	"parley/core/connector"
)

// nothing is kept between nodes in these tests.
type noCache struct{}

func (noCache) Get(context.Context, string) (string, bool, error)        { return "", false, nil }
func (noCache) Set(context.Context, string, string, time.Duration) error { return nil }
func (noCache) Delete(context.Context, string) error                     { return nil }
func (noCache) Once(ctx context.Context, _ string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
	v, _, err := fill(ctx)
	return v, err
}

// open is a link on a platform of its own.
func open(t *testing.T, states *[]connector.State) (*stage, connector.Conn) {
	t.Helper()
	now := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	played, err := play(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(played.Close)
	values, bad := cloud.New().Spec().Form.Complete(played.Config())
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	conn, err := cloud.New().Open(t.Context(), connector.Link{Config: values, Accounts: played.Accounts(), HookURL: "https://hub.example.com/hooks/0190f3a2-7c1e-7000-8000-000000000001"}, connector.Env{
		HTTP: http.DefaultClient, Cache: noCache{}, Clock: func() time.Time { return now },
		State: func(s connector.State) { *states = append(*states, s) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return played.(*stage), conn
}

func TestTheTestOfALinkNamesWhatIsWrong(t *testing.T) {
	end := time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC).Unix()
	for name, c := range map[string]struct {
		spoil func(*stage)
		fails int // the step that fails, from 1; 0: none
		state string
	}{
		"all is well":                {func(*stage) {}, 0, ""},
		"a token nobody knows":       {func(s *stage) { s.Revoke(emu.Token) }, 1, ""},
		"a permission is missing":    {func(s *stage) { s.Grant(0, "whatsapp_business_messaging") }, 2, ""},
		"callbacks go elsewhere":     {func(s *stage) { s.SetHook(emu.WhatsApp, "https://other.example/hook", "x") }, 3, ""},
		"the token ends in two days": {func(s *stage) { s.Grant(end, "whatsapp_business_messaging", "whatsapp_business_management") }, 0, "token_expires"},
	} {
		var states []connector.State
		st, conn := open(t, &states)
		c.spoil(st)
		failed, n := 0, 0
		told := false
		_ = conn.(connector.Prober).Probe(t.Context(), func(step connector.Check) { // judged by its steps
			told = told || strings.Contains(step.Detail.EN, "1,000 customers in 24 hours") && strings.Contains(step.Detail.ZH, "1,000 位客户")
			if n++; !step.OK && failed == 0 {
				failed = n
			}
		})
		if failed != c.fails {
			t.Errorf("%s: step %d failed", name, failed)
		}
		if (c.state != "") != (len(states) == 1 && states[0].Code == c.state) {
			t.Errorf("%s: the light says %+v", name, states)
		}
		// What is used of it nobody tells: it is shown, and not counted down.
		if caps := conn.Capabilities(canon.ThreadKey{}); c.fails != 1 && !told || caps.Quota != (connector.Quota{}) {
			t.Errorf("%s: the limit is told: %v, the quota is %+v", name, told, caps.Quota)
		}
	}
}

// TestAGroupIsKnownAsOne: nobody of a group is asked how they liked it.
func TestAGroupIsKnownAsOne(t *testing.T) {
	var states []connector.State
	_, conn := open(t, &states)
	for peer, group := range map[canon.RemoteID]bool{"group:HBgLMTY1MDM4Nzk0MzkVAgASGBQ": true, sheena: false, "US.13491208655302741918": false} {
		if got := conn.Capabilities(canon.ThreadKey{Account: emu.Number, Peer: peer}).Group; got != group {
			t.Errorf("%s is a group: %v", peer, got)
		}
	}
}
