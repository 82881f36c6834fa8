package conntest

import (
	"slices"

	"parley/core/canon"
	"parley/core/connector"
)

// samplePart is a part of the given key with something in every field that
// matters.
func samplePart(key string) canon.Part {
	media := func(kind canon.MediaKind, id canon.ID) canon.Part {
		info := sampleInfo(id)
		return canon.Media{Kind: kind, File: id, Name: info.Name, MIME: info.MIME, Size: info.Size, Caption: "caption 说明"}
	}
	options := []canon.Option{
		{Kind: canon.OptionReply, Label: "Order 查订单", Value: "order"},
		{Kind: canon.OptionURL, Label: "Shop", Value: "shop", URL: "https://example.com/shop"},
	}
	switch key {
	case "text":
		return canon.Text{Body: "Hello 你好 👩‍👩‍👧"}
	case "media.image":
		return media(canon.MediaImage, fileImage)
	case "media.animation":
		return media(canon.MediaAnimation, fileVideo)
	case "media.voice":
		return canon.Media{Kind: canon.MediaVoice, File: fileVoice, Name: "voice.ogg", MIME: "audio/ogg", Millis: 2000}
	case "media.audio":
		return media(canon.MediaAudio, fileVoice)
	case "media.video":
		return media(canon.MediaVideo, fileVideo)
	case "media.file":
		return media(canon.MediaFile, filePDF)
	case "location":
		return canon.Location{Lat: 31.23, Lon: 121.47, Title: "人民广场", Address: "上海"}
	case "sticker":
		return canon.Sticker{Image: canon.Media{Kind: canon.MediaImage, File: fileImage}, Emoji: "😺"}
	case "contact":
		return canon.Contact{Name: "李雷", Phones: []string{"+8613800000000"}}
	case "choices.quick":
		return canon.Choices{Style: canon.ChoiceQuick, Prompt: "Which? 哪个", Options: options[:1]}
	case "choices.buttons":
		return canon.Choices{Style: canon.ChoiceButtons, Prompt: "Which? 哪个", Options: options}
	case "choices.list":
		return canon.Choices{Style: canon.ChoiceList, Prompt: "Which? 哪个", Options: options[:1]}
	case "template":
		return canon.Template{Name: "order_shipped", Locale: "zh_CN", Text: "您的订单已发货", Params: []canon.TemplateParam{{Slot: "body.1", Text: "1042"}}}
	case "card.product", "card.order", "card.link", "card.app", "card.article":
		return canon.Card{Kind: canon.CardKind(key[len("card."):]), Ref: "A-1", Title: "茶杯", Text: "白瓷", URL: "https://example.com/p/1", Price: "¥128.00", Image: canon.Media{Kind: canon.MediaImage, File: fileImage}}
	case "opaque":
		return canon.Opaque{Name: "poll", Text: "投票", Raw: []byte(`{"type":"poll"}`)}
	}
	return nil
}

// part is the suite's sample of a key, or the kit's.
func (l *lab) part(key string) canon.Part {
	if p, ok := l.suite.Parts[key]; ok {
		return p
	}
	return samplePart(key)
}

// fileIDs lists the stored files a message carries.
func fileIDs(m canon.Message) []canon.ID {
	var out []canon.ID
	add := func(id canon.ID) {
		if !id.IsZero() && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for _, part := range m.Parts {
		switch p := part.(type) {
		case canon.Media:
			add(p.File)
		case canon.Sticker:
			add(p.Image.File)
		case canon.Card:
			add(p.Image.File)
		case canon.Template:
			for _, param := range p.Params {
				add(param.File)
			}
		}
	}
	return out
}

func checkParts(l *lab) {
	caps := l.caps()
	for i, key := range connector.PartKeys() {
		level := caps.Parts[key]
		if level != connector.Full && level != connector.Partial {
			continue
		}
		l.at = key
		before := len(l.visible())
		if _, err := l.send(l.request(byte(20+i), canon.Message{Parts: []canon.Part{l.part(key)}})); err != nil {
			l.find("it is declared %s, but Send fails: %v", level, err)
		} else if len(l.visible()) == before && !l.suite.Own {
			l.find("it is declared %s and Send succeeded, but no customer saw it", level)
		}
	}
}
