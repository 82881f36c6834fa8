// Command devpage shows the widget on a page of its own, with a hub that plays
// along, for whoever designs it:
//
//	go run ./connectors/web/internal/devpage -listen 127.0.0.1:8090
//
// /shop is a page of another site carrying the loader, /chat/{account} the chat
// as a page. The product never contains it.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"parley/connectors/web"
	"parley/connectors/web/internal/fakehub"
	"parley/core/canon"
	"parley/core/connector"
)

// account is fixed, so that addresses can be kept.
const account = "01932f00-0000-7000-8000-000000000001"

//go:embed shop.html
var shop string

func main() {
	listen := flag.String("listen", "127.0.0.1:8090", "address")
	color := flag.String("color", "#2f5bea", "brand colour")
	ask := flag.String("ask", "none", "ask before the chat: none, name, contact")
	closed := flag.Bool("closed", false, "outside opening hours")
	flag.Parse()
	if err := run(*listen, *color, *ask, *closed); err != nil {
		log.Fatal(err)
	}
}

func run(listen, color, ask string, closed bool) error {
	hub := fakehub.New()
	p := &play{hub: hub, closed: closed}
	hub.On = p.on
	id, err := canon.ParseID(account)
	if err != nil {
		return err
	}
	driver := web.New(web.Options{
		Signer: fakehub.Signer{Key: "for looking at it only"},
		ClientAddr: func(r *http.Request) netip.Addr {
			at, _ := netip.ParseAddrPort(r.RemoteAddr)
			return at.Addr()
		},
	})
	conn, err := driver.Open(context.Background(), connector.Link{
		ID: canon.NewID(), PageURL: "http://" + listen,
		Config: connector.Values{
			"name": "山野书店", "color": color, "ask": ask, "origins": "*",
			"title_zh": "您好 👋", "subtitle_zh": "想找哪本书？我们都在。",
			"title_en": "Hi there 👋", "subtitle_en": "Looking for a book? We are here.",
			"identity_secret": strings.Repeat("secret-", 6),
		},
		Accounts: []connector.Account{{ID: id, Name: "Shop"}},
	}, hub.Env(nil))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/widget.js", web.Assets())
	mux.Handle("/widget/", web.Assets())
	mux.Handle("/files/", hub)
	server, ok := conn.(connector.Server)
	if !ok {
		return fmt.Errorf("%T serves no pages", conn)
	}
	mux.HandleFunc("/chat/", func(w http.ResponseWriter, r *http.Request) { server.Serve(w, r, hub) })
	mux.HandleFunc("/shop", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Query().Has("strict") { // what a strict site needs to allow, and nothing else
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src http://"+listen+"; frame-src http://"+listen+"; connect-src http://"+listen+"; style-src 'self'")
		}
		fmt.Fprint(w, strings.ReplaceAll(shop, "ACCOUNT", account))
	})
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) { hub.SetAway(r.URL.Query().Has("on")) })
	log.Printf("http://%s/shop and http://%s/chat/%s", listen, listen, account)
	return (&http.Server{Addr: listen, Handler: mux, ReadHeaderTimeout: 10 * time.Second}).ListenAndServe()
}
