package wechat_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/wechat"
	"parley/connectors/wechat"
	"parley/core/canon"
	"parley/core/connector"
)

// shared is a cache as nodes share one.
type shared struct {
	mu sync.Mutex
	m  map[string]string
}

func (c *shared) Get(_ context.Context, key string) (string, bool, error) {
	v, ok := c.m[key]
	return v, ok, nil
}
func (c *shared) Set(_ context.Context, key, v string, _ time.Duration) error {
	c.m[key] = v
	return nil
}
func (c *shared) Delete(_ context.Context, key string) error { delete(c.m, key); return nil }
func (c *shared) Once(ctx context.Context, key string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
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

// linked is a Conn on a played account whose customer has written.
func linked(t *testing.T, o played.Options, cache connector.Cache) (wechat.OfficialConn, *played.Platform) {
	t.Helper()
	p := played.New(o)
	p.Open(peer)
	srv := httptest.NewServer(p)
	t.Cleanup(srv.Close)
	return conn(t, p, srv.URL, cache), p
}

func conn(t *testing.T, p *played.Platform, api string, cache connector.Cache) wechat.OfficialConn {
	t.Helper()
	config := connector.Values(p.Config())
	config["api_base"] = api
	values, bad := wechat.Official().Spec().Form.Complete(config)
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	c, err := wechat.Official().Open(t.Context(), connector.Link{Config: values}, connector.Env{HTTP: http.DefaultClient, Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	return c.(wechat.OfficialConn)
}

func hello() connector.Request {
	return connector.Request{Key: canon.NewID(), Thread: canon.ThreadKey{Account: "gh_3f7badc0771f", Peer: peer}, Message: canon.TextMessage("你好")}
}

// TestEveryBitOfACallbackIsProved: in safe mode no bit of what is encrypted can
// be turned, and nothing beside it is believed.
func TestEveryBitOfACallbackIsProved(t *testing.T) {
	c, p := linked(t, played.Options{}, &shared{m: map[string]string{}})
	plain, err := p.Act(peer, emulate.Act{Kind: emulate.ActText, Text: "hi"})
	if err != nil {
		t.Fatal(err)
	}
	query, body := p.Signed(plain)
	raw := func(body []byte) connector.Raw {
		return connector.Raw{Method: http.MethodPost, Query: query.Encode(), Body: body, Arrived: time.Now()}
	}
	from, to := strings.Index(string(body), "<Encrypt>")+len("<Encrypt><![CDATA["), strings.Index(string(body), "]]></Encrypt>")
	for i := from; i < to; i++ {
		for bit := range 8 {
			turned := []byte(string(body))
			turned[i] ^= 1 << bit
			if _, err := c.Unseal(raw(turned)); err == nil {
				t.Fatalf("bit %d of byte %d can be turned", bit, i)
			}
		}
	}
	// Compatible mode has the plain fields beside: a forger may write anything there.
	both := strings.Replace(string(body), "<xml>", "<xml><Content>forged</Content><FromUserName>forger</FromUserName>", 1)
	opened, err := c.Unseal(raw([]byte(both)))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(opened.Body), "forge") {
		t.Errorf("what nobody signed was taken: %s", opened.Body)
	}
	// A signature of the plain fields does not make a safe account take a plain body.
	query.Del("encrypt_type")
	if _, err := c.Unseal(raw(plain)); err == nil {
		t.Error("a safe account takes a plain body")
	}
}

// TestNodesShareOneToken: many sends at once on two nodes ask once, and again
// once when the platform refuses the token to all of them.
func TestNodesShareOneToken(t *testing.T) {
	cache := &shared{m: map[string]string{}}
	p := played.New(played.Options{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.Open(peer)
		p.ServeHTTP(w, r)
	}))
	defer srv.Close()
	nodes := []wechat.OfficialConn{conn(t, p, srv.URL, cache), conn(t, p, srv.URL, cache)}
	asked := func() (n int) {
		for _, c := range p.All() {
			if c.Op == "stable_token" {
				n++
			}
		}
		return n
	}
	burst := func() {
		var all sync.WaitGroup
		for i := range 20 {
			all.Add(1)
			go func() {
				defer all.Done()
				if err := nodes[i%2].Type(context.Background(), hello().Thread, true); err != nil {
					t.Errorf("call %d: %v", i, err)
				}
			}()
		}
		all.Wait()
	}
	burst()
	if n := asked(); n != 1 {
		t.Errorf("the token was asked for %d times", n)
	}
	p.Expire()
	if _, err := nodes[0].Send(t.Context(), hello()); err != nil {
		t.Fatal(err)
	}
	if n := asked(); n != 2 {
		t.Errorf("after it ran out it was asked for %d times", n)
	}
}

// TestTheWindowIsData: what is left of it shows, from the customer's act to the
// platform's refusal.
func TestTheWindowIsData(t *testing.T) {
	c, p := linked(t, played.Options{}, &shared{m: map[string]string{}})
	key := hello().Thread
	if w := c.Capabilities(key).Window; w.Left != 0 || !w.Closes.IsZero() || w.Messages != 5 || w.For != 48*time.Hour {
		t.Errorf("of an unknown customer: %+v", w)
	}
	post := func(act emulate.Act) {
		plain, err := p.Act(peer, act)
		if err != nil {
			t.Fatal(err)
		}
		query, body := p.Signed(plain)
		c.Ack(connector.Raw{Method: http.MethodPost, Query: query.Encode(), Body: body, Arrived: time.Now()}, connector.Committed)
	}
	post(emulate.Act{Kind: emulate.ActFollow, Value: "store_18"})
	if w := c.Capabilities(key).Window; w.Left != 3 || time.Until(w.Closes) > time.Minute {
		t.Errorf("after a scan: %+v", w)
	}
	post(emulate.Act{Kind: emulate.ActText, Text: "在吗"})
	for left := 4; left >= 0; left-- {
		if _, err := c.Send(t.Context(), hello()); err != nil {
			t.Fatal(err)
		}
		if w := c.Capabilities(key).Window; w.Left != left || time.Until(w.Closes) < 47*time.Hour {
			t.Errorf("with %d left: %+v", left, w)
		}
	}
	_, err := c.Send(t.Context(), hello())
	if e := connector.AsError(err); e == nil || e.Class != connector.WindowClosed || e.Code != "45047" {
		t.Errorf("the sixth: %v", err)
	}
	if w := c.Capabilities(key).Window; time.Now().Before(w.Closes) {
		t.Errorf("after the refusal: %+v", w)
	}
}

// TestAMenuKeepsWhatNobodyHereKnows: an entry of a type only the platform knows
// survives being read and set again.
func TestAMenuKeepsWhatNobodyHereKnows(t *testing.T) {
	c, p := linked(t, played.Options{}, &shared{m: map[string]string{}})
	set := connector.Menu{Items: []connector.MenuItem{
		{Label: "扫码", Raw: []byte(`{"type":"scancode_waitmsg","name":"扫码","key":"track"}`)},
		{Label: "人工", Kind: canon.OptionHuman},
	}}
	for range 2 {
		if err := c.SetMenu(t.Context(), connector.Account{}, set); err != nil {
			t.Fatal(err)
		}
		got, err := c.Menu(t.Context(), connector.Account{})
		if err != nil || len(got.Items) != 2 || !strings.Contains(string(got.Items[0].Raw), "scancode_waitmsg") || got.Items[1].Kind != canon.OptionHuman {
			t.Fatalf("%+v, %v", got, err)
		}
		set = got
		set.Items[0].Label = "扫一扫" // renamed here, it is still what it was
	}
	if row := p.Screen(peer).Menu; len(row) != 2 || row[0][0].Label != "扫一扫" {
		t.Errorf("the customer sees %+v", row)
	}
	err := c.SetMenu(t.Context(), connector.Account{}, connector.Menu{Items: []connector.MenuItem{{Label: "一个非常长的名字", Kind: canon.OptionReply, Value: "x"}}})
	if e := connector.AsError(err); e == nil || e.Class != connector.Invalid || e.Shown.ZH == "" {
		t.Errorf("a name over the limit: %v", err)
	}
}

// TestTemplatesAreListedWithTheirSlots: messages and notifications alike.
func TestTemplatesAreListedWithTheirSlots(t *testing.T) {
	c, _ := linked(t, played.Options{}, &shared{m: map[string]string{}})
	all, err := c.Templates(t.Context(), connector.Account{})
	if err != nil || len(all) != 2 || all[0].Name != "TM00017-order" || all[1].Name != "subscribe:NT00042-queue" ||
		len(all[0].Params) != 5 || all[0].Params[1].Slot != "time2" || all[0].Params[2].Leads != canon.LeadURL {
		t.Errorf("%+v, %v", all, err)
	}
	who, err := c.Profile(t.Context(), connector.Account{}, peer)
	if err != nil || who.Locale != "zh-CN" || len(who.Also) != 1 || who.Also[0].Kind != "unionid" {
		t.Errorf("%+v, %v", who, err)
	}
}

// TestATemplateLeadsSomewhere: to an address, to a page of a mini-program before it,
// and never to a page of none.
func TestATemplateLeadsSomewhere(t *testing.T) {
	c, p := linked(t, played.Options{}, &shared{m: map[string]string{}})
	p.Agree(peer, "NT00042-queue")
	says := func(of canon.Template) error {
		r := hello()
		r.Message = canon.Message{Parts: []canon.Part{of}}
		_, err := c.Send(t.Context(), r)
		return err
	}
	leads := func() string {
		all := p.Screen(peer).Bubbles
		return all[len(all)-1].Cards[0].URL
	}
	notice := canon.Template{Name: "subscribe:NT00042-queue", Params: []canon.TemplateParam{{Slot: "number1", Text: "3"}, {Slot: "url", Leads: canon.LeadURL, Text: "https://shop.example.com/q"}}}
	for _, one := range []struct {
		of   canon.Template
		want string
	}{
		{leading(), ""},
		{leading(canon.LeadURL, "https://shop.example.com/o/1042"), "https://shop.example.com/o/1042"},
		{leading(canon.LeadURL, "https://shop.example.com/o/1042", canon.LeadApp, "wx9d2e7c4b1a5f8036", canon.LeadPage, "pages/order?id=1042"), "weapp://wx9d2e7c4b1a5f8036/pages/order?id=1042"},
		{notice, "https://shop.example.com/q"},
	} {
		if err := says(one.of); err != nil || leads() != one.want {
			t.Errorf("a tap leads to %q, want %q: %v", leads(), one.want, err)
		}
	}
	for _, bad := range []canon.Template{leading(canon.LeadPage, "pages/order"), leading(canon.LeadApp, "wx0000000000000000")} {
		if e := connector.AsError(says(bad)); e == nil || e.Class != connector.Invalid || e.Shown.ZH == "" {
			t.Errorf("%+v was answered %v", bad.Params, e)
		}
	}
}

// TestARecordingNeedsAConverter: without one only what the platform takes is
// declared, so that others go out as a link.
func TestARecordingNeedsAConverter(t *testing.T) {
	c, _ := linked(t, played.Options{}, &shared{m: map[string]string{}})
	for _, mime := range c.Capabilities(hello().Thread).Media[canon.MediaVoice].MIME {
		if mime == "audio/ogg" {
			t.Error("audio/ogg is declared, and nothing can convert it")
		}
	}
	_, _, err := c.Upload(t.Context(), canon.NewID(), connector.FileInfo{Name: "v.ogg", MIME: "audio/ogg"}, strings.NewReader("OggS"))
	if e := connector.AsError(err); e == nil || e.Class != connector.Unsupported || e.Shown.ZH == "" {
		t.Errorf("it was tried: %v", err)
	}
}
