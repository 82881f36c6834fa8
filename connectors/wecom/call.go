package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/silenceper/wechat/v2/util"

	"parley/core/connector"
)

// maxAnswer is how much of an answer is read, in bytes: a full page of sync_msg
// is a thousand messages.
const maxAnswer = 16 << 20

// exchange is one request to the API.
type exchange struct {
	op    string // as the platform names it, for errors
	path  string
	query url.Values
	body  []byte // nil: GET
	mime  string // of the body
}

// call posts JSON with the link's token and reads the answer into out, which may
// be nil. A token that is refused was not used: it is replaced and the call made
// once more.
func (c *corp) call(ctx context.Context, op, path string, in, out any) error {
	return c.callFor(ctx, op, path, nil, in, out)
}

// callFor is call with more in its query.
func (c *corp) callFor(ctx context.Context, op, path string, query url.Values, in, out any) error {
	x := exchange{op: op, path: path, query: query}
	if in != nil {
		body, err := encode(in)
		if err != nil {
			return &connector.Error{Class: connector.Internal, Err: fmt.Errorf("writing %s: %w", op, err)}
		}
		x.body, x.mime = body, "application/json"
	}
	var raw []byte
	err := c.withToken(ctx, x, func(x exchange) (err error) {
		raw, err = c.exchange(ctx, x)
		return err
	})
	if err != nil || out == nil {
		return err
	}
	return c.read(op, raw, out)
}

// get asks with the link's token and reads the answer into out, which may be nil.
func (c *corp) get(ctx context.Context, op, path string, query url.Values, out any) error {
	var raw []byte
	err := c.withToken(ctx, exchange{op: op, path: path, query: query}, func(x exchange) (err error) {
		raw, err = c.exchange(ctx, x)
		return err
	})
	if err != nil || out == nil {
		return err
	}
	return c.read(op, raw, out)
}

func (c *corp) read(op string, raw []byte, out any) error {
	if err := json.Unmarshal(raw, out); err != nil {
		return &connector.Error{Class: connector.Uncertain, Code: "unreadable", Err: fmt.Errorf("reading the answer to %s: %w", op, err)}
	}
	return nil
}

// encode writes JSON without \u escapes, which WeCom refuses (40033).
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

// withToken makes an exchange with the link's token.
func (c *corp) withToken(ctx context.Context, x exchange, do func(exchange) error) error {
	for again := false; ; again = true {
		token, err := c.accessToken(ctx)
		if err != nil {
			return err
		}
		one := x
		one.query = url.Values{"access_token": {token}}
		for name, v := range x.query {
			one.query[name] = v
		}
		err = do(one)
		if e := connector.AsError(err); e == nil || again || !staleToken(e.Code) {
			return masked(err, token)
		}
		if err := c.dropToken(ctx, token); err != nil {
			return &connector.Error{Class: connector.Transient, Code: "cache_away", Err: fmt.Errorf("replacing a token: %w", err)}
		}
	}
}

// staleToken tells the codes that say that the access token is not valid any
// more (90313: 40014 invalid, 42001 expired, 41001 missing).
func staleToken(code string) bool { return code == "40014" || code == "42001" || code == "41001" }

// masked takes a token out of what an error says.
func masked(err error, token string) error {
	e := connector.AsError(err)
	if e == nil || e.Err == nil || !strings.Contains(e.Err.Error(), token) {
		return err
	}
	out := *e
	out.Err = errors.New(strings.ReplaceAll(e.Err.Error(), token, "…"))
	return &out
}

// exchange makes one request and returns the answer's body when the platform
// took it. Its errors are *connector.Error.
func (c *corp) exchange(ctx context.Context, x exchange) ([]byte, error) {
	resp, err := c.send(ctx, x)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, connector.NetworkError(fmt.Errorf("reading the answer to %s: %w", x.op, err), true)
	}
	var said util.CommonError
	if err := json.Unmarshal(raw, &said); err != nil {
		return nil, &connector.Error{Class: connector.Uncertain, Code: "unreadable", Err: fmt.Errorf("the answer to %s is not JSON", x.op)}
	}
	if said.ErrCode != 0 {
		return nil, c.refusal(x.op, said.ErrCode, said.ErrMsg)
	}
	return raw, nil
}

// send makes one request; the answer's status is 200 and its body is open.
func (c *corp) send(ctx context.Context, x exchange) (*http.Response, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if x.body != nil {
		method, body = http.MethodPost, bytes.NewReader(x.body)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+x.path+"?"+x.query.Encode(), body)
	if err != nil {
		return nil, &connector.Error{Class: connector.Internal, Err: fmt.Errorf("making a request for %s: its address cannot be used", x.op)}
	}
	if x.mime != "" {
		req.Header.Set("Content-Type", x.mime)
	}
	resp, err := connector.Do(c.env.HTTP, req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK || resp.Request != nil && resp.Request.Method != method {
		_ = resp.Body.Close()
		return nil, c.badStatus(x.op, resp)
	}
	return resp, nil
}

// badStatus classes an answer that is not the API's own.
func (c *corp) badStatus(op string, resp *http.Response) *connector.Error {
	e := &connector.Error{Code: fmt.Sprintf("http_%d", resp.StatusCode), Err: fmt.Errorf("%s was answered %d", op, resp.StatusCode)}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		e.Class, e.Scope, e.RetryAfter = connector.RateLimited, connector.ScopeLink, connector.RetryAfter(resp.Header, c.env.Clock())
	case resp.StatusCode >= 500:
		e.Class = connector.Uncertain
	default:
		e.Class, e.Scope = connector.NeedsLogin, connector.ScopeLink
		e.Shown = text("What answers at the API's address is not WeCom. Check the address under Advanced.", "接口地址返回的不是企业微信。请检查高级设置中的接口地址。")
	}
	return e
}
