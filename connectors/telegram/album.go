package telegram

import (
	"cmp"
	"context"
	"path"
	"strconv"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"parley/core/canon"
	"parley/core/connector"
)

// maxAlbum is how many members an album has (sendMediaGroup, media).
const maxAlbum = 10

// albumLimit is what may be in one album: photos and videos together, documents
// and audio files each among themselves (sendMediaGroup).
func albumLimit() connector.AlbumLimit {
	return connector.AlbumLimit{Max: maxAlbum, Sets: [][]canon.MediaKind{{canon.MediaImage, canon.MediaVideo}, {canon.MediaAudio}, {canon.MediaFile}}}
}

// albumOf is a message of several media that make an album.
func albumOf(m canon.Message) ([]canon.Media, bool) {
	var all []canon.Media
	for _, p := range m.Parts {
		one, ok := p.(canon.Media)
		if !ok || len(all) > 0 && !albumLimit().Takes(all[0].Kind, one.Kind) {
			return nil, false
		}
		all = append(all, one)
	}
	return all, len(all) > 1 && len(all) <= maxAlbum
}

// inputMedia is one member of an album: InputMediaPhoto, InputMediaVideo,
// InputMediaAudio or InputMediaDocument.
type inputMedia struct {
	Type    string `json:"type"`
	Media   string `json:"media"`
	Caption string `json:"caption,omitempty"`
}

// album makes the call that posts an album. One member that can only be a
// document makes documents of all: others are in no album with one.
func (c *conn) album(ctx context.Context, all []canon.Media) (*letter, error) {
	l := write("sendMediaGroup")
	items := make([]inputMedia, len(all))
	documents := false
	for i, p := range all {
		items[i].Caption = p.Caption
		info := connector.FileInfo{MIME: p.MIME}
		if p.File.IsZero() && p.RemoteID != "" { // a file that is at Telegram already
			items[i].Media = string(p.RemoteID)
		} else {
			file, stored, err := c.open(ctx, p.File)
			if err != nil {
				l.close()
				return nil, err
			}
			info = stored
			info.MIME = cmp.Or(stored.MIME, p.MIME)
			name := "file" + strconv.Itoa(i)
			items[i].Media = "attach://" + name
			l.open = append(l.open, file)
			l.files = append(l.files, tgbotapi.RequestFile{Name: name, Data: tgbotapi.FileReader{Name: cmp.Or(path.Base(info.Name), "file"), Reader: file}})
		}
		_, items[i].Type = mediaMethod(p.Kind, info)
		documents = documents || items[i].Type == "document"
	}
	if documents {
		for i := range items {
			items[i].Type = "document"
		}
	}
	l.params["media"] = asJSON(items)
	return l, nil
}
