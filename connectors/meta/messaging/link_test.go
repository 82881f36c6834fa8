package messaging_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	emu "parley/connectors/emulate/meta"
	"parley/core/canon"
	"parley/core/connector"
)

// cache keeps values as the hub does: one fill at a time.
type cache struct {
	mu sync.Mutex
	m  map[string]string
}

func (c *cache) Get(_ context.Context, key string) (string, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.m[key]
	return v, ok, nil
}

func (c *cache) Set(_ context.Context, key, value string, _ time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.m[key] = value
	return nil
}

func (c *cache) Delete(_ context.Context, key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.m, key)
	return nil
}

func (c *cache) Once(ctx context.Context, key string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.m[key]; ok {
		return v, nil
	}
	v, _, err := fill(ctx)
	if err == nil {
		c.m[key] = v
	}
	return v, err
}

// open is a link of a side on a platform of its own.
func (s side) open(t *testing.T, change func(*stage, connector.Values)) (*stage, connector.Conn) {
	t.Helper()
	now := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	played, err := s.play(func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(played.Close)
	config := played.Config()
	if change != nil {
		change(played.(*stage), config)
	}
	values, bad := s.driver().Spec().Form.Complete(config)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	conn, err := s.driver().Open(t.Context(), connector.Link{Config: values, Accounts: played.Accounts(), HookURL: "https://hub.example.com/hooks/1"},
		connector.Env{HTTP: http.DefaultClient, Cache: &cache{m: map[string]string{}}, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return played.(*stage), conn
}

func (s side) hello(n byte) connector.Request {
	return connector.Request{
		Key: fileID(n), Attempt: 1, Message: canon.TextMessage("hello"), Sender: connector.Sender{Kind: "agent"},
		Account: connector.Account{RemoteID: s.account}, Thread: canon.ThreadKey{Account: s.account, Peer: s.peer},
	}
}

// asked counts the calls of an operation.
func (s *stage) asked(op string) int {
	n := 0
	for _, c := range s.Platform.Calls.All() {
		if c.Op == op {
			n++
		}
	}
	return n
}

func TestManySendsAtOnceAskForOnePageTokenOnce(t *testing.T) {
	for _, s := range []side{onMessenger, onInstagram} {
		st, conn := s.open(t, nil)
		var all sync.WaitGroup
		for i := range byte(12) {
			all.Add(1)
			go func() {
				defer all.Done()
				if _, err := conn.Send(t.Context(), s.hello(i+1)); err != nil {
					t.Error(err)
				}
			}()
		}
		all.Wait()
		if n := st.asked("get accounts"); n != 2 { // the list has two pages
			t.Errorf("%s: the pages were asked for in %d calls", s.name, n)
		}
	}
}

func TestAPagesOwnTokenServesAsWell(t *testing.T) {
	for _, s := range []side{onMessenger, onInstagram} {
		_, conn := s.open(t, func(st *stage, v connector.Values) { v["access_token"] = st.PageToken(emu.Page) })
		if _, err := conn.Send(t.Context(), s.hello(1)); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}

func TestAnAccountTheTokenMayNotActForIsNamed(t *testing.T) {
	_, conn := onMessenger.open(t, func(_ *stage, v connector.Values) { v["account"] = "99999999" })
	r := onMessenger.hello(1)
	r.Thread.Account, r.Account.RemoteID = "99999999", "99999999"
	_, err := conn.Send(t.Context(), r)
	if e := connector.AsError(err); e == nil || e.Class != connector.NeedsLogin || e.Code != "no_page" || e.Shown.ZH == "" {
		t.Errorf("it says %v", err)
	}
}

func TestTheTestOfALinkNamesTheStepThatFails(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*stage, connector.Values)
		fails  string
	}{
		"all is well":               {nil, ""},
		"a stranger's token":        {func(_ *stage, v connector.Values) { v["access_token"] = "EAAstranger0" }, "Account"},
		"another app secret":        {func(_ *stage, v connector.Values) { v["app_secret"] = "another-secret" }, "Account"},
		"a permission is missing":   {func(st *stage, _ connector.Values) { st.Grant(0, "pages_messaging") }, "Permissions"},
		"another app is subscribed": {func(_ *stage, v connector.Values) { v["app_id"] = "777777777" }, "The page"},
	} {
		_, conn := onMessenger.open(t, c.change)
		failed := ""
		_ = conn.(connector.Prober).Probe(t.Context(), func(step connector.Check) { // judged by its steps
			if !step.OK && failed == "" {
				failed = step.Name.EN
			}
		})
		if !strings.HasPrefix(failed, c.fails) || (failed == "") != (c.fails == "") {
			t.Errorf("%s: %q failed", name, failed)
		}
	}
}

func TestAProfileHasNameAndPicture(t *testing.T) {
	_, conn := onMessenger.open(t, nil)
	who, err := conn.(connector.Profiler).Profile(t.Context(), connector.Account{RemoteID: onMessenger.account}, onMessenger.peer)
	if err != nil || who.Name != "Peter Chang" || who.Avatar == "" {
		t.Errorf("Messenger says %+v, %v", who, err)
	}
	_, conn = onInstagram.open(t, nil)
	who, err = conn.(connector.Profiler).Profile(t.Context(), connector.Account{RemoteID: onInstagram.account}, onInstagram.peer)
	if err != nil || who.Name != "ana.travels" || len(who.Also) != 1 {
		t.Errorf("Instagram says %+v, %v", who, err)
	}
}
