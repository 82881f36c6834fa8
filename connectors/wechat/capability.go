package wechat

import (
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// Sizes of temporary material (新增临时素材): image 10 MB, voice 2 MB and 60 s,
// video 10 MB MP4. https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia
const (
	maxImage     = 10 << 20
	maxVoice     = 2 << 20
	maxVideo     = 10 << 20
	voiceSeconds = 60
)

// maxText is the longest content of a text, in bytes; a longer one is refused
// with 45002.
const maxText = 2048

var images = []string{"image/jpeg", "image/png", "image/gif"}

// sounds are recordings that become MP3 where the hub can convert.
var sounds = []string{"audio/ogg", "audio/webm", "audio/mp4", "audio/aac", "audio/wav", "audio/x-wav", "audio/x-m4a"}

// soundEverything stands for a hub that can convert, for the ceiling.
type soundEverything struct{ connector.Converter }

func (soundEverything) Can(string, string) bool { return true }

func baseCaps() connector.Capabilities {
	c := connector.Capabilities{
		Parts: map[string]connector.Level{}, Ops: map[connector.Operation]connector.Level{
			connector.OpsTyping: connector.Full, connector.OpsUpload: connector.Full, connector.OpsFetch: connector.Full,
			connector.OpsTemplates: connector.Full, connector.OpsProbe: connector.Full,
			connector.OpsEdit: connector.Degrade, // a correction
		},
		Text:        connector.Length{Max: maxText, Unit: connector.Bytes},
		Media:       map[canon.MediaKind]connector.MediaLimit{canon.MediaImage: {MIME: images, Bytes: maxImage}},
		TypingEvery: 12 * time.Second, // the sign stands about 15 s
		// 客服消息下发规则: 5 within 48 h of a message.
		Window: connector.Window{For: 48 * time.Hour, Messages: 5},
	}
	for _, key := range connector.PartKeys() {
		c.Parts[key] = connector.Degrade
	}
	for _, key := range []string{"text", "media.image", "template", "card.link", "card.article", "card.app"} {
		c.Parts[key] = connector.Full
	}
	for _, key := range []string{"card.product", "card.order", "sticker"} {
		c.Parts[key] = connector.Partial
	}
	return c
}

// officialCaps are those of an official account of a hub that can convert what
// convert can.
func officialCaps(convert connector.Converter) connector.Capabilities {
	c := baseCaps()
	for _, op := range []connector.Operation{connector.OpsProfile, connector.OpsMenu} {
		c.Ops[op] = connector.Full
	}
	for _, key := range []string{"media.voice", "media.video", "choices.quick"} {
		c.Parts[key] = connector.Full
	}
	for _, key := range []string{"media.audio", "media.animation", "choices.buttons", "choices.list"} {
		c.Parts[key] = connector.Partial
	}
	voice := []string{"audio/amr", "audio/mpeg", "audio/mp3"}
	if convert != nil {
		for _, from := range sounds {
			if convert.Can(from, "audio/mpeg") {
				voice = append(voice, from)
			}
		}
	}
	sound := connector.MediaLimit{MIME: voice, Bytes: maxVoice, Duration: voiceSeconds * time.Second}
	c.Media[canon.MediaVoice], c.Media[canon.MediaAudio] = sound, sound
	c.Media[canon.MediaVideo] = connector.MediaLimit{MIME: []string{"video/mp4"}, Bytes: maxVideo}
	c.Media[canon.MediaAnimation] = connector.MediaLimit{MIME: []string{"image/gif", "video/mp4"}, Bytes: maxVideo}
	// 菜单消息: no limit is documented; ten lines still fit a telephone.
	c.Choices = connector.ChoiceLimit{Quick: 10, Buttons: 10, List: 10, Label: connector.Length{Max: 128, Unit: connector.Bytes}}
	c.Receipts = []canon.Delivery{canon.Delivered, canon.Failed} // TEMPLATESENDJOBFINISH
	// https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu
	c.Menu = connector.MenuLimit{
		Top: 3, Sub: 5,
		Label: connector.Length{Max: 16, Unit: connector.Bytes}, SubLabel: connector.Length{Max: 60, Unit: connector.Bytes},
		Value: connector.Length{Max: 128, Unit: connector.Bytes}, URL: connector.Length{Max: 1024, Unit: connector.Bytes},
		Kinds: []canon.OptionKind{canon.OptionReply, canon.OptionURL, canon.OptionApp, canon.OptionHuman, canon.OptionLocation},
	}
	return c
}

// miniCaps are those of a mini-program: text, picture, link and page.
// https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/customer-message/send.html
func miniCaps() connector.Capabilities {
	c := baseCaps()
	c.Receipts = []canon.Delivery{canon.Delivered, canon.Failed} // subscribe_msg_sent_event
	return c
}
