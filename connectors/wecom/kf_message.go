package wecom

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"parley/core/canon"
)

// synced is one element of msg_list (94670). The vendor's library knows fewer
// types, and positions in single precision.
type synced struct {
	MsgID    string `json:"msgid"`
	OpenKFID string `json:"open_kfid"`
	Customer string `json:"external_userid"`
	Servicer string `json:"servicer_userid"`
	SendTime int64  `json:"send_time"`
	Origin   int    `json:"origin"` // 3 customer, 4 system, 5 a colleague in WeCom
	MsgType  string `json:"msgtype"`

	Text struct {
		Content string `json:"content"`
		MenuID  string `json:"menu_id"`
	} `json:"text"`
	Image struct {
		MediaID string `json:"media_id"`
	} `json:"image"`
	Voice struct {
		MediaID string `json:"media_id"`
	} `json:"voice"`
	Video struct {
		MediaID string `json:"media_id"`
	} `json:"video"`
	File struct {
		MediaID string `json:"media_id"`
	} `json:"file"`
	Location struct {
		Latitude  float64 `json:"latitude"`
		Longitude float64 `json:"longitude"`
		Name      string  `json:"name"`
		Address   string  `json:"address"`
	} `json:"location"`
	Link struct {
		Title  string `json:"title"`
		Desc   string `json:"desc"`
		URL    string `json:"url"`
		PicURL string `json:"pic_url"`
	} `json:"link"`
	BusinessCard struct {
		UserID string `json:"userid"`
	} `json:"business_card"`
	MiniProgram struct {
		Title string `json:"title"`
		AppID string `json:"appid"`
		Path  string `json:"pagepath"`
		Thumb string `json:"thumb_media_id"`
	} `json:"miniprogram"`
	MsgMenu json.RawMessage `json:"msgmenu"`
	Product struct {
		ID    string `json:"product_id"`
		Title string `json:"title"`
		Image string `json:"head_image"`
		Price string `json:"sales_price"` // in fen
		Shop  string `json:"shop_nickname"`
	} `json:"channels_shop_product"`
	Order struct {
		ID     string `json:"order_id"`
		Titles string `json:"product_titles"`
		Price  string `json:"price_wording"`
		State  string `json:"state"`
		Image  string `json:"image_url"`
		Shop   string `json:"shop_nickname"`
	} `json:"channels_shop_order"`
	Merged struct {
		Title string `json:"title"`
		Item  []struct {
			Sender  string `json:"sender_name"`
			MsgType string `json:"msgtype"`
			Content string `json:"msg_content"` // JSON of that message
		} `json:"item"`
	} `json:"merged_msg"`
	Channels struct {
		SubType  int    `json:"sub_type"` // 1 post, 2 live, 3 card
		Nickname string `json:"nickname"`
		Title    string `json:"title"`
	} `json:"channels"`
	Event kfEvent `json:"event"`
}

// message makes an envelope of one element. One that cannot be read is kept as
// unknown: it never stops the account.
func (k *kf) message(account canon.RemoteID, raw json.RawMessage) canon.Envelope {
	var m synced
	err := json.Unmarshal(raw, &m)
	var odd *json.UnmarshalTypeError // one field of another type: the others are read
	if err != nil && !errors.As(err, &odd) || m.MsgID == "" {
		return k.odd(account, "unreadable", raw)
	}
	if m.MsgType == "event" {
		return k.event(account, m, raw)
	}
	peer := canon.RemoteID(m.Customer)
	if peer == "" {
		return k.odd(account, m.MsgType, raw)
	}
	e := canon.Envelope{
		Account: account, Thread: canon.ThreadKey{Account: account, Peer: peer}, From: canon.Peer{ID: peer, Verified: true},
		EventID: m.MsgID, Time: k.when(m.SendTime),
	}
	if m.Origin == 5 { // typed by a colleague in WeCom
		e.From = canon.Peer{ID: canon.RemoteID(m.Servicer), Ours: true}
	}
	if m.MsgType == "text" && m.Text.MenuID != "" {
		e.Event = canon.Action{Kind: canon.ActionButton, Value: m.Text.MenuID, Label: m.Text.Content}
		return e
	}
	e.Event = canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID(m.MsgID), Parts: []canon.Part{m.part(raw)}}}
	return e
}

func (k *kf) when(sent int64) time.Time {
	if at, ok := seconds(strconv.FormatInt(sent, 10)); ok {
		return at
	}
	return k.env.Clock().UTC()
}

// odd keeps an element without what names a customer's message.
func (k *kf) odd(account canon.RemoteID, name string, raw json.RawMessage) canon.Envelope {
	var m struct {
		MsgID    string `json:"msgid"`
		SendTime int64  `json:"send_time"`
	}
	_ = json.Unmarshal(raw, &m) // what it does not say is left empty
	id := m.MsgID
	if id == "" {
		sum := sha256.Sum256(raw)
		id = "sha-" + hex.EncodeToString(sum[:12])
	}
	if name == "" {
		name = "unnamed"
	}
	return canon.Envelope{
		Account: account, Thread: canon.ThreadKey{Account: account, Peer: "sys"}, From: canon.Peer{ID: "sys"},
		EventID: id, Time: k.when(m.SendTime), Event: canon.Unknown{Name: name, Raw: compact(raw)},
	}
}

func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		quoted, _ := json.Marshal(string(raw)) // a string always marshals
		return quoted
	}
	return b.Bytes()
}
