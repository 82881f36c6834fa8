package main

import (
	"context"
	"net/http"

	"parley/connectors/emulate/wechat"
	"parley/connectors/emulate/wecom"
)

// playComponent is a third-party platform of WeChat with two accounts that may
// authorise it, at the played WeChat below /open.
func playComponent(client *http.Client, first int) (http.Handler, playedChannel) {
	p := wechat.NewComponent(wechat.ComponentOptions{Client: client, First: first})
	return http.StripPrefix("/open", p), playedChannel{
		kind: p.Phone().Platform(), below: "/open", page: true, phone: p.Phone(), files: p, values: p.Config(), again: p.Grant,
		hook: func(ctx context.Context, address string) error {
			return p.SetAddresses(ctx, address, address+"/$APPID$")
		},
	}
}

// playSuite is an application of a service provider which a corporation may
// install, at the played WeCom below /suite.
func playSuite(client *http.Client, first int) (http.Handler, *wecom.Suite, playedChannel) {
	p := wecom.NewSuite(wecom.Options{Client: client, First: first})
	p.Serves(true)
	return http.StripPrefix("/suite", p), p, playedChannel{
		kind: p.Phone().Platform(), below: "/suite", page: true, phone: p.Phone(), files: p, values: p.Config(),
		again: func(ctx context.Context, _ string) error { return p.Market(ctx) },
		hook: func(ctx context.Context, address string) error {
			return p.SetCallbacks(ctx, address, address+"/$CORPID$")
		},
	}
}
