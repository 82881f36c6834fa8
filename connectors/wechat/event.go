package wechat

import (
	"strings"

	"parley/core/canon"
)

// event reads what happened besides messages.
func (c *Conn) event(e *canon.Envelope, p push, body []byte) {
	key := string(p.EventKey)
	switch p.Event {
	case "subscribe":
		e.Event = canon.Membership{Kind: canon.MemberSubscribed}
		if scene, ok := strings.CutPrefix(key, "qrscene_"); ok && scene != "" {
			e.Entry = &canon.Entry{Kind: "qr", Value: scene}
		}
	case "unsubscribe":
		e.Event = canon.Membership{Kind: canon.MemberUnsubscribed}
	case "user_enter_tempsession":
		e.Event = canon.Membership{Kind: canon.MemberOpened}
		if from := string(p.SessionFrom); from != "" {
			e.Entry = &canon.Entry{Kind: "page", Value: from}
		}
	case "SCAN":
		e.Event = canon.Action{Kind: canon.ActionScan, Value: key}
		e.Entry = &canon.Entry{Kind: "qr", Value: key}
	case "CLICK":
		e.Event = canon.Action{Kind: canon.ActionMenu, Value: key}
	case "scancode_push", "scancode_waitmsg":
		e.Event = canon.Action{Kind: canon.ActionMenu, Value: key, Label: string(p.Scan.Result)}
	case "TEMPLATESENDJOBFINISH":
		e.Event = p.job(body)
	case "kf_create_session":
		e.Event = canon.Session{Kind: canon.SessionTaken, Desk: string(p.KfAccount)}
	case "kf_switch_session":
		e.Event = canon.Session{Kind: canon.SessionTaken, Desk: string(p.ToKfAccount)}
	case "kf_close_session":
		e.Event = canon.Session{Kind: canon.SessionReturned, Desk: string(p.KfAccount)}
	default:
		// What asks for nothing is shown: in words where they are known, such as the
		// address that was opened from the menu; else by its name, such as the ends of
		// mass sends.
		u := unknown("event."+string(p.Event), body)
		u.Says = p.told()
		e.Event = u
	}
}

// job is the end of a template message.
// https://developers.weixin.qq.com/doc/service/guide/product/template_message/Template_Message_Interface.html
func (p push) job(body []byte) canon.Event {
	id := p.JobID
	if id == "" {
		id = p.MsgID
	}
	if id == "" {
		return unknown("event."+string(p.Event), body)
	}
	r := canon.Receipt{Target: templateID(string(id)), State: canon.Delivered}
	if p.Status != "success" {
		r.State, r.Code, r.Reason = canon.Failed, string(p.Status), "WeChat: "+string(p.Status)
	}
	return r
}
