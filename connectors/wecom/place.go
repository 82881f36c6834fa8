package wecom

import (
	"github.com/silenceper/wechat/v2/work/kf/sendmsg"

	"parley/core/canon"
	"parley/core/canon/datum"
)

// Places stand in GCJ-02 on this platform, as on all maps its clients draw: what
// they open a place with is 火星坐标 (JS-SDK, 使用企业微信内置地图查看位置).

// placed is a place a client sent.
func placed(lat, lon float64, title, address string) canon.Location {
	lat, lon = datum.FromGCJ(lat, lon)
	return canon.Location{Lat: lat, Lon: lon, Title: title, Address: address}
}

func onEarth(lat, lon float64) bool { return lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 }

// kfPlace is sendmsg.Location, which has the point in single precision: metres
// off.
type kfPlace struct {
	sendmsg.Message
	MsgType  string `json:"msgtype"`
	Location struct {
		Name      string  `json:"name"`
		Address   string  `json:"address"`
		Latitude  float64 `json:"latitude"`
		Longitude float64 `json:"longitude"`
	} `json:"location"`
}

func placeMessage(head sendmsg.Message, l canon.Location) kfPlace {
	m := kfPlace{Message: head, MsgType: "location"}
	m.Location.Latitude, m.Location.Longitude = datum.ToGCJ(l.Lat, l.Lon)
	m.Location.Name, m.Location.Address = clean(l.Title), clean(l.Address)
	return m
}
