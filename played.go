package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"parley/connectors/emulate"
	"parley/connectors/emulate/line"
	"parley/connectors/emulate/meta"
	"parley/connectors/emulate/telegram"
	"parley/connectors/emulate/wechat"
	"parley/connectors/emulate/wecom"
)

// playedPlatform is one emulator on this machine.
type playedPlatform struct {
	name     string // of the command: parley emulate NAME
	handler  http.Handler
	channels []playedChannel
	// base is its address once it serves.
	base string
	// asked: the platform is told by its own API where callbacks go.
	asked   string
	stop    []func()          // in this order
	serving func(host string) // is told the address; nil: need not know it
	sees    func(code string) // is told the QR codes of devices to be linked
	// faults takes misbehaviour for the next calls, expires tells whether tokens
	// end there.
	faults  func(...emulate.Fault)
	expires func() bool
	post    *emulate.Postman // carries callbacks; nil: the platform calls nobody
}

// playedChannel is one kind of channel of a platform.
type playedChannel struct {
	kind   string
	phone  emulate.Phone
	files  http.Handler      // what the phone's media lie below
	values map[string]string // for the linking form, without api_base
	// hook writes the callback address into the platform's console, which may
	// call it; nil: the channel's own API does it alone.
	hook func(ctx context.Context, address string) error
	// linked: its account is linked by a phone, and devices call the platform.
	// values are then for a client's author.
	linked bool
	// below is where the channel's API lies below the platform's address; page says
	// that its administrators authorise at a page there.
	below string
	page  bool
	// again has an account authorise once more that did so before the platform was
	// begun anew; nil: nobody authorises.
	again func(ctx context.Context, account string) error
}

// calledNames are the platforms whose API is called, in the order of the demo's
// phones.
func calledNames() []string { return []string{"wechat", "wecom", "telegram", "line", "meta"} }

// firstNumber is where a platform begins to count: emulators remember nothing,
// the hub does, so a later start goes on counting.
func firstNumber() int { return int(time.Now().Unix() - 1_767_225_600) } // of 2026

// play makes a platform that posts callbacks by a client; plain lets it call
// addresses without TLS where the real one would not.
func play(name string, client *http.Client, plain bool) (*playedPlatform, error) {
	post := &emulate.Postman{Base: client.Transport}
	carrier := *client
	carrier.Transport = post
	p, err := playWith(name, &carrier, plain)
	if err == nil && !p.channels[0].linked {
		p.post = post
	}
	return p, err
}

func playWith(name string, client *http.Client, plain bool) (*playedPlatform, error) {
	first := firstNumber()
	switch name {
	case "telegram":
		p := telegram.New(telegram.Options{Client: client, First: first})
		return &playedPlatform{name: name, handler: p, faults: p.Misbehave, expires: p.Expires, stop: []func(){p.Close}, asked: "setWebhook", channels: []playedChannel{
			{kind: p.Platform(), phone: p, files: p, values: map[string]string{"token": p.Token()}}}}, nil
	case "line":
		p := line.New(line.Options{Client: client, PlainHTTP: plain, Redeliver: true, First: first})
		return &playedPlatform{name: name, handler: p, faults: p.Misbehave, expires: p.Expires, asked: "PUT /v2/bot/channel/webhook/endpoint", channels: []playedChannel{
			{kind: p.Platform(), phone: p, files: p, values: p.Config(), hook: func(_ context.Context, address string) error { p.SetHook(address, true); return nil }}}}, nil
	case "wechat":
		return playWeChat(client, first), nil
	case "wecom":
		p := wecom.New(wecom.Options{Client: client, First: first})
		enter := func(kind string) func(context.Context, string) error {
			return func(ctx context.Context, address string) error { return p.SetCallback(ctx, kind, address) }
		}
		suite, provider, installed := playSuite(client, first)
		mux := http.NewServeMux()
		mux.Handle("/suite/", suite)
		mux.Handle("/", p)
		return &playedPlatform{name: name, handler: mux, faults: p.Misbehave, expires: p.Expires, stop: []func(){p.Close, provider.Close}, channels: []playedChannel{
			{kind: "wechatkf", phone: p.KFPhone(), files: p, values: corporation(p.KF(), "account", wecom.Account), hook: enter("wechatkf")},
			{kind: "wecom", phone: p.AppPhone(), files: p, values: corporation(p.App(), "agent_id", p.App().AgentID), hook: enter("wecom")}, installed}}, nil
	case "meta":
		return playMeta(client, first), nil
	}
	if p := playLinked(name, first); p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("no platform %q is played", name)
}

// playWeChat is an official account, a mini-program and a third-party platform,
// which share the paths of the API: a mini-program's calls lie below /mini.
func playWeChat(client *http.Client, first int) *playedPlatform {
	account := wechat.New(wechat.Options{Client: client, First: first})
	mini := wechat.New(wechat.Options{Client: client, First: first, Mini: true, Name: "茶语小程序", Original: "gh_9a8b7c6d5e4f", AppID: "wx9d2e7c4b1a5f8036",
		Secret: "9e3b5f7a1d2c4860b8e6f4a2c0d1e3f5", Token: "parleyMiniToken8"})
	open, authorised := playComponent(client, first)
	mux := http.NewServeMux()
	mux.Handle("/open/", open)
	mux.Handle("/mini/", http.StripPrefix("/mini", mini))
	mux.Handle("/", account)
	entry := func(p *wechat.Platform) func(context.Context, string) error {
		return func(_ context.Context, address string) error { p.SetHook(address); return nil }
	}
	return &playedPlatform{name: "wechat", handler: mux, faults: account.Misbehave, expires: account.Expires, channels: []playedChannel{
		{kind: account.Platform(), phone: account, files: account, values: account.Config(), hook: entry(account)},
		{kind: mini.Platform(), below: "/mini", phone: mini, files: mini, values: mini.Config(), hook: entry(mini)}, authorised}}
}

func playMeta(client *http.Client, first int) *playedPlatform {
	p := meta.New(meta.Options{Delivery: emulate.Delivery{Client: client}, First: first})
	out := &playedPlatform{name: "meta", handler: p, serving: p.Serving, faults: p.Misbehave, expires: p.Expires, asked: "/{app-id}/subscriptions and /{waba-id}/subscribed_apps"}
	const word = "a-word-both-sides-know"
	for _, phone := range p.Phones() {
		c := playedChannel{kind: phone.Platform(), phone: phone, files: p, values: map[string]string{"access_token": meta.Token, "app_secret": meta.AppSecret, "verify_token": word}}
		product := meta.Messenger
		switch c.kind {
		case "whatsappcloud":
			product = meta.WhatsApp
			c.values["account"], c.values["waba_id"] = meta.Number, meta.WABA
		case "instagram":
			product = meta.Instagram
			c.page, c.values["account"], c.values["app_id"] = true, meta.Account, meta.AppID
		default:
			c.page, c.values["account"], c.values["app_id"] = true, meta.Page, meta.AppID
		}
		c.hook = func(_ context.Context, address string) error { p.SetHook(product, address, word); return nil }
		out.channels = append(out.channels, c)
	}
	return out
}

func corporation(c wecom.Credentials, name, value string) map[string]string {
	return map[string]string{"corp_id": c.CorpID, "secret": c.Secret, "callback_token": c.Token, "encoding_aes_key": c.AESKey, name: value}
}

// serve answers at an address until close; beside the platform's own paths it
// answers more.
func (p *playedPlatform) serve(ctx context.Context, address string, more map[string]http.Handler) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("play %s: %w", p.name, err)
	}
	p.base = "http://" + l.Addr().String()
	if p.serving != nil {
		p.serving(l.Addr().String())
	}
	mux := http.NewServeMux()
	mux.Handle("/", p.handler)
	for path, h := range more {
		mux.Handle(path, h)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }() // until it is closed
	p.stop = append(p.stop, func() { _ = server.Close() })
	return nil
}

// close waits for what the platform still posts, and ends its address.
func (p *playedPlatform) close() {
	for _, stop := range p.stop {
		stop()
	}
}

// at is the api_base of a channel.
func (p *playedPlatform) at(c playedChannel) string { return p.base + c.below }
