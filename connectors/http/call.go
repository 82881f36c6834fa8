package http

import (
	"encoding/json"
	"strconv"

	"parley/core/canon"
)

// encode writes what json.Marshal would: by hand for a message posted, for that
// is done with every answer.
func (c Call) encode() ([]byte, error) {
	if c.Message == nil || c.Sender == nil || c.Target != "" || c.Emoji != "" || c.On || len(c.Ticket) > 0 || c.Push != nil {
		return json.Marshal(c)
	}
	b := make([]byte, 0, 512)
	b = strconv.AppendInt(append(b, `{"v":`...), int64(c.V), 10)
	b = canon.AppendString(append(b, `,"key":`...), c.Key)
	b = canon.AppendString(append(b, `,"op":`...), c.Op)
	if c.Attempt != 0 {
		b = strconv.AppendInt(append(b, `,"attempt":`...), int64(c.Attempt), 10)
	}
	b = canon.AppendString(append(b, `,"account":`...), string(c.Account))
	b = canon.AppendString(append(b, `,"thread":{"account":`...), string(c.Thread.Account))
	b = canon.AppendString(append(b, `,"peer":`...), string(c.Thread.Peer))
	b = unlessEmpty(b, `,"thread":`, string(c.Thread.Thread))
	b, err := c.Message.AppendJSON(append(b, `},"message":`...))
	if err != nil {
		return nil, err
	}
	b = unlessEmpty(b, `,"reply_to":`, string(c.ReplyTo))
	b = canon.AppendString(append(b, `,"sender":{"kind":`...), c.Sender.Kind)
	if !c.Sender.ID.IsZero() {
		b = canon.AppendString(append(b, `,"id":`...), c.Sender.ID.String())
	}
	b = unlessEmpty(b, `,"name":`, c.Sender.Name)
	b = unlessEmpty(b, `,"avatar":`, c.Sender.Avatar)
	return append(b, "}}"...), nil
}

func unlessEmpty(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return canon.AppendString(append(b, name...), value)
}
