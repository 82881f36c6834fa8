package line

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/connector"
)

// maxAnswer is how much of an answer is read, in bytes; content has no such
// limit.
const maxAnswer = 1 << 20

// client lends the SDK the hub's client. limit bounds the body of an answer; 0:
// it is not bounded.
func (c *Conn) client(limit int64) *http.Client {
	lent := *c.env.HTTP
	lent.Transport = road{c.env.HTTP, limit}
	return &lent
}

// road sends the SDK's requests through the hub's client and classes failures.
type road struct {
	client *http.Client
	limit  int64
}

// RoundTrip makes one exchange.
func (r road) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := connector.Do(r.client, req)
	if err == nil && r.limit > 0 {
		res.Body = &bounded{io.LimitReader(res.Body, r.limit), res.Body}
	}
	return res, err
}

type bounded struct {
	io.Reader
	io.Closer
}

// call makes one call of the Messaging API: with the channel's token, in ctx,
// which the SDK keeps in the client, so each call has its own.
func (c *Conn) call(ctx context.Context, do func(*messaging_api.MessagingApiAPI) (*http.Response, error)) error {
	token, err := c.token(ctx)
	if err != nil {
		return err
	}
	client, err := messaging_api.NewMessagingApiAPI(token, messaging_api.WithEndpoint(c.api), messaging_api.WithHTTPClient(c.client(maxAnswer)))
	if err != nil {
		return &connector.Error{Class: connector.Internal, Err: fmt.Errorf("making a client: %w", err)}
	}
	res, err := do(client.WithContext(ctx))
	if err != nil {
		return c.refused(ctx, token, c.failure(res, err))
	}
	return nil
}

// content makes one call for content, whose body the caller closes.
func (c *Conn) content(ctx context.Context, do func(*messaging_api.MessagingApiBlobAPI) (*http.Response, error)) (*http.Response, error) {
	token, err := c.token(ctx)
	if err != nil {
		return nil, err
	}
	client, err := messaging_api.NewMessagingApiBlobAPI(token, messaging_api.WithBlobEndpoint(c.data), messaging_api.WithBlobHTTPClient(c.client(0)))
	if err != nil {
		return nil, &connector.Error{Class: connector.Internal, Err: fmt.Errorf("making a client: %w", err)}
	}
	res, err := do(client.WithContext(ctx))
	if err != nil {
		return nil, c.refused(ctx, token, c.failure(res, err))
	}
	if res == nil {
		return nil, &connector.Error{Class: connector.Internal, Err: errors.New("asking for content: the SDK gave no answer")}
	}
	return res, nil
}
