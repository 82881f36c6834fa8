package wecom

import (
	"context"
	"strconv"

	"parley/core/canon"
	"parley/core/connector"
)

// Decode reads a message or event of an application (90239 消息格式, 90240
// 事件格式).
func (a *app) Decode(_ context.Context, v connector.Verified) (connector.Batch, error) {
	n, err := parse(v.Body())
	if err != nil {
		return connector.Batch{}, err
	}
	return a.decode(n)
}

func (a *app) decode(n node) (connector.Batch, error) {
	at, ok := n.created()
	from := canon.RemoteID(n.at("FromUserName"))
	if !ok || n.at("ToUserName") == "" || from == "" || n.at("MsgType") == "" || len(from) > maxName {
		return connector.Batch{}, errShape
	}
	e := canon.Envelope{
		Account: a.account, Thread: canon.ThreadKey{Account: a.account, Peer: from},
		From: canon.Peer{ID: from, Verified: true}, Time: at, EventID: digest(n),
	}
	if n.at("MsgType") == "event" {
		return connector.Batch{Envelopes: a.event(e, n)}, nil
	}
	id := n.at("MsgId")
	if id == "" || len(id) > maxName {
		return connector.Batch{}, errShape
	}
	part, ok := appPart(n)
	if !ok {
		return connector.Batch{}, errShape
	}
	e.EventID = "m-" + id
	e.Event = canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID(id), Parts: []canon.Part{part}}}
	return connector.Batch{Envelopes: []canon.Envelope{e}}, nil
}

// appPart is the content of a message; false when it lacks what its type needs.
func appPart(n node) (canon.Part, bool) {
	media := n.at("MediaId")
	switch n.at("MsgType") {
	case "text":
		body := n.kid("Content").text
		return canon.Text{Body: body}, body != ""
	case "image":
		return pending(canon.MediaImage, media, ""), media != ""
	case "voice":
		m := pending(canon.MediaVoice, media, "")
		if n.at("Format") == "amr" {
			m.MIME = "audio/amr"
		}
		return m, media != ""
	case "video", "shortvideo":
		return pending(canon.MediaVideo, media, "video/mp4"), media != ""
	case "file":
		m := pending(canon.MediaFile, media, "")
		m.Name = n.at("FileName")
		return m, media != ""
	case "location":
		lat, one := n.float("Location_X")
		lon, two := n.float("Location_Y")
		return placed(lat, lon, n.at("Label"), ""), one && two && onEarth(lat, lon)
	case "link":
		c := canon.Card{Kind: canon.CardLink, Title: n.at("Title"), Text: n.at("Description"), URL: openable(n.at("Url")), Image: picture(n.at("PicUrl"))}
		return c, c.Title != "" || c.URL != ""
	}
	return canon.Opaque{Name: n.at("MsgType"), Raw: rawOf(n)}, true
}

// event is what an event of an application is in our words; one of a group may
// be several.
func (a *app) event(e canon.Envelope, n node) []canon.Envelope {
	name, key := n.at("Event"), n.at("EventKey")
	e.Event = canon.Unknown{Name: name, Raw: rawOf(n), Says: inWords(n)}
	switch name {
	case "":
		e.Event = canon.Unknown{Name: "event", Raw: rawOf(n)}
	case "subscribe":
		e.Event = canon.Membership{Kind: canon.MemberSubscribed}
	case "unsubscribe":
		e.Event = canon.Membership{Kind: canon.MemberUnsubscribed}
	case "enter_agent":
		e.Event = canon.Membership{Kind: canon.MemberOpened}
	case "click":
		if key != "" {
			e.Event = canon.Action{Kind: canon.ActionMenu, Value: key}
		}
	case "scancode_push", "scancode_waitmsg":
		if v := n.kid("ScanCodeInfo").at("ScanResult"); v != "" {
			e.Event = canon.Action{Kind: canon.ActionScan, Value: v, Label: key}
		}
	case "location_select":
		info := n.kid("SendLocationInfo")
		lat, one := info.float("Location_X")
		lon, two := info.float("Location_Y")
		if one && two && onEarth(lat, lon) {
			e.Event = canon.Posted{Message: canon.Message{Parts: []canon.Part{placed(lat, lon, info.at("Poiname"), info.at("Label"))}}}
		}
	case "template_card_event":
		if key != "" {
			e.Event = canon.Action{Kind: canon.ActionButton, Value: key, Target: remoteOf(n.at("TaskId"))}
		}
	case "change_external_chat":
		return a.groupEvent(e, n)
	}
	return []canon.Envelope{e}
}

// groupEvent is what happened in a customer group: who came and who left (92130
// 客户群事件). The group is the peer.
func (a *app) groupEvent(e canon.Envelope, n node) []canon.Envelope {
	chat := n.at("ChatId")
	if chat == "" {
		return []canon.Envelope{e}
	}
	e.Thread.Peer = groupPeer(chat)
	e.From = canon.Peer{ID: e.Thread.Peer, Verified: true}
	var kind canon.MembershipKind
	switch n.at("ChangeType") + "/" + n.at("UpdateDetail") {
	case "dismiss/":
		e.Event = canon.Membership{Kind: canon.MemberClosed}
		return []canon.Envelope{e}
	case "update/add_member":
		kind = canon.MemberJoined
	case "update/del_member":
		kind = canon.MemberLeft
	default: // made, renamed, given to another owner, a new notice
		return []canon.Envelope{e}
	}
	members := n.kid("MemChangeList").kids
	if len(members) == 0 { // WeCom may tell only how many
		e.Event = canon.Membership{Kind: kind}
		return []canon.Envelope{e}
	}
	out := make([]canon.Envelope, 0, len(members))
	for i, m := range members {
		one := e
		one.EventID += "-" + strconv.Itoa(i)
		one.Event = canon.Membership{Kind: kind, Member: canon.Peer{ID: canon.RemoteID(m.text)}}
		out = append(out, one)
	}
	return out
}
