package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"parley/connectors/conntest"
	"parley/connectors/web/internal/fakehub"
	"parley/core/canon"
	"parley/core/connector"
)

// The hub itself is the platform of its own chat: it is asked for nothing over a
// wire, so there is nobody to play.
type ownHouse struct{}

func (ownHouse) Config() connector.Values {
	return connector.Values{"origins": "https://shop.example.com", "identity_secret": identitySecret}
}

func (ownHouse) Accounts() []connector.Account {
	id := canon.ID{1}
	return []connector.Account{{ID: id, RemoteID: canon.RemoteID(id.String()), Name: "Shop"}}
}
func (ownHouse) Hosts() []string        { return nil }
func (ownHouse) Calls() []conntest.Call { return nil }
func (ownHouse) Close()                 {}

// kitSigner signs what the kit's visitor holds.
var kitSigner = fakehub.Signer{Key: "the key of the kit's installation"}

// holds is a token of the kit's visitor, good for one thing.
func holds(what string, media *canon.Media) string {
	raw, err := json.Marshal(claims{For: what, Account: ownHouse{}.Accounts()[0].ID, Visitor: visitor{Peer: "v-kit", Locale: "zh-CN", Asked: true}, Expires: 1 << 40, Media: media})
	if err != nil {
		panic(err)
	}
	return kitSigner.Token(raw)
}

// does posts a body to an address of the chat, as the visitor's browser.
func does(name string, envelopes int, path, body string, header ...string) conntest.ServerCase {
	return conntest.ServerCase{Name: name, Envelopes: envelopes, Do: func(ctx context.Context, client *http.Client, url string, link connector.Link) (int, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/chat/"+link.Accounts[0].ID.String()+path, bytes.NewReader([]byte(body)))
		if err != nil {
			return 0, err
		}
		req.Header.Set("Authorization", "Bearer "+holds(forVisitor, nil))
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		return resp.StatusCode, err
	}}
}

func TestConformance(t *testing.T) {
	receipt := holds(forFile, &canon.Media{Kind: canon.MediaImage, File: canon.ID{7}, Name: "收据.png", MIME: "image/png", Size: 68, Width: 1, Height: 1})
	conntest.Run(t, conntest.Suite{
		New: func() connector.Driver {
			return New(Options{Signer: kitSigner, ClientAddr: func(*http.Request) netip.Addr { return netip.MustParseAddr("203.0.113.7") }})
		},
		Play: func(func() time.Time) (conntest.Emulator, error) { return ownHouse{}, nil },
		Env:  func(e *connector.Env) { e.Chat = fakehub.New() },
		Own:  true,
		Server: &conntest.Server{Cases: []conntest.ServerCase{
			does("text", 1, "/messages", `{"id":"client-key-1","text":"你好 😀"}`),
			does("place", 1, "/messages", `{"id":"client-key-2","place":{"lat":31.23,"lon":121.47}}`),
			does("option taken", 1, "/messages", `{"id":"client-key-3","action":{"target":"line-1","value":"order"}}`),
			does("file", 1, "/messages", `{"id":"client-key-4","text":"收据","files":["`+receipt+`"]}`),
			does("opened", 1, "/open", `{"key":"visit-key-1","visit":{"page":"https://shop.example.com/cart","title":"Cart","language":"zh-CN"},"entry":"help"}`),
			does("somebody else's file", 0, "/messages", `{"id":"client-key-5","files":["`+holds(forVisitor, nil)+`"]}`),
			does("no visitor", 0, "/messages", `{"id":"client-key-6","text":"hello"}`, "Authorization", "Bearer "+holds(forTicket, nil)),
			does("another site", 0, "/messages", `{"id":"client-key-7","text":"hello"}`, "Origin", "https://evil.example"),
			does("no JSON", 0, "/messages", `{"id":"client-key-8","text":`),
			does("nothing said", 0, "/messages", `{"id":"client-key-9"}`),
		}},
		Out: []conntest.OutCase{
			{Name: "text", Message: canon.TextMessage("您好，我是 Mei")},
			{Name: "edit", Message: canon.TextMessage("您好"), Request: func(r *connector.Request) { r.Op, r.Target = connector.OpEdit, "line-1" }},
			{Name: "revoke", Request: func(r *connector.Request) { r.Op, r.Target = connector.OpRevoke, "line-1" }},
			{Name: "reaction", Class: connector.Unsupported, Request: func(r *connector.Request) { r.Op, r.Target = connector.OpReact, "line-1" }},
			{Name: "an account of somebody else", Message: canon.TextMessage("hello"), Class: connector.Invalid, Request: func(r *connector.Request) { r.Account = connector.Account{ID: canon.ID{9}} }},
		},
	})
}
