package meta

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf16"

	"parley/connectors/emulate"
)

// hook is where callbacks of a product go.
type hook struct{ url, verify string }

// callback is one waiting to be posted.
type callback struct {
	product Product
	body    []byte
}

// Schedule is how long the platform waits before it posts a callback again that
// was not answered by 200: "immediately, then a few more times with decreasing
// frequency", for up to seven days ("Webhooks: retries").
func Schedule() []time.Duration {
	return []time.Duration{
		0, 10 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour,
		12 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour, 24 * time.Hour,
	}
}

// SetHook has callbacks of a product posted to an address, without asking it.
func (p *Platform) SetHook(product Product, address, verify string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hooks[product] = hook{address, verify}
}

// Hook is where callbacks of a product go, "" when nowhere.
func (p *Platform) Hook(product Product) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hooks[product].url
}

// verify asks an address whether it wants our callbacks: it must repeat the
// challenge.
func verify(ctx context.Context, client *http.Client, address, token string) error {
	challenge := "1158201444"
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	q := u.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.challenge", challenge)
	q.Set("hub.verify_token", token)
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || string(body) != challenge {
		return fmt.Errorf("the address answered %d and not the challenge", resp.StatusCode)
	}
	return nil
}

// Sign is the signature of a callback's bytes under a secret.
func Sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Escaped writes JSON as Meta does: nothing but ASCII, and slashes escaped. The
// signature covers these bytes.
func Escaped(v any) []byte {
	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return []byte("{}") // maps of texts and numbers always encode
	}
	var out strings.Builder
	for _, r := range strings.TrimSpace(plain.String()) {
		switch {
		case r == '/':
			out.WriteString(`\/`)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
		case r > 0x7e:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	return []byte(out.String())
}

// tell queues a callback; with the lock held.
func (p *Platform) tell(product Product, v any) {
	if p.hooks[product].url == "" {
		return
	}
	p.queue = append(p.queue, callback{product, Escaped(v)})
}

// pump posts what waits, one after another, in the background.
func (p *Platform) pump() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.busy || p.o.Hold {
		return
	}
	p.busy = true
	go p.run()
}

func (p *Platform) run() {
	for {
		p.mu.Lock()
		if len(p.queue) == 0 || p.o.Hold {
			p.busy = false
			p.idle.Broadcast()
			p.mu.Unlock()
			return
		}
		next := p.queue[0]
		p.queue = p.queue[1:]
		address := p.hooks[next.product].url
		p.mu.Unlock()
		_, _ = p.post(context.Background(), address, next.body) // given up on after its schedule
	}
}

// post delivers one callback until it is taken.
func (p *Platform) post(ctx context.Context, address string, body []byte) (emulate.Reply, error) {
	d := p.o.Delivery
	if d.Schedule == nil {
		d.Schedule = Schedule()
	}
	d.Good = func(r emulate.Reply) bool { return r.Status == http.StatusOK }
	return d.Post(ctx, func(int) (*http.Request, error) {
		req, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("User-Agent", "facebookexternalua")
		req.Header.Set("X-Hub-Signature-256", Sign(AppSecret, body))
		return req, nil
	})
}

// Hold keeps callbacks back until Release.
func (p *Platform) Hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.o.Hold = true
}

// Release posts what was held back, arranged by arrange (nil: as it is): in
// another order, some twice, several in one body. It returns when all is
// delivered.
func (p *Platform) Release(arrange func([][]byte) [][]byte) {
	p.mu.Lock()
	p.o.Hold = false
	byProduct := map[Product][][]byte{}
	for _, c := range p.queue {
		byProduct[c.product] = append(byProduct[c.product], c.body)
	}
	p.queue = nil
	for _, product := range []Product{WhatsApp, Messenger, Instagram} {
		bodies := byProduct[product]
		if arrange != nil && bodies != nil {
			bodies = arrange(bodies)
		}
		for _, b := range bodies {
			p.queue = append(p.queue, callback{product, b})
		}
	}
	p.mu.Unlock()
	p.Drain()
}

// Drain returns when every callback was taken or given up.
func (p *Platform) Drain() {
	p.pump()
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.busy || len(p.queue) > 0 && !p.o.Hold {
		p.idle.Wait()
	}
}

// Batched joins callbacks into one, as the platform does under load.
func Batched(bodies [][]byte) [][]byte {
	var whole map[string]any
	for _, b := range bodies {
		var one map[string]any
		if json.Unmarshal(b, &one) != nil {
			continue // Escaped wrote it
		}
		if whole == nil {
			whole = one
			continue
		}
		whole["entry"] = append(list(whole, "entry"), list(one, "entry")...)
	}
	return [][]byte{Escaped(whole)}
}
