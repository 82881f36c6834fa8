package hub

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"parley/core/canon"
	"parley/core/connector"
	"parley/core/ingest"
)

// knockTime bounds one call to our own address; probeTime all a channel asks.
const (
	knockTime = 15 * time.Second
	probeTime = 60 * time.Second
)

// Verify looks whether an open link really works and tells each step as it
// ends: the platform's settings, the way in from outside, what the channel
// itself can test. It stores nothing and shows nothing to a customer. ok is
// false when a step failed; open when the link is not open.
func (h *Hub) Verify(ctx context.Context, tenant, link canon.ID, step func(connector.Check)) (ok, open bool) {
	h.mu.RLock()
	l := h.links[link]
	h.mu.RUnlock()
	if l == nil || l.tenant != tenant {
		return false, false
	}
	ok = true
	tell := func(k connector.Check) {
		ok = ok && k.OK
		step(k)
	}
	if set, has := h.Install(ctx, tenant, link); has {
		tell(set)
	}
	h.verifyWay(ctx, l, tell)
	return Tested(ctx, l.conn, tell) && ok, true
}

// Tested has a channel test itself. A channel that cannot says that there is
// nothing to test.
func Tested(ctx context.Context, conn connector.Conn, step func(connector.Check)) (ok bool) {
	p, can := conn.(connector.Prober)
	if !can {
		step(connector.Check{OK: true, Name: connector.Text{EN: "The settings are complete", ZH: "配置完整"},
			Detail: connector.Text{EN: "This channel has nothing outside to test.", ZH: "该渠道没有需要测试的外部服务。"}})
		return true
	}
	ok = true
	began := time.Now()
	err := guarded(ctx, probeTime, func(ctx context.Context) error {
		return p.Probe(ctx, func(k connector.Check) {
			ok = ok && k.OK
			step(k)
		})
	})
	if err != nil && ok {
		step(NoConnection(err, time.Since(began)))
	}
	return ok && err == nil
}

// NoConnection is the step of a test that failed without saying which.
func NoConnection(err error, took time.Duration) connector.Check {
	k := connector.Check{Took: took, Name: connector.Text{EN: "Connection", ZH: "连接"},
		Detail: connector.Text{EN: "It does not work.", ZH: "无法连接。"},
		Remedy: connector.Text{EN: "Check every field and the hub's way to the platform.", ZH: "请逐项检查配置，以及系统到平台的网络。"}}
	if e := connector.AsError(err); e != nil && e.Shown.EN != "" {
		k.Detail = e.Shown
	}
	return k
}

// verifyWay knocks at the link's own callback address, from outside.
func (h *Hub) verifyWay(ctx context.Context, l *openLink, tell func(connector.Check)) {
	hook, ok := l.conn.(connector.Webhook)
	if !ok || len(hook.Routes()) == 0 {
		if _, pulls := l.conn.(connector.Streamer); pulls {
			tell(connector.Check{OK: true, Name: connector.Text{EN: "The way in", ZH: "消息入口"},
				Detail: connector.Text{EN: "The hub asks the platform for messages: no public address is needed.", ZH: "由系统主动拉取消息，无需公网地址。"}})
		}
		return
	}
	k, said := h.verifyAddresses(ctx, l, tell)
	if !said.Ours {
		return
	}
	tell(connector.Check{OK: !said.Authentic, Name: connector.Text{EN: "Forged callbacks are refused", ZH: "伪造的回调会被拒绝"},
		Detail: connector.Text{EN: "One without a signature was sent.", ZH: "已发送一个没有签名的回调。"},
		Remedy: connector.Text{EN: "Tell whoever runs the hub: this channel takes callbacks from anybody.", ZH: "请联系系统管理员：该渠道会接受任何人的回调。"}})
	r, ok := l.conn.(connector.Rehearser)
	if !ok {
		return
	}
	began := time.Now()
	raw, err := r.Rehearse()
	if err != nil {
		k = NoConnection(err, time.Since(began))
	} else if k, said = h.knock(ctx, l, raw); said.Ours && !said.Authentic {
		k.OK = false
		k.Detail = connector.Text{EN: "The signature no longer fits when the callback arrives.", ZH: "回调到达时签名已不匹配。"}
		k.Remedy = connector.Text{EN: "Something before the hub changes headers, the query or the body of what passes. Let /hooks/ through as it comes.",
			ZH: "系统前的代理改动了请求头、参数或正文，请将 /hooks/ 原样转发。"}
	} else if k.OK {
		k.Detail = connector.Text{EN: "A callback signed like the platform's came through whole. Nothing was stored.", ZH: "按平台方式签名的回调完整到达，未存储任何内容。"}
	}
	k.Name = connector.Text{EN: "Signature, there and back", ZH: "签名往返验证"}
	tell(k)
}

// verifyAddresses knocks at every address the platform is to be given, with a
// callback nobody signed. What was said is of the first that is not ours or takes
// it, else of the last.
func (h *Hub) verifyAddresses(ctx context.Context, l *openLink, tell func(connector.Check)) (k connector.Check, said ingest.Knocked) {
	all := []connector.Callback{{Name: connector.Text{EN: "The callback address", ZH: "回调地址"}}}
	if d, ok := h.o.Connectors.Driver(l.kind); ok && len(d.Spec().Callbacks) > 0 {
		all = d.Spec().Callbacks
	}
	for _, a := range all {
		k, said = h.knock(ctx, l, connector.Raw{Method: http.MethodPost, Path: a.Path, Header: http.Header{}})
		k.Name = connector.Text{EN: a.Name.EN + " leads to this hub", ZH: a.Name.ZH + "可以到达本系统"}
		tell(k)
		if !said.Ours || said.Authentic {
			break
		}
	}
	return k, said
}

// knock sends a callback to the link's address as its platform would, marked so
// that the door stores nothing of it.
func (h *Hub) knock(ctx context.Context, l *openLink, raw connector.Raw) (k connector.Check, said ingest.Knocked) {
	began := time.Now()
	defer func() { k.Took = time.Since(began) }()
	ctx, cancel := context.WithTimeout(ctx, knockTime)
	defer cancel()
	address := h.HookURL(l.id) + raw.Path
	if raw.Query != "" {
		address += "?" + raw.Query
	}
	shown := h.HookURL(l.id) + raw.Path
	req, err := http.NewRequestWithContext(ctx, raw.Method, address, bytes.NewReader(raw.Body))
	if err != nil {
		k.Detail = connector.Text{EN: shown + " is no address.", ZH: shown + " 不是有效地址。"}
		k.Remedy = publicRemedy
		return k, said
	}
	for name, values := range raw.Header {
		req.Header[name] = values
	}
	token := ingest.NewKnock(h.knocks, l.id, h.o.Store.Now())
	req.Header.Set(ingest.HeaderKnock, token)
	resp, err := h.outside.Do(req)
	if err != nil {
		k.Detail, k.Remedy = unreached(shown, err)
		return k, said
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // only the headers count
	said = ingest.ReadKnock(h.knocks, token, resp.Header)
	if !said.Ours {
		status := strconv.Itoa(resp.StatusCode)
		k.Detail = connector.Text{EN: "Something else answers at " + shown + " (status " + status + ").", ZH: shown + " 由其他服务应答（状态码 " + status + "）。"}
		k.Remedy = connector.Text{EN: "Have the proxy or tunnel before the hub pass /hooks/ on, with all its headers and without a sign-in.",
			ZH: "请让系统前的代理或隧道原样转发 /hooks/（保留请求头，且不要求登录）。"}
		return k, said
	}
	k.OK = true
	k.Detail = connector.Text{EN: shown, ZH: shown}
	return k, said
}

var publicRemedy = connector.Text{EN: "Set the public address of the hub (PARLEY_PUBLIC_URL) to where the platform can reach it; to try it, a tunnel such as cloudflared or ngrok lends one.",
	ZH: "请将系统的公网地址（PARLEY_PUBLIC_URL）设置为平台可访问的地址；试用时可借助内网穿透（如 cloudflared、ngrok）。"}

// unreached words why our own address did not answer.
func unreached(address string, err error) (detail, remedy connector.Text) {
	var e *connector.Error
	if e = connector.NetworkError(err, false); e.Code == "blocked" {
		return connector.Text{EN: address + " is an address inside this network: no platform reaches it.", ZH: address + " 是内网地址，平台无法访问。"}, publicRemedy
	}
	cause := fmt.Sprint(e.Err)
	return connector.Text{EN: address + " does not answer: " + cause + ".", ZH: address + " 没有应答：" + cause + "。"},
		connector.Text{EN: "Check the name in the DNS, the certificate and the firewall of the public address (PARLEY_PUBLIC_URL).",
			ZH: "请检查公网地址（PARLEY_PUBLIC_URL）的域名解析、证书和防火墙。"}
}
