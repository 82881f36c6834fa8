package wechat

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// hold leaves half a second of the platform's five for the way back.
// https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
const hold = 4500 * time.Millisecond

// Hold is how long a callback may be kept open.
func (OfficialConn) Hold() time.Duration { return hold }

// The platform gives a callback five seconds, hangs up and calls again, three
// times in all; an empty answer or success would end that, so one to be repeated
// must not be answered ("微信服务器在五秒内收不到响应会断掉连接，并且重新发起请求，总共重试三次").
const (
	patience = 5 * time.Second
	spare    = time.Second // for the way
	// lastTry is how long after the event a callback is taken for the last. The
	// three are signed right after it, five and ten seconds later.
	lastTry = 8 * time.Second
)

// Repeats tells the first two tries of an event from the last by the platform's
// own clock: when the event was, and when the callback was signed.
func (c OfficialConn) Repeats(raw connector.Raw) time.Duration {
	body, _, err := c.seal.open(raw, raw.Arrived)
	if err != nil {
		return 0
	}
	p, err := parse(body)
	if err != nil {
		return 0
	}
	happened, ok := p.time()
	signed, err := signedAt(raw)
	if !ok || err != nil || signed.Sub(happened) >= lastTry {
		return 0
	}
	return patience + spare
}

// passive is an answer in the response to a callback.
type passive struct {
	XMLName      xml.Name  `xml:"xml"`
	ToUserName   cdata     `xml:"ToUserName"`
	FromUserName cdata     `xml:"FromUserName"`
	CreateTime   int64     `xml:"CreateTime"`
	MsgType      cdata     `xml:"MsgType"`
	Content      *cdata    `xml:"Content,omitempty"`
	Image        *handle   `xml:"Image,omitempty"`
	Voice        *handle   `xml:"Voice,omitempty"`
	Video        *handle   `xml:"Video,omitempty"`
	ArticleCount int       `xml:"ArticleCount,omitempty"`
	Articles     []article `xml:"Articles>item,omitempty"`
}

type handle struct {
	MediaID     cdata  `xml:"MediaId"`
	Title       *cdata `xml:"Title,omitempty"`
	Description *cdata `xml:"Description,omitempty"`
}

type article struct {
	Title       cdata `xml:"Title"`
	Description cdata `xml:"Description"`
	PicURL      cdata `xml:"PicUrl"`
	URL         cdata `xml:"Url"`
}

// Reply writes a text, picture, recording, video or card into the response to a
// callback. Menus of options, templates and mini-program pages cannot travel
// so.
func (c OfficialConn) Reply(raw connector.Raw, r connector.Request) connector.Reply {
	if r.Op != connector.OpPost || len(r.Message.Parts) != 1 {
		return connector.Reply{}
	}
	body, _, err := c.seal.open(raw, raw.Arrived)
	if err != nil {
		return connector.Reply{}
	}
	p, err := parse(body)
	if err != nil {
		return connector.Reply{}
	}
	out := passive{ToUserName: cdata{string(p.FromUserName)}, FromUserName: cdata{string(p.ToUserName)}, CreateTime: c.env.Clock().Unix()}
	if !c.fill(&out, r) {
		return connector.Reply{}
	}
	plain, err := xml.Marshal(out)
	if err != nil {
		return connector.Reply{}
	}
	if plain, err = c.seal.close(plain, c.env.Clock()); err != nil {
		return connector.Reply{}
	}
	return connector.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/xml; charset=utf-8"}, "Content-Length": {strconv.Itoa(len(plain))}}, Body: plain}
}

// fill writes the content; false when it cannot travel in a response.
func (c OfficialConn) fill(out *passive, r connector.Request) bool {
	switch p := r.Message.Parts[0].(type) {
	case canon.Media:
		id, ok := r.Uploaded[p.File]
		kind, media := split(id)
		return ok && out.media(kind, media, p.Name, p.Caption)
	case canon.Sticker:
		id, ok := r.Uploaded[p.Image.File]
		_, media := split(id)
		return ok && out.media("image", media, "", "")
	case canon.Choices, canon.Template:
		return false
	case canon.Card:
		if p.Kind == canon.CardApp || p.URL == "" || !p.Image.File.IsZero() {
			return false // a picture's address needs the hub: it goes the other way
		}
		out.MsgType, out.ArticleCount = cdata{"news"}, 1
		out.Articles = []article{{Title: cdata{printable(p.Title)}, Description: cdata{details(p)}, URL: cdata{p.URL}}}
		return true
	}
	body := printable(r.Message.Parts[0].Fallback())
	if body == "" || len(body) > maxText {
		return false
	}
	out.MsgType, out.Content = cdata{"text"}, &cdata{body}
	return true
}

func (out *passive) media(kind, id, title, description string) bool {
	out.MsgType = cdata{kind}
	switch kind {
	case "image":
		out.Image = &handle{MediaID: cdata{id}}
	case "voice":
		out.Voice = &handle{MediaID: cdata{id}}
	case "video":
		out.Video = &handle{MediaID: cdata{id}, Title: &cdata{printable(title)}, Description: &cdata{printable(description)}}
	default:
		return false
	}
	return true
}
