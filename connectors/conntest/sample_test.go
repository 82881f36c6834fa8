package conntest_test

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
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// sample is the good connector that the broken ones differ from: callbacks
// signed with HMAC, or updates pulled, and a small API that honours our key.
type sample struct{ pull bool }

func say(en, zh string) connector.Text { return connector.Text{EN: en, ZH: zh} }

func (s sample) Spec() connector.Spec {
	return connector.Spec{
		Kind: "sample", Name: say("Sample", "示例"), Help: say("For tests.", "用于测试。"), Row: "own", Ceiling: sampleCaps(),
		Form: connector.Form{Fields: []connector.Field{
			{Name: "api_base", Kind: connector.FieldURL, Label: say("Address", "地址"), Required: true},
			{Name: "token", Kind: connector.FieldSecret, Label: say("Token", "令牌"), Required: true},
			{Name: "secret", Kind: connector.FieldSecret, Label: say("Secret", "密钥"), Required: true},
		}},
	}
}

func sampleCaps() connector.Capabilities {
	c := connector.Capabilities{
		Parts: map[string]connector.Level{}, Ops: map[connector.Operation]connector.Level{connector.OpsEdit: connector.Full},
		Text: connector.Length{Max: 200, Unit: connector.UTF16}, PartsPerCall: 2, Idempotent: true,
		Receipts: []canon.Delivery{canon.Delivered, canon.Read},
	}
	for _, key := range connector.PartKeys() {
		c.Parts[key] = connector.Degrade
	}
	c.Parts["text"] = connector.Full
	return c
}

func (s sample) Open(_ context.Context, link connector.Link, env connector.Env) (connector.Conn, error) {
	c := &sampleConn{v: link.Config, env: env}
	if s.pull {
		return pullConn{sender: c}, nil
	}
	return c, nil
}

type sampleConn struct {
	v   connector.Values
	env connector.Env
}

func (c *sampleConn) Capabilities(canon.ThreadKey) connector.Capabilities { return sampleCaps() }
func (c *sampleConn) Close(context.Context) error                         { return nil }
func (c *sampleConn) Edits()                                              {}
func (c *sampleConn) Routes() []connector.Route                           { return []connector.Route{{Method: "POST"}} }

func (c *sampleConn) Send(ctx context.Context, r connector.Request) (connector.Receipt, error) {
	path := map[connector.Op]string{connector.OpPost: "/send", connector.OpEdit: "/edit"}[r.Op]
	if path == "" {
		return connector.Receipt{}, &connector.Error{Class: connector.Unsupported, Shown: say("Not here.", "不支持。")}
	}
	return c.post(ctx, path, wire{Key: r.Key.String(), To: string(r.Thread.Peer), Text: r.Message.Fallback(), Target: string(r.Target)})
}

func (c *sampleConn) post(ctx context.Context, path string, w wire) (connector.Receipt, error) {
	body, err := json.Marshal(w)
	if err != nil {
		return connector.Receipt{}, err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", c.v["api_base"]+path, bytes.NewReader(body))
	if err != nil {
		return connector.Receipt{}, &connector.Error{Class: connector.Internal, Err: errors.New("the address cannot be used")}
	}
	req.Header.Set("Authorization", "Bearer "+c.v["token"])
	resp, err := connector.Do(c.env.HTTP, req)
	if err != nil {
		return connector.Receipt{}, err
	}
	defer resp.Body.Close()
	var answer struct{ ID string }
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil {
		return connector.Receipt{}, connector.NetworkError(err, true)
	}
	switch {
	case resp.StatusCode == http.StatusBadRequest:
		return connector.Receipt{}, &connector.Error{Class: connector.Invalid, Shown: say("Refused.", "被拒绝。")}
	case resp.StatusCode != http.StatusOK || json.Unmarshal(raw, &answer) != nil:
		return connector.Receipt{}, &connector.Error{Class: connector.Uncertain, Err: fmt.Errorf("status %d", resp.StatusCode)}
	}
	return connector.Receipt{RemoteID: canon.RemoteID(answer.ID), State: canon.Sent}, nil
}

func sum(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func (c *sampleConn) Unseal(raw connector.Raw) (connector.Opened, error) {
	given := raw.Header.Get("X-Signature")
	if !hmac.Equal([]byte(given), []byte(sum(c.v["secret"], raw.Body))) {
		return connector.Opened{}, errors.New("the signature does not fit")
	}
	if challenge, ok := bytes.CutPrefix(raw.Body, []byte("challenge ")); ok {
		return connector.Opened{Answer: &connector.Reply{Status: 200, Body: challenge}}, nil
	}
	return connector.Opened{Body: raw.Body}, nil
}

// fact is what the platform tells.
type fact struct {
	ID, Type, From, Message, Text, State string
	At                                   int64
}

func (c *sampleConn) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	var out connector.Batch
	if !json.Valid(v.Body()) || v.Body()[0] != '[' {
		return out, errors.New("not a list of facts")
	}
	list := json.NewDecoder(bytes.NewReader(v.Body()))
	_, _ = list.Token()
	for list.More() {
		var f fact
		if err := list.Decode(&f); err != nil {
			return connector.Batch{}, errors.New("not a list of facts")
		}
		e, err := f.envelope()
		if err != nil {
			return connector.Batch{}, err
		}
		out.Envelopes = append(out.Envelopes, e)
	}
	return out, nil
}

func (f fact) envelope() (canon.Envelope, error) {
	if f.ID == "" || f.From == "" || f.At < 0 || f.At > 1<<36 {
		return canon.Envelope{}, errors.New("a fact lacks its id, sender or time")
	}
	id := canon.RemoteID(f.From)
	e := canon.Envelope{
		Account: "main", Thread: canon.ThreadKey{Account: "main", Peer: id}, From: canon.Peer{ID: id},
		EventID: f.ID, Time: time.Unix(f.At, 0).UTC(),
	}
	switch f.Type {
	case "message":
		e.Event = canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID(f.Message), Parts: []canon.Part{canon.Text{Body: f.Text}}}}
	case "edit":
		e.Event = canon.Edited{Target: canon.RemoteID(f.Message), Message: canon.TextMessage(f.Text)}
	case "receipt":
		state := canon.Delivery(f.State)
		if f.Message == "" || state != canon.Delivered && state != canon.Read {
			return canon.Envelope{}, errors.New("a receipt nobody knows")
		}
		e.Event = canon.Receipt{Target: canon.RemoteID(f.Message), State: state}
	default:
		raw, _ := json.Marshal(f)
		e.Event = canon.Unknown{Name: strings.ToValidUTF8(f.Type, ""), Raw: raw}
	}
	return e, nil
}

func (c *sampleConn) Ack(_ connector.Raw, o connector.Outcome) connector.Reply {
	return connector.Reply{Status: map[connector.Outcome]int{connector.Committed: 200, connector.Refused: 400, connector.Retry: 503}[o]}
}
