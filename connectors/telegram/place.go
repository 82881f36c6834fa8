package telegram

import (
	"fmt"
	"strconv"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"parley/core/canon"
)

// place is where a message stands: a chat, and within it a topic of a forum, a
// topic of a channel's direct messages, or the connection to the business
// account whose chat it is. A chat of a business account has nothing to do with
// the bot's own chat of the same number.
type place struct {
	chat     int64
	topic    int64
	direct   int64
	business string
}

// The first letter of ThreadKey.Thread says what follows.
const (
	threadTopic    = "t"
	threadDirect   = "d"
	threadBusiness = "b"
)

func (p place) thread() canon.RemoteID {
	switch {
	case p.business != "":
		return canon.RemoteID(threadBusiness + p.business)
	case p.direct != 0:
		return canon.RemoteID(threadDirect + strconv.FormatInt(p.direct, 10))
	case p.topic != 0:
		return canon.RemoteID(threadTopic + strconv.FormatInt(p.topic, 10))
	}
	return ""
}

func (p place) key(account canon.RemoteID) canon.ThreadKey {
	return canon.ThreadKey{Account: account, Peer: peerID(p.chat), Thread: p.thread()}
}

func peerID(chat int64) canon.RemoteID { return canon.RemoteID(strconv.FormatInt(chat, 10)) }

// placeOf reads a thread key that key made.
func placeOf(k canon.ThreadKey) (p place, err error) {
	if p.chat, err = strconv.ParseInt(string(k.Peer), 10, 64); err != nil {
		return p, fmt.Errorf("the peer %q is no chat of Telegram", k.Peer)
	}
	if k.Thread == "" {
		return p, nil
	}
	rest := string(k.Thread[1:])
	switch string(k.Thread[:1]) {
	case threadBusiness:
		p.business = rest
	case threadDirect:
		p.direct, err = strconv.ParseInt(rest, 10, 64)
	case threadTopic:
		p.topic, err = strconv.ParseInt(rest, 10, 64)
	default:
		err = strconv.ErrSyntax
	}
	if err != nil {
		return p, fmt.Errorf("the thread %q is none of Telegram", k.Thread)
	}
	return p, nil
}

// params are the parameters that every method takes to say where.
func (p place) params() tgbotapi.Params {
	out := tgbotapi.Params{"chat_id": strconv.FormatInt(p.chat, 10)}
	switch {
	case p.business != "":
		out["business_connection_id"] = p.business
	case p.direct != 0:
		out["direct_messages_topic_id"] = strconv.FormatInt(p.direct, 10)
	case p.topic != 0:
		out["message_thread_id"] = strconv.FormatInt(p.topic, 10)
	}
	return out
}

// basicGroup tells groups that may still become supergroups from all other
// chats: a supergroup's id is -100 and ten or more digits.
func (p place) basicGroup() bool { return p.chat < 0 && p.chat > -1_000_000_000_000 }

// messageID names a message: its number counts within its chat alone.
func messageID(chat, message int64) canon.RemoteID {
	return canon.RemoteID(strconv.FormatInt(chat, 10) + ":" + strconv.FormatInt(message, 10))
}

// readMessageID reads what messageID made.
func readMessageID(id canon.RemoteID) (chat, message int64, err error) {
	c, m, _ := strings.Cut(string(id), ":")
	if chat, err = strconv.ParseInt(c, 10, 64); err == nil {
		message, err = strconv.ParseInt(m, 10, 64)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("%q is no message of Telegram", id)
	}
	return chat, message, nil
}
