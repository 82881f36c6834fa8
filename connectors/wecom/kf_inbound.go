package wecom

import (
	"context"
	"encoding/json"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Decode makes a nudge of a callback. It carries no message: only the account
// and a token for sync_msg that lives ten minutes. Whatever else WeCom posts to
// this address is kept as unknown.
func (k *kf) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	n, err := parse(v.Body())
	if err != nil {
		return connector.Batch{}, err
	}
	return k.decode(n)
}

func (k *kf) decode(n node) (connector.Batch, error) {
	at, ok := n.created()
	if !ok || n.at("ToUserName") == "" {
		return connector.Batch{}, errShape
	}
	if n.at("MsgType") == "event" && n.at("Event") == "kf_msg_or_event" {
		if n.at("Token") == "" || len(n.at("Token")) > maxToken || len(n.at("OpenKfId")) > maxName {
			return connector.Batch{}, errShape
		}
		return connector.Batch{Wakes: []connector.Wake{{Key: k.of + n.at("OpenKfId"), Token: n.at("Token")}}}, nil
	}
	if n.at("MsgType") == "" {
		return connector.Batch{}, errShape
	}
	return connector.Batch{Envelopes: []canon.Envelope{unknown(k.first, n, at)}}, nil
}

// The longest names and tokens taken, in bytes (94670).
const (
	maxToken = 128
	maxName  = 128
)

// unknown keeps a callback no one taught us yet.
func unknown(account canon.RemoteID, n node, at time.Time) canon.Envelope {
	name, from := n.at("MsgType"), canon.RemoteID(n.at("FromUserName"))
	if e := n.at("Event"); e != "" {
		name = e
	}
	if from == "" {
		from = "sys"
	}
	return canon.Envelope{
		Account: account, Thread: canon.ThreadKey{Account: account, Peer: from}, From: canon.Peer{ID: from},
		EventID: digest(n), Time: at, Event: canon.Unknown{Name: name, Raw: rawOf(n)},
	}
}

// rawOf writes an element's children as JSON, for people to look at.
func rawOf(n node) json.RawMessage {
	raw, _ := json.Marshal(tree(n)) // texts, lists and maps always marshal
	return raw
}

func tree(n node) any {
	if len(n.kids) == 0 {
		return n.text
	}
	out := map[string]any{}
	for _, k := range n.kids {
		switch earlier := out[k.name].(type) {
		case nil:
			out[k.name] = tree(k)
		case []any:
			out[k.name] = append(earlier, tree(k))
		default:
			out[k.name] = []any{earlier, tree(k)}
		}
	}
	return out
}
