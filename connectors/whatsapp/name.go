//go:build !nogpl

package whatsapp

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/types"

	"parley/core/canon"
)

// Addresses. A person has a phone number and, since 2025, a number that hides
// it; either may come. The phone number names the peer where it is known.
func peerID(jid types.JID) canon.RemoteID { return canon.RemoteID(jid.ToNonAD().String()) }

func readPeer(id canon.RemoteID) (types.JID, error) {
	jid, err := types.ParseJID(string(id))
	if err != nil {
		return jid, fmt.Errorf("%q is no address of WhatsApp: %w", id, err)
	}
	if !strings.Contains(string(id), "@") {
		// A bare number, as people write it to begin a chat.
		jid = types.NewJID(digits.ReplaceAllString(string(id), ""), types.DefaultUserServer)
	}
	switch jid.Server {
	case types.DefaultUserServer, types.HiddenUserServer, types.GroupServer:
		if jid.User != "" && jid.Device == 0 {
			return jid, nil
		}
	}
	return jid, fmt.Errorf("%q is no address of WhatsApp", id)
}

// Messages. Ours are named by their id alone. Of others' the author is part of
// the name, because a reference must tell it: "id/" in a chat with one person,
// "id/author" in a group.
func ourMessage(id string) canon.RemoteID { return canon.RemoteID(id) }

func theirMessage(id string, group bool, author types.JID) canon.RemoteID {
	if !group {
		return canon.RemoteID(id + "/")
	}
	return canon.RemoteID(id + "/" + author.ToNonAD().String())
}

// readMessage takes a name apart; an empty author is the account itself.
func readMessage(name canon.RemoteID, chat types.JID) (id string, author types.JID, err error) {
	id, by, theirs := strings.Cut(string(name), "/")
	switch {
	case id == "":
		return "", author, errors.New("a message without an id")
	case !theirs:
		return id, types.EmptyJID, nil
	case by == "":
		return id, chat, nil
	}
	author, err = types.ParseJID(by)
	return id, author, err
}

// messageID makes the id of a message of ours out of the hub's key: the same for
// every attempt, in the form of WhatsApp Web's.
func messageID(key canon.ID) types.MessageID {
	sum := sha256.Sum256(append([]byte("whatsapp message "), key[:]...))
	return whatsmeow.WebMessageIDPrefix + strings.ToUpper(hex.EncodeToString(sum[:9]))
}

// target names the message that a reaction, an edit or a recall is about, as it
// was named when it was posted.
func (d decoder) target(src types.MessageSource, key *waCommon.MessageKey) canon.RemoteID {
	mine := key.GetFromMe() // of whoever refers to it
	if !mine && src.IsGroup {
		author, err := types.ParseJID(key.GetParticipant())
		if err != nil || d.ours(author) {
			return ourMessage(key.GetID())
		}
		return theirMessage(key.GetID(), true, author)
	}
	if mine == src.IsFromMe {
		return ourMessage(key.GetID())
	}
	return theirMessage(key.GetID(), src.IsGroup, src.Sender)
}

func (d decoder) ours(jid types.JID) bool {
	return jid.User != "" && (jid.User == d.own.User || jid.User == d.lid.User)
}
