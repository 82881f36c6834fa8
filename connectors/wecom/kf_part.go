package wecom

import (
	"encoding/json"
	"strconv"
	"strings"

	"parley/core/canon"
)

// part is the content of a message in our words.
func (m *synced) part(raw json.RawMessage) canon.Part {
	switch m.MsgType {
	case "text":
		return canon.Text{Body: m.Text.Content}
	case "image":
		return pending(canon.MediaImage, m.Image.MediaID, "")
	case "voice":
		return pending(canon.MediaVoice, m.Voice.MediaID, "audio/amr")
	case "video":
		return pending(canon.MediaVideo, m.Video.MediaID, "video/mp4")
	case "file":
		return pending(canon.MediaFile, m.File.MediaID, "")
	case "location":
		return placed(m.Location.Latitude, m.Location.Longitude, m.Location.Name, m.Location.Address)
	case "link":
		return canon.Card{Kind: canon.CardLink, Title: m.Link.Title, Text: m.Link.Desc, URL: openable(m.Link.URL), Image: picture(m.Link.PicURL)}
	case "miniprogram":
		return canon.Card{Kind: canon.CardApp, Title: m.MiniProgram.Title, AppID: m.MiniProgram.AppID, Path: m.MiniProgram.Path}
	case "business_card":
		return canon.Contact{Name: m.BusinessCard.UserID}
	case "channels_shop_product":
		return canon.Card{Kind: canon.CardProduct, Ref: m.Product.ID, Title: m.Product.Title, Text: m.Product.Shop, Price: yuan(m.Product.Price), Image: picture(m.Product.Image)}
	case "channels_shop_order":
		return canon.Card{Kind: canon.CardOrder, Ref: m.Order.ID, Title: m.Order.Titles, Text: m.Order.Shop, Price: m.Order.Price, Status: m.Order.State, Image: picture(m.Order.Image)}
	case "channels":
		return canon.Opaque{Name: "channels", Text: joined(m.Channels.Title, m.Channels.Nickname), Raw: compact(raw)}
	case "merged_msg":
		return canon.Opaque{Name: "merged_msg", Text: m.transcript(), Raw: compact(raw)}
	}
	return canon.Opaque{Name: m.MsgType, Raw: compact(raw)}
}

func pending(kind canon.MediaKind, id, mime string) canon.Media {
	m := canon.Media{Kind: kind, RemoteID: canon.RemoteID(id), MIME: mime, State: canon.MediaPending}
	if id == "" {
		m.State = canon.MediaExpired
	}
	return m
}

func picture(address string) canon.Media {
	if openable(address) == "" {
		return canon.Media{}
	}
	return canon.Media{Kind: canon.MediaImage, URL: address, State: canon.MediaPending}
}

// openable is an address an agent may click on, or nothing.
func openable(address string) string {
	for _, scheme := range []string{"https://", "http://"} {
		if len(address) > len(scheme) && strings.EqualFold(address[:len(scheme)], scheme) {
			return address
		}
	}
	return ""
}

// yuan writes a price that WeCom gives in fen.
func yuan(fen string) string {
	n, err := strconv.ParseInt(fen, 10, 64)
	if err != nil || n < 0 {
		return fen
	}
	return "¥" + strconv.FormatInt(n/100, 10) + "." + strconv.FormatInt(100+n%100, 10)[1:]
}

// transcript is a forwarded chat, a line for each message of it.
func (m *synced) transcript() string {
	lines := []string{m.Merged.Title}
	for _, item := range m.Merged.Item {
		var inner synced
		words := "[" + item.MsgType + "]"
		if json.Unmarshal([]byte(item.Content), &inner) == nil && inner.Text.Content != "" {
			words = inner.Text.Content
		}
		lines = append(lines, item.Sender+"："+words)
	}
	return joined(lines...)
}

func joined(lines ...string) string {
	kept := lines[:0:0]
	for _, l := range lines {
		if l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}
