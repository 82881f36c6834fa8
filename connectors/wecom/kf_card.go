package wecom

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"time"

	"github.com/silenceper/wechat/v2/work/kf/sendmsg"

	"parley/core/canon"
	"parley/core/connector"
)

// card is a card as a mini-program page or a link, both of which need a picture.
func (k *kf) card(ctx context.Context, r connector.Request, head sendmsg.Message, c canon.Card) (any, error) {
	app := c.AppID != "" && c.Path != ""
	if c.Title == "" || !app && (openable(c.URL) == "" || len(c.URL) > maxURL) {
		return kfText(head, c), nil
	}
	thumb, err := k.thumb(ctx, r, c)
	if err != nil {
		return nil, err
	}
	if app {
		m := sendmsg.MiniProgram{Message: head, MsgType: "miniprogram"}
		m.MiniProgram.AppID, m.MiniProgram.PagePath, m.MiniProgram.ThumbMediaID = c.AppID, c.Path, thumb
		m.MiniProgram.Title = maxApp.Head(clean(c.Title), "…")
		return m, nil
	}
	m := sendmsg.Link{Message: head, MsgType: "link"}
	m.Link.Title, m.Link.Desc = maxTitle.Head(clean(c.Title), "…"), maxDesc.Head(clean(summary(c)), "…")
	m.Link.URL, m.Link.ThumbMediaID = c.URL, thumb
	return m, nil
}

// summary is a card's lines without its title and address.
func summary(c canon.Card) string {
	c.Title, c.URL = "", ""
	return c.Fallback()
}

// thumb is the handle of a card's picture, or of a plain one.
func (k *kf) thumb(ctx context.Context, r connector.Request, c canon.Card) (string, error) {
	if kind, id, ok := handle(r.Uploaded[c.Image.File]); ok && kind == "image" {
		return id, nil
	}
	make := func(ctx context.Context) (string, time.Duration, error) {
		id, err := k.upload(ctx, "image", "card.png", "image/png", blank())
		return string(id), mediaLife - time.Hour, err
	}
	got, err := "", error(nil)
	if k.env.Cache == nil {
		got, _, err = make(ctx)
	} else {
		got, err = k.env.Cache.Once(ctx, "thumb:"+k.of, make)
	}
	if err != nil {
		return "", fmt.Errorf("uploading the picture of a card: %w", err)
	}
	_, id, _ := handle(canon.RemoteID(got))
	return id, nil
}

// blank is the picture of a card that has none.
func blank() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 120, 120))
	draw.Draw(m, m.Bounds(), image.NewUniform(color.RGBA{R: 0xe6, G: 0xea, B: 0xf2, A: 0xff}), image.Point{}, draw.Src)
	var b bytes.Buffer
	_ = png.Encode(&b, m) // writing to memory never fails
	return b.Bytes()
}
