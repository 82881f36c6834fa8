package outbox

import (
	"encoding/json"

	"parley/core/canon"
)

// encode writes what json.Marshal would: by hand for what most rows are, words
// for a thread, for that is done with every message.
func (w Wire) encode() ([]byte, error) {
	if w.Target != "" || !w.Of.IsZero() || w.At != 0 || w.Emoji != "" || !w.Asked.IsZero() {
		return json.Marshal(w)
	}
	b := make([]byte, 0, 512)
	b = append(b, '{')
	if w.Op != "" {
		b = append(field(b, "op", string(w.Op)), ',')
	}
	b = field(append(b, `"thread":{`...), "account", string(w.Thread.Account))
	b = field(append(b, ','), "peer", string(w.Thread.Peer))
	if w.Thread.Thread != "" {
		b = field(append(b, ','), "thread", string(w.Thread.Thread))
	}
	b, err := w.Message.AppendJSON(append(b, `},"message":`...))
	if err != nil {
		return nil, err
	}
	if w.ReplyTo != "" {
		b = field(append(b, ','), "reply_to", string(w.ReplyTo))
	}
	if w.After != "" {
		b = field(append(b, ','), "after", string(w.After))
	}
	b = field(append(b, `,"sender":{`...), "Kind", w.Sender.Kind)
	b = field(append(b, ','), "ID", w.Sender.ID.String())
	b = field(append(b, ','), "Name", w.Sender.Name)
	b = field(append(b, ','), "Avatar", w.Sender.Avatar)
	return append(b, "}}"...), nil
}

func field(b []byte, name, value string) []byte {
	b = append(b, '"')
	b = append(b, name...)
	return canon.AppendString(append(b, `":`...), value)
}
