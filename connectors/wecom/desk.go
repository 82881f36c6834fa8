package wecom

import (
	"context"

	"parley/core/canon"
	"parley/core/connector"
)

// The states of a session (94669 分配客服会话).
const (
	stateNew   = 0 // the customer wrote; the API may answer
	stateOurs  = 1 // served by an assistant, which is the API
	statePool  = 2 // waits for a colleague in WeCom
	stateDesk  = 3 // a colleague serves
	stateEnded = 4 // ended, or not begun
)

type session struct {
	State    int    `json:"service_state"`
	Servicer string `json:"servicer_userid"`
}

func (k *kf) session(ctx context.Context, t canon.ThreadKey) (session, error) {
	in := struct {
		OpenKFID string `json:"open_kfid"`
		Customer string `json:"external_userid"`
	}{k.open(t.Account), string(t.Peer)}
	var out session
	err := k.call(ctx, "kf/service_state/get", "/cgi-bin/kf/service_state/get", in, &out)
	return out, connector.Harmless(err)
}

func (k *kf) transfer(ctx context.Context, t canon.ThreadKey, state int, servicer string) error {
	in := struct {
		OpenKFID string `json:"open_kfid"`
		Customer string `json:"external_userid"`
		State    int    `json:"service_state"`
		Servicer string `json:"servicer_userid,omitempty"`
	}{k.open(t.Account), string(t.Peer), state, servicer}
	return connector.Harmless(k.call(ctx, "kf/service_state/trans", "/cgi-bin/kf/service_state/trans", in, nil))
}

// Take brings a chat here. A new one becomes ours at once. WeCom gives none back
// from its pool or from a colleague: their session is ended, and what the
// customer writes next begins one that is ours.
func (k *kf) Take(ctx context.Context, t canon.ThreadKey) error {
	now, err := k.session(ctx, t)
	if err != nil {
		return err
	}
	switch now.State {
	case stateNew:
		return k.transfer(ctx, t, stateOurs, "")
	case statePool, stateDesk:
		return k.transfer(ctx, t, stateEnded, "")
	}
	return nil
}

// Return passes a chat to WeCom's own desk: to the colleague of the form, or into
// the pool.
func (k *kf) Return(ctx context.Context, t canon.ThreadKey) error {
	now, err := k.session(ctx, t)
	if err != nil {
		return err
	}
	switch now.State {
	case stateNew, stateOurs:
		if k.deskUser != "" {
			return k.transfer(ctx, t, stateDesk, k.deskUser)
		}
		return k.transfer(ctx, t, statePool, "")
	case stateEnded:
		return k.refusal("kf/service_state/trans", 95013, "the session has ended")
	}
	return nil
}
