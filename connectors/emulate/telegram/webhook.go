package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"parley/connectors/emulate"
)

// webhook is where updates are posted.
type webhook struct {
	url, secret string
	ctx         context.Context // of the deliveries to it
	stop        context.CancelFunc
	running     map[string]bool // queues that are being posted
	failed      time.Time
	failure     string
}

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

func (p *Platform) setWebhook(q *request) (any, *failure) {
	address := q.text("url")
	if address == "" {
		return p.deleteWebhook(q)
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "":
		return nil, bad("invalid webhook URL specified")
	case len(q.text("secret_token")) > 256:
		return nil, bad("secret token is too long")
	case !secretForm.MatchString(q.text("secret_token")):
		return nil, bad("secret token contains unallowed characters")
	case !p.o.Local && u.Scheme != "https":
		return nil, bad("bad webhook: An HTTPS URL must be provided for webhook")
	case !p.o.Local && !slices.Contains([]string{"", "443", "80", "88", "8443"}, u.Port()):
		return nil, bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	}
	p.endPoll("Conflict: terminated by setWebhook request")
	p.dropWebhook(q)
	p.readAllowed(q)
	p.hook = webhook{url: address, secret: q.text("secret_token"), running: map[string]bool{}}
	p.deliver()
	return true, nil
}

func (p *Platform) deleteWebhook(q *request) (any, *failure) {
	p.dropWebhook(q)
	return true, nil
}

func (p *Platform) dropWebhook(q *request) {
	if p.hook.stop != nil {
		p.hook.stop()
	}
	p.hook = webhook{}
	if q.text("drop_pending_updates") == "true" {
		p.pending = nil
	}
}

func (p *Platform) webhookInfo() map[string]any {
	p.expire()
	out := map[string]any{"url": p.hook.url, "has_custom_certificate": false, "pending_update_count": len(p.pending)}
	if p.hook.failure != "" {
		out["last_error_date"], out["last_error_message"] = p.hook.failed.Unix(), p.hook.failure
	}
	if len(p.allowed) > 0 {
		out["allowed_updates"] = p.allowed
	}
	return out
}

// Webhook is the address updates are posted to, "" without one.
func (p *Platform) Webhook() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hook.url
}

// TakeWebhook has another program set the webhook to its own address, or take
// it off.
func (p *Platform) TakeWebhook(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dropWebhook(&request{})
	p.hook.url = address
}

// FailWebhook notes a failed delivery, such as "Connection timed out".
func (p *Platform) FailWebhook(says string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hook.failed, p.hook.failure = p.o.Clock(), says
}

// Hold keeps all updates back until Release; reversed lets the newest go first.
func (p *Platform) Hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = true
}

// Release lets go what Hold kept.
func (p *Platform) Release(reversed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = false
	if reversed {
		slices.Reverse(p.pending)
	}
	p.wakePoll()
	p.deliver()
}

// deliver starts posting the queues that wait.
func (p *Platform) deliver() {
	if p.hook.running == nil || p.held || p.ctx.Err() != nil {
		return
	}
	if p.hook.stop == nil {
		p.hook.ctx, p.hook.stop = context.WithCancel(p.ctx)
	}
	p.expire()
	for _, u := range p.pending {
		if !p.hook.running[u.queue] {
			p.hook.running[u.queue] = true
			p.work.Add(1)
			go p.drain(p.hook, u.queue)
		}
	}
}

// drain posts one queue, each update until it is taken.
func (p *Platform) drain(hook webhook, queue string) {
	defer p.work.Done()
	ctx := hook.ctx
	for fails := 0; ; {
		u := p.head(hook, queue)
		if u == nil {
			return
		}
		wait, err := p.postUpdate(ctx, hook, u, fails)
		if ctx.Err() != nil {
			return
		}
		if err == "" {
			fails = 0
			continue
		}
		p.mu.Lock()
		p.hook.failed, p.hook.failure = p.o.Clock(), err
		p.mu.Unlock()
		fails++
		if p.sleep(ctx, wait) != nil {
			return
		}
	}
}

// head is the first update of a queue; without one the queue stops running.
func (p *Platform) head(hook webhook, queue string) *pending {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expire()
	i := slices.IndexFunc(p.pending, func(u *pending) bool { return u.queue == queue })
	if i < 0 || p.held {
		delete(hook.running, queue)
		return nil
	}
	return p.pending[i]
}

// postUpdate makes one try. It returns what went wrong and how long to wait then.
func (p *Platform) postUpdate(ctx context.Context, hook webhook, u *pending, fails int) (time.Duration, string) {
	body, err := json.Marshal(u.body)
	if err != nil {
		panic("emulate telegram: an update that JSON cannot hold: " + err.Error())
	}
	one := emulate.Delivery{Client: p.client, Timeout: time.Minute}
	reply, err := one.Post(ctx, func(int) (*http.Request, error) {
		req, err := http.NewRequest(http.MethodPost, hook.url, bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/json")
		if hook.secret != "" {
			req.Header.Set("X-Telegram-Bot-Api-Secret-Token", hook.secret)
		}
		return req, nil
	})
	wait := time.Duration(0) // the first failure is tried again at once
	if fails > 0 {
		wait = min(time.Second<<fails, time.Minute)
	}
	switch {
	case err != nil:
		return wait, "Connection closed"
	case reply.Status/100 != 2:
		if n, err := strconv.Atoi(reply.Header.Get("Retry-After")); err == nil {
			wait = min(time.Duration(n)*time.Second, time.Hour)
		}
		return wait, fmt.Sprintf("Wrong response from the webhook: %d %s", reply.Status, http.StatusText(reply.Status))
	}
	p.mu.Lock()
	p.pending = slices.DeleteFunc(p.pending, func(x *pending) bool { return x == u })
	p.last = u
	p.mu.Unlock()
	p.inResponse(ctx, reply)
	return 0, ""
}

// inResponse carries out the call that the answer to a webhook may hold.
func (p *Platform) inResponse(ctx context.Context, reply emulate.Reply) {
	var fields map[string]any
	if json.Unmarshal(reply.Body, &fields) != nil {
		return
	}
	method, _ := fields["method"].(string)
	if method == "" || strings.HasPrefix(strings.ToLower(method), "get") {
		return
	}
	q := &request{method: method, values: url.Values{}, call: emulate.Call{Op: method}}
	for name, v := range fields {
		if s, ok := v.(string); ok && name != "method" {
			q.values.Set(name, s)
		}
	}
	_, f := p.do(ctx, q)
	q.call.Status = http.StatusOK
	if f != nil {
		q.call.Status, q.call.Code, q.call.Visible = f.code, f.says, false
	}
	q.call.Wire = q.wire()
	p.log.Add(q.call)
}

// Redeliver posts the update that was taken last once more.
func (p *Platform) Redeliver() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last != nil {
		again := *p.last
		p.pending = append(p.pending, &again)
		p.wakePoll()
		p.deliver()
	}
}

func (p *Platform) sleep(ctx context.Context, d time.Duration) error {
	if p.o.Sleep != nil {
		return p.o.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
