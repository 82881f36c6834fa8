//go:build !nogpl

package whatsapp

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"go.mau.fi/whatsmeow/store"

	"parley/core/connector"
)

// usualPace is how many messages a minute a number may send: as fast as a busy
// person types. WhatsApp publishes no limit for linked devices.
const usualPace = "20"

func form() connector.Form {
	return connector.Form{
		Docs: "https://faq.whatsapp.com/1317564962315842", // how to link a device
		Fields: []connector.Field{
			{
				Name: "accept_risk", Kind: connector.FieldSwitch, Default: "false", Label: text("I know that WhatsApp may ban this number", "我已知悉该号码可能被 WhatsApp 封禁"),
				Help: text("WhatsApp's terms allow only its own apps and its paid API. A number used this way can be banned at any time, for a while or for good, with its chats. Use one you can lose, answer only people who write first, and never send to lists. The official way is WhatsApp Business (Cloud API).",
					"WhatsApp 条款只允许使用其官方应用和付费 API。以此方式使用的号码随时可能被临时或永久封禁，聊天记录也会丢失。请使用可以承受损失的号码，只回复主动联系您的客户，切勿群发。官方方式为“WhatsApp 商业平台”（Cloud API）。"),
			},
			{
				Name: "reply_first", Kind: connector.FieldSwitch, Default: "true", Label: text("Only answer people who wrote first", "只回复主动联系的客户"),
				Help: text("Messages to people who never wrote wait until they do. Writing to strangers is what WhatsApp bans numbers for most.",
					"发给从未来信者的消息会等到对方来信后再发送。向陌生人发消息是号码被封禁的最主要原因。"),
			},
			{
				Name: "pace", Kind: connector.FieldNumber, Default: usualPace, Min: 1, Max: 600, Label: text("Messages a minute", "每分钟消息数"), Advanced: true,
				Help: text("More wait and go out at this pace. WhatsApp names no limit; a number that sends like a machine is banned.",
					"超出的消息排队按此速度发送。WhatsApp 未公布上限，但发送频率像机器的号码会被封禁。"),
			},
			{
				Name: "online", Kind: connector.FieldSwitch, Default: "true", Label: text("Show as online", "显示为在线"), Advanced: true,
				Help: text("Needed to see when customers are typing. While it is on, the phone itself may stay silent about new messages.",
					"开启后才能看到客户“正在输入”。开启期间手机可能不再提示新消息。"),
			},
			{
				Name: "reject_calls", Kind: connector.FieldSwitch, Default: "false", Label: text("Reject calls", "拒接来电"), Advanced: true,
				Help: text("Calls are shown in the conversation either way. Rejected ones do not ring on the phone.", "来电都会记录在会话中。拒接后手机不再响铃。"),
			},
			{
				Name: "client_version", Kind: connector.FieldText, Advanced: true, Example: "2.3000.1047769893", Pattern: `^[0-9]{1,3}\.[0-9]{1,6}\.[0-9]{1,10}$`,
				Label: text("Client version", "客户端版本号"),
				Help: text("Only if this account shows “client outdated” and no newer Parley is out yet: the version WhatsApp Web runs now (web.whatsapp.com, Settings, Help). Empty: the built-in one.",
					"仅当账号提示“客户端版本过旧”且暂无新版 Parley 时填写：当前 WhatsApp Web 的版本号（web.whatsapp.com → 设置 → 帮助）。留空则使用内置版本。"),
			},
			{
				Name: "session", Kind: connector.FieldText, Advanced: true, Pattern: `^[0-9]{5,20}(:[0-9]{1,5})?@s\.whatsapp\.net$`, Label: text("Linked device", "已关联设备"),
				Help: text("Filled in when the phone has linked it. Empty it only to forget the device.", "手机完成关联后自动填写。清空即忘记该设备。"),
			},
		},
		Check: func(v connector.Values) (bad []connector.FieldError) {
			if v["accept_risk"] != "true" {
				bad = append(bad, connector.FieldError{Field: "accept_risk", Text: text("Read the notice and switch this on to go on.", "请阅读风险提示并开启此项后继续。")})
			}
			return bad
		},
	}
}

// readVersion reads a client version; "" is none.
func readVersion(s string) (*store.WAVersionContainer, error) {
	if s == "" {
		return nil, nil
	}
	parts := strings.Split(s, ".")
	var v store.WAVersionContainer
	if len(parts) != len(v) {
		return nil, errors.New("a client version has three numbers")
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return nil, errors.New("a client version has three numbers")
		}
		v[i] = uint32(n)
	}
	return &v, nil
}

var digits = regexp.MustCompile(`[^0-9]`)
