package egress

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Limits bound one exchange. A zero member takes the default of its class; a
// negative one is no limit.
type Limits struct {
	Total     time.Duration // all of it, redirects and reading the answer included
	FirstByte time.Duration // from the written request to the answer's first byte
	Idle      time.Duration // between two reads of the answer's body
	Body      int64         // bytes of the answer, after decompression
}

var defaults = [...]Limits{
	Fetch: {Total: 2 * time.Minute, FirstByte: 20 * time.Second, Idle: 15 * time.Second, Body: 25 << 20},
	API:   {Total: 2 * time.Minute, FirstByte: 60 * time.Second, Idle: 30 * time.Second, Body: 32 << 20},
	Infra: {Total: -1, FirstByte: 60 * time.Second, Idle: 60 * time.Second, Body: -1},
}

func (l Limits) or(d Limits) Limits {
	if l.Total == 0 {
		l.Total = d.Total
	}
	if l.FirstByte == 0 {
		l.FirstByte = d.FirstByte
	}
	if l.Idle == 0 {
		l.Idle = d.Idle
	}
	if l.Body == 0 {
		l.Body = d.Body
	}
	return l
}

// Option changes a [Doer].
type Option func(*Doer)

// WithLimits sets limits other than the class's own.
func WithLimits(l Limits) Option {
	return func(d *Doer) { d.limits = l.or(d.limits) }
}

// WithHosts lets the client speak to these hosts only ("api.example.com" or
// "host:port"), so that a token meant for one cannot be carried to another.
func WithHosts(hosts ...string) Option {
	return func(d *Doer) { d.hosts = append(d.hosts, hosts...) }
}

// WithSecrets redacts what r knows from traces and errors.
func WithSecrets(r *Redactor) Option {
	return func(d *Doer) { d.redactor = r }
}

// Doer makes HTTP requests of one class. Its Do has the form SDKs ask for. It is
// safe for concurrent use and cheap; connections are pooled in the [Client].
type Doer struct {
	owner    *Client
	class    Class
	limits   Limits
	hosts    []string
	redactor *Redactor
	std      *http.Client
}

// For makes a doer of a class.
func (c *Client) For(class Class, options ...Option) *Doer {
	d := &Doer{owner: c, class: class, limits: defaults[class]}
	for _, option := range options {
		option(d)
	}
	d.std = &http.Client{Transport: &transport{d}, CheckRedirect: d.redirect}
	return d
}

// HTTPClient is For(class, options...).Client().
func (c *Client) HTTPClient(class Class, options ...Option) *http.Client {
	return c.For(class, options...).Client()
}

// Do is For(class).Do for one request.
func (c *Client) Do(ctx context.Context, class Class, req *http.Request) (*http.Response, error) {
	return c.For(class).Do(req.WithContext(ctx))
}

// Client is the doer as a standard client, for SDKs that want one. Errors of a
// standard client quote the address: pass them through [Scrub].
func (d *Doer) Client() *http.Client { return d.std }

// Do sends a request. The error is an *[Error]; its text is free of secrets. The
// caller closes the body, as ever.
func (d *Doer) Do(req *http.Request) (*http.Response, error) {
	resp, err := d.std.Do(req)
	if err == nil {
		return resp, nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return nil, e
	}
	// The standard client refused the request or the redirect by itself.
	return nil, &Error{Op: req.Method, Host: hostOf(req.URL), Err: Scrub(err, d.redactor)}
}

// maxRedirects is how many redirects are followed.
const maxRedirects = 3

// redirect runs before each redirected request; the address itself is checked
// like any other, before and at the dialling.
func (d *Doer) redirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	fail := func(reason string) error {
		return &Error{Op: first.Method, Host: hostOf(first.URL), Kind: Blocked, Err: errors.New("redirect refused: " + reason)}
	}
	if len(via) > maxRedirects {
		return fail(fmt.Sprintf("more than %d", maxRedirects))
	}
	req.Header.Del("Referer") // would carry a token in the path to the next host
	elsewhere := func(r *http.Request) bool { return !sameOrigin(r.URL, first.URL) }
	if elsewhere(req) || slices.ContainsFunc(via, elsewhere) {
		if req.Body != nil && req.Body != http.NoBody || req.GetBody != nil {
			return fail("it would carry the body to another host")
		}
		if d.class == API && first.URL.Scheme == "https" && req.URL.Scheme == "http" {
			return fail("from https to http")
		}
		for name := range req.Header {
			if credential(name) {
				req.Header.Del(name)
			}
		}
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host)
}

func hostOf(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Host
}
