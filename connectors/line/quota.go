package line

import (
	"context"
	"net/http"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"

	"parley/core/connector"
)

// month is where LINE's months begin and end: plans are counted in Japan time.
var month = time.FixedZone("JST", 9*3600)

// Refresh asks how many messages of the month are left.
func (c *Conn) Refresh(ctx context.Context) error {
	_, err := c.usage(ctx)
	return err
}

func (c *Conn) usage(ctx context.Context) (connector.Quota, error) {
	var q connector.Quota
	err := c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, got, err := api.GetMessageQuotaWithHttpInfo()
		if err == nil && got.Type == messaging_api.QuotaType_LIMITED {
			q.Limit = int(got.Value)
		}
		return res, err
	})
	if err != nil {
		return q, err
	}
	err = c.call(ctx, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, got, err := api.GetMessageQuotaConsumptionWithHttpInfo()
		if err == nil {
			q.Used = int(got.TotalUsage)
		}
		return res, err
	})
	if err != nil {
		return q, err
	}
	now := c.env.Clock().In(month)
	q.Ends = time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, month).UTC()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quota = q
	return q, nil
}

// count notes a push that LINE took, until it is asked again.
func (c *Conn) count() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.quota.Limit > 0 {
		c.quota.Used++
	}
}
