package telegram

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"net/http"

	"parley/core/connector"
)

// header carries the secret token given to setWebhook.
const header = "X-Telegram-Bot-Api-Secret-Token"

// Routes: updates are posted to the callback address itself.
func (hooked) Routes() []connector.Route { return []connector.Route{{Method: http.MethodPost}} }

var errSecret = errors.New("the secret token of the webhook is missing or wrong")

// Unseal compares the secret token; Telegram does not sign the body.
func (c hooked) Unseal(raw connector.Raw) (connector.Opened, error) {
	given := raw.Header.Values(header)
	if len(given) != 1 || !hmac.Equal([]byte(given[0]), []byte(HookSecret(c.token, c.link.ID))) {
		return connector.Opened{}, errSecret
	}
	return connector.Opened{Body: raw.Body}, nil
}

// Decode reads one update. Only what is no update at all is refused: the
// platform would repeat it for a day and hold back its chat meanwhile.
func (c hooked) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	u, err := readUpdate(v.Body())
	if err != nil {
		return connector.Batch{}, err
	}
	return connector.Batch{Envelopes: c.envelopes(u, v.Raw().Arrived)}, nil
}

// Ack answers an update. A pressed button is answered in the same breath: the
// response to a webhook may carry a call, and the customer's client shows a
// clock until the press is answered.
func (c hooked) Ack(raw connector.Raw, outcome connector.Outcome) connector.Reply {
	switch outcome {
	case connector.Committed:
		if id := pressed(raw.Body); id != "" {
			body, _ := json.Marshal(map[string]string{"method": "answerCallbackQuery", "callback_query_id": id}) // texts always marshal
			return connector.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
		}
		return connector.Reply{Status: http.StatusOK}
	case connector.Refused:
		return connector.Reply{Status: http.StatusBadRequest}
	default:
		return connector.Reply{Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"2"}}}
	}
}

// pressed is the id of the callback query an update holds, or nothing.
func pressed(raw []byte) string {
	if !bytes.Contains(raw, []byte(`"callback_query"`)) {
		return ""
	}
	u, err := readUpdate(raw)
	if err != nil || u.kind != "callback_query" {
		return ""
	}
	var q struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(u.body, &q) != nil {
		return ""
	}
	return q.ID
}
