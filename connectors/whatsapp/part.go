//go:build !nogpl

package whatsapp

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"

	"parley/core/canon"
)

// partsOf is the content of a message, empty when it has none that is known.
func partsOf(m *waE2E.Message) []canon.Part {
	if inner := m.GetDocumentWithCaptionMessage().GetMessage(); inner != nil {
		m = inner
	}
	one := func(p canon.Part) []canon.Part { return []canon.Part{p} }
	switch {
	case m.GetConversation() != "":
		return one(canon.Text{Body: m.GetConversation()})
	case m.GetExtendedTextMessage().GetText() != "":
		return one(canon.Text{Body: m.GetExtendedTextMessage().GetText()})
	case m.GetLocationMessage() != nil:
		l := m.GetLocationMessage()
		return place(l.GetDegreesLatitude(), l.GetDegreesLongitude(), l.GetName(), l.GetAddress())
	case m.GetLiveLocationMessage() != nil:
		l := m.GetLiveLocationMessage()
		return place(l.GetDegreesLatitude(), l.GetDegreesLongitude(), l.GetCaption(), "")
	case m.GetContactMessage() != nil:
		return one(contact(m.GetContactMessage()))
	case m.GetContactsArrayMessage() != nil:
		var out []canon.Part
		for _, c := range m.GetContactsArrayMessage().GetContacts() {
			out = append(out, contact(c))
		}
		return out
	case m.GetStickerMessage() != nil:
		s := m.GetStickerMessage()
		media := file("image", canon.MediaImage, s)
		media.Width, media.Height = int(s.GetWidth()), int(s.GetHeight())
		return one(canon.Sticker{Image: media, RemoteID: media.RemoteID})
	}
	if p, ok := mediaOf(m); ok {
		return one(p)
	}
	return cards(m)
}

func place(lat, lon float64, title, address string) []canon.Part {
	if !(math.Abs(lat) <= 90 && math.Abs(lon) <= 180) { // nor is it a number
		return nil
	}
	return []canon.Part{canon.Location{Lat: lat, Lon: lon, Title: title, Address: address}}
}

func contact(c *waE2E.ContactMessage) canon.Contact {
	out := canon.Contact{Name: c.GetDisplayName(), VCard: c.GetVcard()}
	for line := range strings.Lines(c.GetVcard()) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if name, _, _ = strings.Cut(name, ";"); !ok {
			continue
		}
		if at := strings.LastIndexByte(name, '.'); at >= 0 { // "item1.TEL"
			name = name[at+1:]
		}
		switch strings.ToUpper(name) {
		case "TEL":
			out.Phones = append(out.Phones, value)
		case "EMAIL":
			out.Emails = append(out.Emails, value)
		case "ORG":
			out.Org = strings.Trim(value, ";")
		}
	}
	return out
}

func mediaOf(m *waE2E.Message) (canon.Media, bool) {
	switch {
	case m.GetImageMessage() != nil:
		i := m.GetImageMessage()
		out := file("image", canon.MediaImage, i)
		out.Caption, out.Width, out.Height = i.GetCaption(), int(i.GetWidth()), int(i.GetHeight())
		return out, true
	case m.GetVideoMessage() != nil, m.GetPtvMessage() != nil:
		v := cmp.Or(m.GetVideoMessage(), m.GetPtvMessage())
		out := file("video", canon.MediaVideo, v)
		if v.GetGifPlayback() {
			out.Kind = canon.MediaAnimation
		}
		out.Caption, out.Width, out.Height, out.Millis = v.GetCaption(), int(v.GetWidth()), int(v.GetHeight()), millis(v.GetSeconds())
		return out, true
	case m.GetAudioMessage() != nil:
		a := m.GetAudioMessage()
		out := file("audio", canon.MediaAudio, a)
		if a.GetPTT() {
			out.Kind, out.Wave = canon.MediaVoice, wave(a.GetWaveform())
		}
		out.Millis = millis(a.GetSeconds())
		return out, true
	case m.GetDocumentMessage() != nil:
		d := m.GetDocumentMessage()
		out := file("document", canon.MediaFile, d)
		out.Name, out.Caption = cmp.Or(d.GetFileName(), d.GetTitle()), d.GetCaption()
		return out, true
	}
	return canon.Media{}, false
}

// wave turns levels 0–100 into 0–255.
func wave(levels []byte) []byte {
	if len(levels) > 64 {
		return nil
	}
	out := slices.Clone(levels)
	for i, v := range out {
		out[i] = byte(min(int(v), 100) * 255 / 100)
	}
	return out
}

func millis(seconds uint32) int64 {
	if seconds > uint32((1000 * time.Hour).Seconds()) {
		return 0 // a sender's nonsense
	}
	return int64(seconds) * 1000
}

// cards are what is more than words: products, orders, invitations, polls.
func cards(m *waE2E.Message) []canon.Part {
	one := func(p canon.Part) []canon.Part { return []canon.Part{p} }
	switch {
	case m.GetProductMessage() != nil:
		p := m.GetProductMessage().GetProduct()
		return one(canon.Card{Kind: canon.CardProduct, Ref: p.GetProductID(), Title: cmp.Or(p.GetTitle(), "Product"), Text: p.GetDescription(), URL: web(p.GetURL()), Price: price(p.GetPriceAmount1000(), p.GetCurrencyCode())})
	case m.GetOrderMessage() != nil:
		o := m.GetOrderMessage()
		return one(canon.Card{Kind: canon.CardOrder, Ref: o.GetOrderID(), Title: cmp.Or(o.GetOrderTitle(), "Order"), Text: o.GetMessage(), Price: price(o.GetTotalAmount1000(), o.GetTotalCurrencyCode())})
	case m.GetGroupInviteMessage() != nil:
		g := m.GetGroupInviteMessage()
		return one(canon.Card{Kind: canon.CardLink, Title: cmp.Or(g.GetGroupName(), "Group"), Text: g.GetCaption(), URL: "https://chat.whatsapp.com/" + g.GetInviteCode()})
	case m.GetEventMessage() != nil:
		e := m.GetEventMessage()
		return one(canon.Opaque{Name: "event", Text: strings.TrimSpace(strings.Join([]string{e.GetName(), e.GetDescription(), time.Unix(e.GetStartTime(), 0).UTC().Format("2006-01-02 15:04 UTC")}, "\n"))})
	}
	for _, p := range []*waE2E.PollCreationMessage{m.GetPollCreationMessage(), m.GetPollCreationMessageV2(), m.GetPollCreationMessageV3()} {
		if p != nil {
			lines := []string{p.GetName()}
			for i, o := range p.GetOptions() {
				lines = append(lines, fmt.Sprintf("%d. %s", i+1, o.GetOptionName()))
			}
			return one(canon.Opaque{Name: "poll", Text: strings.Join(lines, "\n")})
		}
	}
	for name, said := range map[string]string{
		"buttons": m.GetButtonsMessage().GetContentText(), "list": m.GetListMessage().GetDescription(),
		"interactive": m.GetInteractiveMessage().GetBody().GetText(), "template": m.GetTemplateMessage().GetHydratedTemplate().GetHydratedContentText(),
	} {
		if said != "" {
			return one(canon.Opaque{Name: name, Text: said})
		}
	}
	return nil
}

func price(thousandths int64, currency string) string {
	if thousandths == 0 {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%.2f %s", float64(thousandths)/1000, currency))
}

// web leaves out what is no address of a page.
func web(address string) string {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") {
		return address
	}
	return ""
}

func sorted(fields []canon.Field) []canon.Field {
	slices.SortFunc(fields, func(a, b canon.Field) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// contextOf is what a message says of others.
func contextOf(m *waE2E.Message) *waE2E.ContextInfo {
	if inner := m.GetDocumentWithCaptionMessage().GetMessage(); inner != nil {
		m = inner
	}
	type speaks interface{ GetContextInfo() *waE2E.ContextInfo }
	for _, p := range []speaks{
		m.GetExtendedTextMessage(), m.GetImageMessage(), m.GetVideoMessage(), m.GetAudioMessage(), m.GetDocumentMessage(),
		m.GetStickerMessage(), m.GetLocationMessage(), m.GetContactMessage(), m.GetContactsArrayMessage(), m.GetPtvMessage(),
	} {
		if c := p.GetContextInfo(); c != nil {
			return c
		}
	}
	return nil
}
