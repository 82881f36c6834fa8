package line

import (
	"context"
	"io"
	"strings"

	"parley/core/canon"
	"parley/core/connector"
)

// stickerMark leads the id of a sticker's picture, which is no content of a
// message.
const stickerMark = "sticker:"

// stickerImage is the picture of a sticker, still to be fetched.
func stickerImage(id string) canon.Media {
	if !plainID(id) {
		return canon.Media{}
	}
	return canon.Media{Kind: canon.MediaImage, RemoteID: canon.RemoteID(stickerMark + id), MIME: "image/png", State: canon.MediaPending}
}

// fetchSticker brings the picture of a sticker from where LINE's own list of
// stickers shows it ("List of available stickers"). No document promises it: when
// it is not there, the words of the sticker are shown.
func (c *Conn) fetchSticker(ctx context.Context, m canon.Media) (io.ReadCloser, connector.FileInfo, error) {
	id := strings.TrimPrefix(string(m.RemoteID), stickerMark)
	if !plainID(id) {
		return nil, connector.FileInfo{}, &connector.Error{Class: connector.Invalid, Code: "bad_id"}
	}
	return c.fetchPicture(ctx, m, "/stickershop/v1/sticker/"+id+"/android/sticker.png")
}

// fetchPicture brings a picture of LINE's shop for stickers.
func (c *Conn) fetchPicture(ctx context.Context, m canon.Media, path string) (io.ReadCloser, connector.FileInfo, error) {
	m.URL, m.Name = c.stickers+path, "sticker.png"
	body, info, err := c.fetchOutside(ctx, m)
	if err == nil && info.MIME != "image/png" {
		_ = body.Close()
		return nil, connector.FileInfo{}, &connector.Error{Class: connector.Gone, Code: "no_sticker"}
	}
	return body, info, err
}
