package http

import (
	"encoding/json"
	"fmt"
	nethttp "net/http"
	"regexp"

	"parley/core/canon"
	"parley/core/connector"
)

// The limits of one callback of signals. What is typed is shown while it is
// typed: nobody reads a page of it.
const (
	MaxSignals = 50
	maxTyped   = 2000 // bytes
)

// now recognises a body of signals.
var now = regexp.MustCompile(`^\s*\{\s*"signals"\s*:`)

// Signal is what a customer does right now: it is shown to who looks at their
// conversation, and never stored.
type Signal struct {
	Thread canon.ThreadKey `json:"thread"`           // whose; the account may be left out
	Typing bool            `json:"typing"`           // whether they are writing; repeat it every few seconds
	Text   string          `json:"text,omitempty"`   // what stands there so far, where they agreed that it is seen
	Online *bool           `json:"online,omitempty"` // that they opened or left the application
}

// decodeSignals reads {"signals":[…]}.
func (c *Conn) decodeSignals(body []byte) (connector.Batch, error) {
	var in struct {
		Signals []Signal `json:"signals"`
	}
	if len(body) > MaxSignals*(maxTyped+1000) {
		return connector.Batch{}, &Problem{nethttp.StatusRequestEntityTooLarge, "too_large", "", "Send fewer signals at a time."}
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return connector.Batch{}, broken(err)
	}
	if n := len(in.Signals); n == 0 || n > MaxSignals {
		return connector.Batch{}, &Problem{nethttp.StatusBadRequest, "bad_batch", "signals", fmt.Sprintf("Send 1 to %d signals at a time.", MaxSignals)}
	}
	var out connector.Batch
	for i, s := range in.Signals {
		if s.Thread.Account == "" {
			s.Thread.Account = c.account
		}
		field := fmt.Sprintf("signals[%d].", i)
		switch {
		case s.Thread.Peer == "":
			return connector.Batch{}, bad(field+"thread.peer", "Say whose signal it is.")
		case len(s.Thread.Account) > maxID || len(s.Thread.Peer) > maxID || len(s.Thread.Thread) > maxID:
			return connector.Batch{}, bad(field+"thread", "Ids of account, peer and thread may have 255 bytes at most.")
		case len(s.Text) > maxTyped:
			return connector.Batch{}, bad(field+"text", fmt.Sprintf("What is typed may have %d bytes at most.", maxTyped))
		}
		if s.Online != nil {
			out.Signals = append(out.Signals, connector.Signalled{Thread: s.Thread, Signal: canon.Presence{Online: *s.Online}})
			continue
		}
		if !s.Typing {
			s.Text = ""
		}
		out.Signals = append(out.Signals, connector.Signalled{Thread: s.Thread, Signal: canon.Typing{On: s.Typing, Text: s.Text}})
	}
	return out, nil
}
