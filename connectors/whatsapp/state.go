//go:build !nogpl

package whatsapp

import (
	"errors"
	"fmt"
	"time"

	"go.mau.fi/whatsmeow/types/events"

	"parley/core/connector"
)

func state(h connector.Health, code string, text, remedy connector.Text) connector.State {
	return connector.State{Health: h, Code: code, Text: text, Remedy: remedy}
}

func (c *conn) tell(s connector.State) {
	s.At = c.env.Clock()
	c.env.State(s)
}

// failed is a state as the class of what cannot be sent meanwhile.
func failed(class connector.Class, s connector.State) *connector.Error {
	return &connector.Error{Class: class, Scope: connector.ScopeLink, Code: s.Code, Err: errors.New(s.Text.EN), Shown: text(s.Text.EN+" "+s.Remedy.EN, s.Text.ZH+s.Remedy.ZH)}
}

func goodState() connector.State {
	return state(connector.HealthGood, "ok", text("The device is linked and connected.", "设备已关联并保持连接。"), connector.Text{})
}

func notLinked() connector.State {
	return state(connector.HealthBad, "not_linked", text("No phone is linked yet.", "尚未关联手机。"),
		text("Link it: scan the code with WhatsApp on the phone, under Linked devices.", "请在手机 WhatsApp 的“已关联设备”中扫码关联。"))
}

func unlinked() *connector.Error { return failed(connector.NeedsLogin, notLinked()) }

func disconnected() connector.State {
	return state(connector.HealthPoor, "disconnected", text("The connection to WhatsApp is cut.", "与 WhatsApp 的连接已断开。"),
		text("It is opened again by itself; nothing is lost. If it lasts, check the hub's way to web.whatsapp.com.", "系统会自动重连，消息不会丢失。若持续出现，请检查系统到 web.whatsapp.com 的网络。"))
}

// away is what sending meets while there is no connection on this node.
func away() *connector.Error { return failed(connector.Transient, disconnected()) }

func loggedOut() connector.State {
	return state(connector.HealthBad, "logged_out", text("The phone has unlinked this device.", "手机已取消关联此设备。"),
		text("Link it again with the code. Conversations stay.", "请重新扫码关联，历史会话会保留。"))
}

func locked() connector.State {
	return state(connector.HealthBad, "locked", text("WhatsApp has signed out the number's main phone, so this device is unlinked.", "该号码的主手机已被 WhatsApp 登出，设备随之解除关联。"),
		text("Open WhatsApp on the phone and follow what it says, then link again.", "请在手机上打开 WhatsApp 并按提示处理，然后重新关联。"))
}

func bannedForGood() connector.State {
	return state(connector.HealthBad, "banned", text("WhatsApp has banned this number.", "该号码已被 WhatsApp 封禁。"),
		text("Open WhatsApp on the phone and ask for a review. Take the Cloud API for the business meanwhile.", "请在手机 WhatsApp 中申请复核；期间可改用 Cloud API。"))
}

func bannedFor(b *events.TemporaryBan) connector.State {
	en, zh := banReason(b.Code)
	return state(connector.HealthBad, "banned_for_a_time",
		text(fmt.Sprintf("WhatsApp has banned this number for %s: %s.", spell(b.Expire), en), fmt.Sprintf("该号码被 WhatsApp 临时封禁 %s：%s。", spellZH(b.Expire), zh)),
		text("Wait until it ends; it is tried again then. Answer only people who write first, and lower the pace.", "请等待封禁结束，届时系统会自动重试。请只回复主动来信的客户，并降低发送速度。"))
}

// banReason words the codes of a ban; events.TempBanReason.
func banReason(code events.TempBanReason) (en, zh string) {
	switch code {
	case events.TempBanSentToTooManyPeople:
		return "it wrote to too many people who do not have it among their contacts", "向过多未保存此号码的人发送了消息"
	case events.TempBanBlockedByUsers:
		return "too many people blocked it", "被过多用户屏蔽"
	case events.TempBanCreatedTooManyGroups:
		return "it made too many groups with strangers", "与陌生人创建了过多群组"
	case events.TempBanSentTooManySameMessage:
		return "it sent the same message to too many people", "向过多的人发送了相同内容"
	case events.TempBanBroadcastList:
		return "it sent too much to a broadcast list", "通过广播列表发送过多"
	}
	return "it may have broken the terms of service", "可能违反了服务条款"
}

func spell(d time.Duration) string {
	if d >= 2*time.Hour {
		return fmt.Sprintf("%d hours", int(d.Round(time.Hour).Hours()))
	}
	return fmt.Sprintf("%d minutes", max(1, int(d.Round(time.Minute).Minutes())))
}

func spellZH(d time.Duration) string {
	if d >= 2*time.Hour {
		return fmt.Sprintf("%d 小时", int(d.Round(time.Hour).Hours()))
	}
	return fmt.Sprintf("%d 分钟", max(1, int(d.Round(time.Minute).Minutes())))
}

func replaced() connector.State {
	return state(connector.HealthBad, "replaced", text("Another program uses this device's session.", "此设备的会话正被其他程序使用。"),
		text("Stop the other program, such as a copy of this hub, then pause and resume the account.", "请停止另一个程序（例如本系统的副本），然后暂停并恢复此账号。"))
}

func outdated() connector.State {
	return state(connector.HealthBad, "client_outdated", text("WhatsApp does not let this client version in any more.", "WhatsApp 不再接受当前客户端版本。"),
		text("Install the newest Parley. Until then, write the version WhatsApp Web runs now under Client version.", "请升级到最新版 Parley；在此之前可在“客户端版本号”中填写当前 WhatsApp Web 的版本。"))
}

func refusedFor(reason events.ConnectFailureReason) connector.State {
	return state(connector.HealthBad, "refused_"+reason.NumberString(), text("WhatsApp refuses the connection ("+reason.NumberString()+").", "WhatsApp 拒绝连接（"+reason.NumberString()+"）。"),
		text("It is tried again by itself in a few minutes. If it lasts, link the phone again.", "系统会在几分钟后自动重试。若持续出现，请重新关联手机。"))
}

func storeTrouble() connector.State {
	return state(connector.HealthPoor, "session_store", text("The session cannot be read or written.", "会话数据无法读写。"),
		text("It is tried again by itself. Look at the hub's disk and database.", "系统会自动重试。请检查系统的磁盘和数据库。"))
}
