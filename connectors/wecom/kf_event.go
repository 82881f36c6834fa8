package wecom

import (
	"encoding/json"
	"strconv"
	"time"

	"parley/core/canon"
)

// kfEvent is an event among the messages (94670 事件消息).
type kfEvent struct {
	Type     string `json:"event_type"`
	OpenKFID string `json:"open_kfid"`
	Customer string `json:"external_userid"`

	Scene       string `json:"scene"`
	SceneParam  string `json:"scene_param"`
	WelcomeCode string `json:"welcome_code"`
	Channels    struct {
		Nickname string `json:"nickname"`
		Shop     string `json:"shop_nickname"`
	} `json:"wechat_channels"`

	FailMsgID string `json:"fail_msgid"`
	FailType  int    `json:"fail_type"`

	Servicer   string `json:"servicer_userid"`
	Status     int    `json:"status"`
	StopType   int    `json:"stop_type"`
	Refuses    *int   `json:"reject_switch"`
	ChangeType int    `json:"change_type"`
	Old        string `json:"old_servicer_userid"`
	New        string `json:"new_servicer_userid"`
	MsgCode    string `json:"msg_code"`

	RecallMsgID string `json:"recall_msgid"`
}

// The lives of the codes an event carries, each good for one message (95122
// 发送欢迎语等事件响应消息).
const (
	welcomeLife = 20 * time.Second
	endLife     = 20 * time.Second
	takenLife   = 48 * time.Hour
)

func (k *kf) event(account canon.RemoteID, m synced, raw json.RawMessage) canon.Envelope {
	ev := m.Event
	customer := ev.Customer
	if customer == "" {
		customer = m.Customer
	}
	e := k.odd(account, ev.Type, raw)
	if odd, ok := e.Event.(canon.Unknown); ok {
		odd.Says = ev.inWords()
		e.Event = odd
	}
	if customer == "" {
		if ev.Servicer != "" { // a colleague began or stopped to serve
			e.Thread.Peer, e.From = canon.RemoteID(ev.Servicer), canon.Peer{ID: canon.RemoteID(ev.Servicer), Ours: true}
		}
		return e
	}
	peer := canon.RemoteID(customer)
	e.Thread.Peer, e.From = peer, canon.Peer{ID: peer, Verified: true}
	switch ev.Type {
	case "enter_session":
		e.Event = canon.Membership{Kind: canon.MemberOpened}
		e.Entry = ev.entry()
		e.Ticket = ticket(ev.WelcomeCode, e.Time.Add(welcomeLife))
	case "msg_send_fail":
		if ev.FailMsgID != "" {
			e.Event = canon.Receipt{Target: remoteOf(ev.FailMsgID), State: canon.Failed, Code: strconv.Itoa(ev.FailType), Reason: failReason(ev.FailType)}
		}
	case "session_status_change":
		e.From = canon.Peer{ID: peer}
		switch ev.ChangeType {
		case 1, 2, 4: // from the pool, passed on, resumed
			e.Event = canon.Session{Kind: canon.SessionTaken, Desk: ev.New, Reason: strconv.Itoa(ev.ChangeType)}
			e.Ticket = ticket(ev.MsgCode, e.Time.Add(takenLife))
		case 3:
			e.Event = canon.Session{Kind: canon.SessionEnded, Desk: ev.Old, Reason: "3"}
			e.Ticket = ticket(ev.MsgCode, e.Time.Add(endLife))
		}
	case "user_recall_msg":
		if ev.RecallMsgID != "" {
			e.Event = canon.Revoked{Target: canon.RemoteID(ev.RecallMsgID)}
		}
	case "servicer_recall_msg":
		if ev.RecallMsgID != "" {
			e.Event = canon.Revoked{Target: canon.RemoteID(ev.RecallMsgID)}
			e.From = canon.Peer{ID: canon.RemoteID(ev.Servicer), Ours: true}
		}
	}
	return e
}

// inWords says what asks for nothing (94670 接待人员接待状态变更事件, 拒收客户消息变更事件);
// empty of an event nobody taught us.
func (ev kfEvent) inWords() canon.Words {
	switch {
	case ev.Type == "servicer_status_change" && ev.Servicer != "":
		switch {
		case ev.Status == 1:
			return canon.Words{EN: "Serves customers in WeCom now: " + ev.Servicer, ZH: "接待人员开始接待：" + ev.Servicer}
		case ev.Status == 2 && ev.StopType == 1:
			return canon.Words{EN: "Pauses serving customers in WeCom: " + ev.Servicer, ZH: "接待人员暂时挂起：" + ev.Servicer}
		case ev.Status == 2:
			return canon.Words{EN: "Stopped serving customers in WeCom: " + ev.Servicer, ZH: "接待人员停止接待：" + ev.Servicer}
		}
	case ev.Type == "reject_customer_msg_switch_change" && ev.Refuses != nil:
		by := ev.Servicer
		if *ev.Refuses == 1 {
			return canon.Words{EN: "Refuses this customer's messages in WeCom: " + by, ZH: "接待人员已开启拒收该客户消息：" + by}
		}
		return canon.Words{EN: "Takes this customer's messages in WeCom again: " + by, ZH: "接待人员已关闭拒收该客户消息：" + by}
	}
	return canon.Words{}
}

// entry is the door: the scene of the link, and what the link added to it.
func (ev kfEvent) entry() *canon.Entry {
	e := canon.Entry{Kind: "qr", Value: ev.SceneParam, Title: joined(ev.Channels.Nickname, ev.Channels.Shop)}
	if e.Value == "" {
		e.Value = ev.Scene
	} else if e.Title == "" {
		e.Title = ev.Scene
	}
	if e.Value == "" && e.Title == "" {
		return nil
	}
	return &e
}

func ticket(code string, ends time.Time) *canon.Ticket {
	if code == "" {
		return nil
	}
	return &canon.Ticket{Opaque: []byte(code), Expires: ends, Calls: 1, Parts: 1}
}

// failReason is what msg_send_fail's fail_type means, in both languages.
func failReason(kind int) string {
	switch kind {
	case 1:
		return "客服账号已删除 · The service account was deleted."
	case 2:
		return "应用已关闭 · The application is switched off."
	case 4:
		return "会话已过期，超过48小时 · The customer last wrote over 48 hours ago."
	case 5:
		return "会话已关闭 · The session is closed."
	case 6:
		return "超过5条限制 · Five messages were sent since the customer last wrote."
	case 7, 8, 9:
		return "主体未验证或未绑定视频号 · The corporation is not verified."
	case 10:
		return "用户拒收 · The customer refuses messages."
	case 11:
		return "企业未有成员登录企业微信App · No member of the corporation has signed in to WeCom."
	case 12:
		return "消息类型不允许下发 · This kind of message may not be sent."
	case 13:
		return "安全限制 · Held back by WeCom's security."
	}
	return "未知原因 · WeCom gives no reason."
}
