package wecom

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"parley/connectors/emulate"
)

// schedule are the waits before a callback is repeated: three times, each try
// given five seconds (90930 回调配置).
func schedule() []time.Duration {
	return []time.Duration{5 * time.Second, 5 * time.Second, 5 * time.Second}
}

// tryFor is how long the platform waits for an answer to a callback.
const tryFor = 5 * time.Second

func (p *Platform) credentials(kind string) Credentials {
	p.mu.Lock()
	defer p.mu.Unlock()
	if kind == "wecom" {
		return p.app
	}
	return p.kf
}

// Seal wraps the inside of a callback of a kind as the platform posts it now:
// query and body.
func (p *Platform) Seal(kind string, inside []byte) (query string, body []byte) {
	c := p.credentials(kind)
	return SealWith(c, p.now(), inside)
}

// SealWith wraps the inside of a callback with given credentials.
func SealWith(c Credentials, now time.Time, inside []byte) (query string, body []byte) {
	stamp, nonce := strconv.FormatInt(now.Unix(), 10), "1372623149"
	cipher, err := util.EncryptMsg([]byte("aBcDeFgHiJkLmNoP"), inside, c.CorpID, c.AESKey)
	if err != nil {
		cipher = nil // a key that is none seals nothing
	}
	q := url.Values{"msg_signature": {util.Signature(c.Token, stamp, nonce, string(cipher))}, "timestamp": {stamp}, "nonce": {nonce}}
	return q.Encode(), []byte("<xml><ToUserName><![CDATA[" + c.CorpID + "]]></ToUserName><Encrypt><![CDATA[" + string(cipher) + "]]></Encrypt><AgentID><![CDATA[" + c.AgentID + "]]></AgentID></xml>")
}

// SealEcho is the query with which the platform verifies an address.
func SealEcho(c Credentials, now time.Time, word string) (query string) {
	stamp, nonce := strconv.FormatInt(now.Unix(), 10), "263014780"
	cipher, err := util.EncryptMsg([]byte("aBcDeFgHiJkLmNoP"), []byte(word), c.CorpID, c.AESKey)
	if err != nil {
		cipher = nil
	}
	return url.Values{"msg_signature": {util.Signature(c.Token, stamp, nonce, string(cipher))}, "timestamp": {stamp}, "nonce": {nonce}, "echostr": {string(cipher)}}.Encode()
}

// SetCallback enters the callback address of a kind, after verifying it as the
// admin console does: by a GET that must be answered with the word that is
// sealed in it, and nothing else.
func (p *Platform) SetCallback(ctx context.Context, kind, address string) error {
	word := secretID("")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"?"+SealEcho(p.credentials(kind), p.now(), word), nil)
	if err != nil {
		return fmt.Errorf("verify the callback address: %w", err)
	}
	resp, err := p.client().Do(req)
	if err != nil {
		return fmt.Errorf("verify the callback address: %w", err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil || resp.StatusCode != http.StatusOK || string(said) != word {
		return errors.New("openapi回调地址请求不通过") // what the console says
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hooks[kind] = address
	return nil
}

func (p *Platform) client() *http.Client {
	if p.o.Client != nil {
		return p.o.Client
	}
	return http.DefaultClient
}

// LoseCallbacks lets the next n callbacks get lost on their way.
func (p *Platform) LoseCallbacks(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost += n
}

// post delivers a callback in the background. The caller does not hold the lock.
func (p *Platform) post(kind string, inside []byte) {
	p.mu.Lock()
	address := p.hooks[kind]
	if p.lost > 0 && address != "" {
		p.lost--
		address = ""
	}
	p.mu.Unlock()
	if address == "" || p.ctx.Err() != nil {
		return
	}
	p.posts.Add(1)
	go func() {
		defer p.posts.Done()
		// Whatever is answered in the end, the platform does not come back to it.
		_, _ = p.Post(p.ctx, kind, address, inside)
	}()
}

// Post delivers a callback and returns the last answer.
func (p *Platform) Post(ctx context.Context, kind, address string, inside []byte) (emulate.Reply, error) {
	d := emulate.Delivery{Client: p.client(), Schedule: schedule(), Timeout: tryFor, Sleep: p.o.Sleep,
		Good: func(r emulate.Reply) bool { return r.Status == http.StatusOK }}
	return d.Post(ctx, func(int) (*http.Request, error) {
		query, body := p.Seal(kind, inside)
		req, err := http.NewRequest(http.MethodPost, address+"?"+query, strings.NewReader(string(body)))
		if err == nil {
			req.Header.Set("Content-Type", "text/xml")
		}
		return req, err
	})
}

// element writes an XML element with a plain value.
func element(name, value string) string {
	if _, err := strconv.ParseFloat(value, 64); err == nil {
		return "<" + name + ">" + value + "</" + name + ">"
	}
	return "<" + name + "><![CDATA[" + strings.ReplaceAll(value, "]]>", "]]]]><![CDATA[>") + "]]></" + name + ">"
}
