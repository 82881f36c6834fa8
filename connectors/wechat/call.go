package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"parley/core/connector"
)

// maxAnswer is the largest answer read, in bytes: a list of templates.
const maxAnswer = 4 << 20

// status is what every answer carries.
type status struct {
	Code int64  `json:"errcode"`
	Text string `json:"errmsg"`
}

func (s status) state() status { return s }

// answer is any answer of the API.
type answer interface{ state() status }

// call asks the API with the link's token, and once more with a fresh one when
// the platform refuses it: what it refused, it did not do.
func (c *Conn) call(ctx context.Context, path string, ask any, into answer) error {
	token, err := c.accessToken(ctx)
	if err != nil {
		return withoutToken(err)
	}
	if err := c.exchange(ctx, path, url.Values{"access_token": {token}}, ask, into); err != nil {
		return err
	}
	if !tokenRefused(into.state().Code) {
		return c.verdict(into.state())
	}
	if token, err = c.renew(ctx, token); err != nil {
		return withoutToken(err)
	}
	if err := c.exchange(ctx, path, url.Values{"access_token": {token}}, ask, into); err != nil {
		return err
	}
	return c.verdict(into.state())
}

// withoutToken is a failure before the call itself: nothing was done.
func withoutToken(err error) error {
	var e *connector.Error
	if !errors.As(err, &e) {
		return &connector.Error{Class: connector.Transient, Code: "no_token", Err: fmt.Errorf("getting an access token: %w", err)}
	}
	return connector.Harmless(e)
}

func (c *Conn) verdict(s status) error {
	if s.Code == 0 {
		return nil
	}
	return c.refusal(s)
}

// exchange posts JSON or a form, or gets without any, and reads the answer. A failure
// says whether the platform may have acted.
func (c *Conn) exchange(ctx context.Context, path string, query url.Values, ask any, into any) error {
	method, form := http.MethodGet, upload{contentType: "application/json; charset=utf-8"}
	switch a := ask.(type) {
	case nil:
	case upload:
		method, form = http.MethodPost, a
	default:
		body, err := plainJSON(ask)
		if err != nil {
			return &connector.Error{Class: connector.Internal, Err: fmt.Errorf("write a request: %w", err)}
		}
		method, form.body = http.MethodPost, body
	}
	req, err := c.request(ctx, method, path, query, form.body)
	if err != nil {
		return err
	}
	if form.body != nil {
		req.Header.Set("Content-Type", form.contentType)
	}
	resp, err := connector.Do(c.env.HTTP, req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return c.read(resp, into)
}

func (c *Conn) request(ctx context.Context, method, path string, query url.Values, body []byte) (*http.Request, error) {
	address := c.base + path
	if len(query) > 0 {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		address += sep + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		// The error would repeat the address, and with it the token.
		return nil, &connector.Error{Class: connector.Invalid, Scope: connector.ScopeLink, Code: "bad_address", Err: errors.New("the API address cannot be used"),
			Shown: text("The API address of this account cannot be used. Correct it in the settings.", "该账号的接口地址无效，请在设置中更正。")}
	}
	return req, nil
}

// read takes an answer in. One that cannot be read leaves open what happened.
func (c *Conn) read(resp *http.Response, into any) error {
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return &connector.Error{Class: connector.RateLimited, Code: "429", Scope: connector.ScopeLink, RetryAfter: connector.RetryAfter(resp.Header, c.env.Clock())}
	case resp.StatusCode/100 == 3 || resp.StatusCode/100 == 4:
		return &connector.Error{Class: connector.Invalid, Scope: connector.ScopeLink, Code: fmt.Sprint(resp.StatusCode), Err: fmt.Errorf("the API answered %d", resp.StatusCode),
			Shown: text("The API address of this account does not answer as WeChat does. Check it in the settings.", "接口地址的响应不符合微信规范，请在设置中检查。")}
	}
	// An answer that says nothing of its code must not leave that of an earlier try.
	reflect.ValueOf(into).Elem().SetZero()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return connector.NetworkError(err, true)
	}
	if resp.StatusCode != http.StatusOK || json.Unmarshal(raw, into) != nil {
		return &connector.Error{Class: connector.Uncertain, Code: fmt.Sprint(resp.StatusCode), Err: fmt.Errorf("the API answered %d with nothing readable", resp.StatusCode)}
	}
	return nil
}

// plainJSON writes JSON without \u escapes, which the platform refuses (40033).
func plainJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}
