package line

import (
	"context"
	"fmt"
	"net/http"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/connector"
)

// Install has LINE send callbacks to this link. "Use webhook" itself can only be
// turned on in the console.
func (c *Conn) Install(ctx context.Context) error {
	return c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.SetWebhookEndpointWithHttpInfo(&messaging_api.SetWebhookEndpointRequest{Endpoint: c.hook})
		return res, err
	})
}

// Uninstall leaves LINE as it is: an address cannot be taken away, only replaced,
// and callbacks to a link that is gone are refused.
func (c *Conn) Uninstall(context.Context) error { return nil }

// endpoint is where LINE sends callbacks; nil while no address was ever set.
func (c *Conn) endpoint(ctx context.Context) (*messaging_api.GetWebhookEndpointResponse, error) {
	var at *messaging_api.GetWebhookEndpointResponse
	err := c.call(ctx, func(api *messaging_api.MessagingApiAPI) (res *http.Response, err error) {
		res, at, err = api.GetWebhookEndpointWithHttpInfo()
		if err != nil && res != nil && res.StatusCode == http.StatusNotFound {
			return res, nil
		}
		return res, err
	})
	return at, err
}

// tryEndpoint has LINE post a signed callback without events to this link and
// tells what came of it.
func (c *Conn) tryEndpoint(ctx context.Context) (connector.Text, error) {
	var got *messaging_api.TestWebhookEndpointResponse
	err := c.call(ctx, func(api *messaging_api.MessagingApiAPI) (res *http.Response, err error) {
		res, got, err = api.TestWebhookEndpointWithHttpInfo(&messaging_api.TestWebhookEndpointRequest{})
		return res, err
	})
	switch {
	case err != nil:
		return connector.Text{}, err
	case got.Success:
		return text("LINE reached it, and its signature fits.", "LINE 已成功访问，签名校验通过。"), nil
	}
	told := fmt.Sprintf("%d %s", got.StatusCode, got.Reason)
	return connector.Text{}, &connector.Error{Class: connector.NeedsLogin, Scope: connector.ScopeLink, Code: "webhook_unreachable",
		Shown: text("LINE could not deliver a callback: "+told+".", "LINE 无法送达回调："+told+"。")}
}
