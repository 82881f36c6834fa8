package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/core/secret"
	"parley/core/store"
)

// Told is the body of a webhook.
type Told struct {
	Type string     `json:"type"` // "account.red", "account.green", "account.token", "account.test"
	Data core.Alert `json:"data"`
	URL  string     `json:"url,omitempty"` // of the account's page
}

// SecretScope is what the webhook's secret is sealed for.
func SecretScope(tenant canon.ID) secret.Scope {
	return secret.Scope{Tenant: tenant.String(), Account: "alerts", Field: "webhook"}
}

// post tells a webhook, signed as Standard Webhooks says: the id is the alert's
// in every try.
func (s *Sender) post(ctx context.Context, scope store.Scope, tenant canon.ID, d store.AlertDue, sealed []byte) error {
	key, err := scope.DataKey(ctx)
	if err != nil {
		return err
	}
	word, err := s.o.Box.Open(key, SecretScope(tenant), sealed)
	if err != nil {
		return fmt.Errorf("open the webhook's secret: %w", err)
	}
	body, err := json.Marshal(Told{Type: "account." + string(d.Alert.Kind), Data: d.Alert, URL: page(s.o.PageURL, d.Alert)})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.Target, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the webhook's address: %w", err)
	}
	id, stamp := d.Alert.ID.String(), strconv.FormatInt(s.o.Store.Now().Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", stamp)
	req.Header.Set("webhook-signature", Sign(string(word), id, stamp, body))
	resp, err := s.o.HTTP.Do(req)
	if err != nil {
		return connector.NetworkError(err, false)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // only the status counts
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the webhook answered with status %d", resp.StatusCode)
	}
	return nil
}

// Sign is the signature of a webhook: "v1," and the base64 of the HMAC-SHA256 of
// id, time and body under the secret ("whsec_" and base64).
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func Sign(word, id, stamp string, body []byte) string {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(word, "whsec_"))
	if err != nil {
		key = []byte(word)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
