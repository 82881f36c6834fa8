package wecom

import (
	"context"
	"errors"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// A customer group is a peer whose name begins so; ids of groups begin with wr,
// but nothing promises that.
const groupPrefix = "group:"

func groupPeer(chat string) canon.RemoteID { return canon.RemoteID(groupPrefix + chat) }

func groupOf(peer canon.RemoteID) (chat string, ok bool) {
	return strings.CutPrefix(string(peer), groupPrefix)
}

type groupChat struct {
	Name  string `json:"name"`
	Owner string `json:"owner"`
}

// group looks a customer group up (92122 获取客户群详情).
func (a *app) group(ctx context.Context, chat string) (groupChat, error) {
	var out struct {
		Chat groupChat `json:"group_chat"`
	}
	in := struct {
		ChatID   string `json:"chat_id"`
		NeedName int    `json:"need_name"`
	}{ChatID: chat}
	err := a.call(ctx, "externalcontact/groupchat/get", "/cgi-bin/externalcontact/groupchat/get", in, &out)
	return out.Chat, err
}

// groupSend is a task for the owner of a group to send a message (92135).
type groupSend struct {
	ChatType    string            `json:"chat_type"` // "group"
	ChatIDs     []string          `json:"chat_id_list"`
	Sender      string            `json:"sender"`
	Text        *contentField     `json:"text,omitempty"`
	Attachments []groupAttachment `json:"attachments,omitempty"`
}

type groupAttachment struct {
	MsgType string      `json:"msgtype"`
	Image   *mediaField `json:"image,omitempty"`
	Video   *mediaField `json:"video,omitempty"`
	File    *mediaField `json:"file,omitempty"`
	Link    *groupLink  `json:"link,omitempty"`
}

type groupLink struct {
	Title string `json:"title"`
	Desc  string `json:"desc,omitempty"`
	URL   string `json:"url"`
}

// sendGroup makes the task. The group sees the message once its owner confirms
// in WeCom: nothing reaches a group by API alone.
func (a *app) sendGroup(ctx context.Context, r connector.Request, chat string) (connector.Receipt, error) {
	g, err := a.group(ctx, chat)
	if err != nil {
		return connector.Receipt{}, connector.Harmless(err)
	}
	task := groupSend{ChatType: "group", ChatIDs: []string{chat}, Sender: g.Owner}
	switch p := only(r.Message).(type) {
	case canon.Media:
		kind, id, err := attached(r, p)
		if err != nil {
			return connector.Receipt{}, err
		}
		task.Attachments = []groupAttachment{groupMedia(kind, id)}
	case canon.Card:
		if openable(p.URL) != "" && p.Title != "" && len(p.URL) <= maxURL {
			task.Attachments = []groupAttachment{{MsgType: "link", Link: &groupLink{
				Title: maxTitle.Head(clean(p.Title), "…"), Desc: maxDesc.Head(clean(summary(p)), "…"), URL: p.URL}}}
			break
		}
		task.Text = &contentField{clean(words(p))}
	default:
		task.Text = &contentField{clean(words(p))}
	}
	var out struct {
		MsgID    string   `json:"msgid"`
		FailList []string `json:"fail_list"`
	}
	if err := a.call(ctx, "externalcontact/add_msg_template", "/cgi-bin/externalcontact/add_msg_template", task, &out); err != nil {
		return connector.Receipt{}, err
	}
	if len(out.FailList) > 0 {
		return connector.Receipt{}, &connector.Error{Class: connector.Invalid, Code: "fail_list", Err: errors.New("the group is not one the application may send to"),
			Shown: text("WeCom cannot send to this group. Its owner must be in the application's visible range.", "无法向该客户群发送：群主需在应用的可见范围内。")}
	}
	return connector.Receipt{RemoteID: canon.RemoteID(out.MsgID), State: canon.Sent}, nil
}

func groupMedia(kind, id string) groupAttachment {
	m := &mediaField{id}
	switch kind {
	case "image":
		return groupAttachment{MsgType: kind, Image: m}
	case "video":
		return groupAttachment{MsgType: kind, Video: m}
	}
	return groupAttachment{MsgType: "file", File: m}
}
