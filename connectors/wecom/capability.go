package wecom

import (
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// media are the limits of temporary files (90253 上传临时素材), which both kinds
// send from. WeCom keeps them for three days.
func media() map[canon.MediaKind]connector.MediaLimit {
	file := connector.MediaLimit{Bytes: 20 << 20}
	return map[canon.MediaKind]connector.MediaLimit{
		canon.MediaImage:     {MIME: []string{"image/jpeg", "image/png"}, Bytes: 10 << 20},
		canon.MediaVoice:     {MIME: []string{"audio/amr"}, Bytes: 2 << 20, Duration: time.Minute},
		canon.MediaVideo:     {MIME: []string{"video/mp4"}, Bytes: 10 << 20},
		canon.MediaAudio:     file,
		canon.MediaAnimation: file,
		canon.MediaFile:      file,
	}
}

// mediaLife is how long the platform keeps an uploaded file.
const mediaLife = 72 * time.Hour

// The limits of text cards and links, in bytes; longer ones are cut by the
// platform or refused (90236, 94677).
var (
	maxTitle = connector.Length{Max: 128, Unit: connector.Bytes}
	maxDesc  = connector.Length{Max: 512, Unit: connector.Bytes}
	maxApp   = connector.Length{Max: 64, Unit: connector.Bytes} // title of a mini-program card
)

const maxURL = 2048 // bytes

func parts(levels map[string]connector.Level) map[string]connector.Level {
	out := map[string]connector.Level{
		"text": connector.Full, "media.image": connector.Full, "media.voice": connector.Full, "media.video": connector.Full, "media.file": connector.Full,
		"media.audio":     connector.Partial, // a file
		"media.animation": connector.Partial, // a file: WeCom takes JPG and PNG as pictures
		"sticker":         connector.Partial, // a picture, or its emoji
		"contact":         connector.Degrade,
		"template":        connector.Degrade,
		"opaque":          connector.Degrade,
	}
	for key, level := range levels {
		out[key] = level
	}
	return out
}

// appCapabilities are those of an application's chat with one member (90236
// 发送应用消息).
func appCapabilities() connector.Capabilities {
	return connector.Capabilities{
		Parts: parts(map[string]connector.Level{
			"location":        connector.Degrade,
			"choices.quick":   connector.Full, // a template card with buttons
			"choices.buttons": connector.Full,
			"choices.list":    connector.Degrade,
			"card.product":    connector.Partial, // a text card: no picture
			"card.order":      connector.Partial,
			"card.link":       connector.Full,
			"card.article":    connector.Partial,
			"card.app":        connector.Degrade,
		}),
		Ops: map[connector.Operation]connector.Level{
			connector.OpsRevoke: connector.Partial, // in WeCom, not in its plug-in for WeChat (94867)
			connector.OpsEdit:   connector.Degrade, // a correction
			connector.OpsUpload: connector.Full, connector.OpsFetch: connector.Full,
			connector.OpsProfile: connector.Full, connector.OpsProbe: connector.Full,
			connector.OpsMenu: connector.Full,
		},
		Menu:  menuLimit(),
		Text:  connector.Length{Max: 2048, Unit: connector.Bytes},
		Spans: true, // as markdown, which WeCom shows and its plug-in for WeChat does not
		Media: media(),
		Choices: connector.ChoiceLimit{
			Quick: 6, Buttons: 6, Columns: 1, // button_list of button_interaction
			Label: connector.Length{Max: 30, Unit: connector.Runes},
			Value: connector.Length{Max: 1024, Unit: connector.Bytes},
		},
		RevokeWithin: 24 * time.Hour,
	}
}

// groupCapabilities are those of a customer group: sending makes a task that the
// group's owner confirms in WeCom (92135 创建企业群发).
func groupCapabilities() connector.Capabilities {
	c := appCapabilities()
	c.Group = true
	for _, key := range []string{"media.voice", "choices.quick", "choices.buttons", "card.product", "card.order", "card.article"} {
		c.Parts[key] = connector.Degrade
	}
	c.Parts["card.link"], c.Parts["card.app"] = connector.Full, connector.Degrade
	c.Ops[connector.OpsProfile] = connector.Drop
	c.Text = connector.Length{Max: 4000, Unit: connector.Bytes}
	c.Spans = false
	c.Choices = connector.ChoiceLimit{}
	c.Ops[connector.OpsRevoke], c.Ops[connector.OpsEdit], c.Ops[connector.OpsMenu] = connector.Drop, connector.Drop, connector.Drop
	c.Menu = connector.MenuLimit{}
	return c
}

// kfCapabilities are those of WeChat customer service (94677 发送消息). msgid may
// be ours, but nothing says that a repeated one is recognised: an uncertain
// message is shown as such, never sent again.
func kfCapabilities() connector.Capabilities {
	return connector.Capabilities{
		Parts: parts(map[string]connector.Level{
			"location":        connector.Full,
			"choices.quick":   connector.Full, // msgmenu
			"choices.buttons": connector.Full,
			"choices.list":    connector.Partial, // without sections and details
			"card.product":    connector.Partial, // a link with its picture
			"card.order":      connector.Partial,
			"card.link":       connector.Full,
			"card.article":    connector.Full,
			"card.app":        connector.Full,
		}),
		Ops: map[connector.Operation]connector.Level{
			connector.OpsUpload: connector.Full, connector.OpsFetch: connector.Full, connector.OpsProfile: connector.Full,
			connector.OpsDesk: connector.Full, connector.OpsProbe: connector.Full,
			connector.OpsEdit:   connector.Degrade, // a correction
			connector.OpsRevoke: connector.Full,
		},
		RevokeWithin: 2 * time.Minute, // kf/recall_msg, 撤回消息

		Text:  connector.Length{Max: 2048, Unit: connector.Bytes},
		Media: media(),
		Choices: connector.ChoiceLimit{
			Quick: 10, Buttons: 10, List: 10, Columns: 1,
			Label: connector.Length{Max: 128, Unit: connector.Bytes},
			Value: connector.Length{Max: 64, Unit: connector.Bytes},
		},
		Window:   connector.Window{For: windowFor, Messages: windowMessages},
		Receipts: []canon.Delivery{canon.Failed},
	}
}
