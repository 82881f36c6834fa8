package graph

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/core/connector"
)

// maxAnswer bounds an answer of the API, in bytes.
const maxAnswer = 4 << 20

// Client calls the Graph API. Safe for concurrent use.
type Client struct {
	HTTP *http.Client
	// Base is the address with the version, without a slash at the end:
	// "https://graph.facebook.com/v25.0".
	Base string
	// Secret is the app secret: every call proves that the app itself makes it
	// ("Securing Graph API requests": appsecret_proof).
	Secret string
	Now    func() time.Time
}

// Request is one call.
type Request struct {
	Method string
	Path   string // below the base, with a slash
	Query  url.Values
	Token  string
	// JSON is the body; or Body with its Type.
	JSON any
	Body io.Reader
	Type string
	// Open is a call that carries its credentials in itself: no token is sent.
	Open bool
	// Quiet says that the call shows nothing to a customer, so that a failure
	// never leaves anything uncertain.
	Quiet bool
}

// Call makes one call and reads its answer into out, which may be nil.
func (c *Client) Call(ctx context.Context, r Request, out any) error {
	req, err := c.request(ctx, r)
	if err != nil {
		return err
	}
	resp, err := connector.Do(c.HTTP, req)
	if err != nil {
		return r.calm(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return r.calm(connector.NetworkError(fmt.Errorf("read the answer: %w", err), true))
	}
	if resp.StatusCode/100 != 2 {
		return r.calm(Refusal(resp.StatusCode, resp.Header, body, c.Now()))
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return r.calm(&connector.Error{Class: connector.Uncertain, Code: "unreadable", Err: errors.New("the platform's answer is not the JSON it promises")})
	}
	return nil
}

func (c *Client) request(ctx context.Context, r Request) (*http.Request, error) {
	body, kind := r.Body, r.Type
	if r.JSON != nil {
		raw, err := json.Marshal(r.JSON)
		if err != nil {
			return nil, &connector.Error{Class: connector.Internal, Err: fmt.Errorf("write a call of %s: %w", r.Path, err)}
		}
		body, kind = bytes.NewReader(raw), "application/json"
	}
	query := url.Values{}
	for name, v := range r.Query {
		query[name] = v
	}
	if !r.Open {
		query.Set("appsecret_proof", Proof(c.Secret, r.Token))
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, c.Base+r.Path+"?"+query.Encode(), body)
	if err != nil {
		return nil, &connector.Error{Class: connector.Invalid, Code: "bad_address", Scope: connector.ScopeLink,
			Err:   errors.New("the API address cannot be used"),
			Shown: connector.Text{EN: "The API address in the settings of this account cannot be used. Correct it.", ZH: "账号设置中的 API 地址无法使用，请更正。"}}
	}
	if !r.Open {
		req.Header.Set("Authorization", "Bearer "+r.Token)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	return req, nil
}

// calm makes an uncertain failure of a call nobody sees one that may be
// repeated.
func (r Request) calm(err error) error {
	e := connector.AsError(err)
	if !r.Quiet || e.Class != connector.Uncertain {
		return e
	}
	again := *e
	again.Class = connector.Transient
	return &again
}

// Proof is the appsecret_proof of a token.
func Proof(secret, token string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return hex.EncodeToString(mac.Sum(nil))
}

// Base joins the address of the API with its version.
func Base(values connector.Values) string {
	return strings.TrimRight(values["api_base"], "/") + "/" + values["api_version"]
}

// Dialog joins the address people log in at with the version.
func Dialog(values connector.Values) string {
	return strings.TrimRight(values["page_base"], "/") + "/" + values["api_version"]
}
