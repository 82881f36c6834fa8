package telegram

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"parley/core/canon"
)

// partsOf is the content of a message, empty when it has none that is known by
// type. An animation is also a document, a venue also a location, for clients
// that are older.
func partsOf(m *message) []canon.Part {
	switch {
	case m.Text != "":
		return []canon.Part{canon.Text{Body: m.Text, Spans: spansOf(m.Text, m.Entities)}}
	case m.Sticker != nil:
		return []canon.Part{stickerOf(m.Sticker)}
	case m.Contact != nil:
		return []canon.Part{canon.Contact{
			Name: strings.TrimSpace(m.Contact.FirstName + " " + m.Contact.LastName), Phones: []string{plus(m.Contact.PhoneNumber)}, VCard: m.Contact.VCard,
		}}
	case m.Venue != nil:
		v := m.Venue
		return []canon.Part{canon.Location{Lat: v.Location.Latitude, Lon: v.Location.Longitude, Title: v.Title, Address: v.Address}}
	case m.Location != nil:
		return []canon.Part{canon.Location{Lat: m.Location.Latitude, Lon: m.Location.Longitude}}
	}
	media, ok := mediaOf(m)
	if !ok {
		return nil
	}
	media.State, media.Caption = canon.MediaPending, m.Caption
	spans := spansOf(m.Caption, m.CaptionEntities)
	if !slices.ContainsFunc(spans, func(s canon.Span) bool { return hides(m.Caption, s) }) {
		return []canon.Part{media}
	}
	// A caption has no spans of its own: one that would lose something is a text.
	media.Caption = ""
	return []canon.Part{media, canon.Text{Body: m.Caption, Spans: spans}}
}

// hides tells that the words alone do not say what a span does: an address
// behind other words, or how they are written.
func hides(text string, s canon.Span) bool {
	switch s.Style {
	case canon.SpanMention:
		return false
	case canon.SpanLink:
		return openable(string([]rune(text)[s.Start:s.Start+s.Length])) != s.URL
	}
	return true
}

func mediaOf(m *message) (canon.Media, bool) {
	switch {
	case m.Animation != nil:
		a := m.Animation
		return canon.Media{Kind: canon.MediaAnimation, RemoteID: canon.RemoteID(a.FileID), Name: a.FileName, MIME: a.MimeType,
			Size: size(a.FileSize), Width: a.Width, Height: a.Height, Millis: millis(a.Duration)}, true
	case len(m.Photo) > 0:
		p := m.Photo[0]
		for _, other := range m.Photo { // the sizes of one picture: the largest is the picture
			if other.Width*other.Height > p.Width*p.Height {
				p = other
			}
		}
		return canon.Media{Kind: canon.MediaImage, RemoteID: canon.RemoteID(p.FileID), MIME: "image/jpeg", Size: size(p.FileSize), Width: p.Width, Height: p.Height}, true
	case m.Video != nil:
		v := m.Video
		return canon.Media{Kind: canon.MediaVideo, RemoteID: canon.RemoteID(v.FileID), Name: v.FileName, MIME: cmp.Or(v.MimeType, "video/mp4"),
			Size: size(v.FileSize), Width: v.Width, Height: v.Height, Millis: millis(v.Duration)}, true
	case m.VideoNote != nil:
		v := m.VideoNote
		return canon.Media{Kind: canon.MediaVideo, RemoteID: canon.RemoteID(v.FileID), MIME: "video/mp4", Size: size(v.FileSize), Width: v.Length, Height: v.Length, Millis: millis(v.Duration)}, true
	case m.Voice != nil:
		v := m.Voice
		return canon.Media{Kind: canon.MediaVoice, RemoteID: canon.RemoteID(v.FileID), MIME: cmp.Or(v.MimeType, "audio/ogg"), Size: size(v.FileSize), Millis: millis(v.Duration)}, true
	case m.Audio != nil:
		a := m.Audio
		return canon.Media{Kind: canon.MediaAudio, RemoteID: canon.RemoteID(a.FileID), Name: cmp.Or(a.FileName, a.Title), MIME: a.MimeType, Size: size(a.FileSize), Millis: millis(a.Duration)}, true
	case m.Document != nil:
		d := m.Document
		return canon.Media{Kind: canon.MediaFile, RemoteID: canon.RemoteID(d.FileID), Name: d.FileName, MIME: d.MimeType, Size: size(d.FileSize)}, true
	}
	return canon.Media{}, false
}

// stickerOf tells what a sticker looks like: a WEBP picture, a TGS animation or
// a WEBM film.
func stickerOf(s *sticker) canon.Sticker {
	mime := "image/webp"
	switch {
	case s.IsAnimated:
		mime = "application/x-tgsticker"
	case s.Video:
		mime = "video/webm"
	}
	id := canon.RemoteID(s.FileID)
	return canon.Sticker{
		RemoteID: id, Pack: s.SetName, Emoji: s.Emoji,
		Image: canon.Media{Kind: canon.MediaImage, RemoteID: id, State: canon.MediaPending, MIME: mime, Size: size(s.FileSize), Width: s.Width, Height: s.Height},
	}
}

// millis and size do not take a sender's nonsense over.
func millis(seconds int) int64 {
	if seconds < 0 || seconds > int((1000*time.Hour).Seconds()) {
		return 0
	}
	return int64(seconds) * 1000
}

func size(n int) int64 { return int64(max(n, 0)) }

// plus writes a phone number as people dial it: Telegram leaves the plus off.
func plus(number string) string {
	if number == "" || strings.HasPrefix(number, "+") {
		return number
	}
	return "+" + number
}
