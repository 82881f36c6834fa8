package wechat

import (
	"encoding/json"
	"strconv"

	"parley/core/canon"
)

// What the platform tells of notifications a customer agrees to (订阅消息, 订阅通知):
// that they were asked, that they changed their mind, what became of one that was
// sent. https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/subscribe-message.html

type notified struct {
	List notes `xml:"List" json:"List"`
}

// note is about one notification.
type note struct {
	TemplateID word `xml:"TemplateId" json:"TemplateId"`
	Consent    word `xml:"SubscribeStatusString" json:"SubscribeStatusString"` // accept, reject
	MsgID      word `xml:"MsgID" json:"MsgID"`
	Code       word `xml:"ErrorCode" json:"ErrorCode"` // 0: it was delivered
	Status     word `xml:"ErrorStatus" json:"ErrorStatus"`
}

type notes []note

// UnmarshalJSON takes one or several: a push in JSON has both forms.
func (n *notes) UnmarshalJSON(b []byte) error {
	var many []note
	if json.Unmarshal(b, &many) == nil {
		*n = many
		return nil
	}
	var one note
	if json.Unmarshal(b, &one) == nil {
		*n = notes{one}
	}
	return nil // something else under a name we know: not ours to read
}

func (p push) notes() notes {
	for _, all := range []notes{p.Sent.List, p.Popup.List, p.Change.List, p.List} {
		if len(all) > 0 {
			return all
		}
	}
	return nil
}

// ends is what became of notifications that were sent: a fact for each.
func (p push) ends(e canon.Envelope) (out []canon.Envelope) {
	for i, n := range p.notes() {
		if n.MsgID == "" || n.Code == "" {
			continue
		}
		one := e
		if i > 0 {
			one.EventID += "#" + strconv.Itoa(i)
		}
		r := canon.Receipt{Target: templateID(string(n.MsgID)), State: canon.Delivered}
		if n.Code != "0" {
			r.State, r.Code, r.Reason = canon.Failed, string(n.Code), "WeChat: "+string(n.Status)
		}
		one.Event = r
		out = append(out, one)
	}
	return out
}

// consents are what a customer answered when they were asked for notifications,
// or changed later.
func (p push) consents() (w canon.Words) {
	add := func(en, zh string) {
		if w.EN != "" {
			w.EN, w.ZH = w.EN+"; ", w.ZH+"；"
		}
		w.EN, w.ZH = w.EN+en, w.ZH+zh
	}
	for _, n := range p.notes() {
		switch n.Consent {
		case "accept":
			add("Agreed to the notification "+string(n.TemplateID), "同意订阅消息 "+string(n.TemplateID))
		case "reject":
			add("Refused the notification "+string(n.TemplateID), "拒绝订阅消息 "+string(n.TemplateID))
		}
	}
	return w
}
