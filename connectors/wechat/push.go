package wechat

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"strconv"
	"strings"
	"time"
)

// word is a value of a callback: in JSON pushes numbers come with and without
// quotes.
type word string

// UnmarshalJSON takes a string, a number or a truth value.
func (w *word) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*w = word(s)
		return nil
	}
	if len(b) > 0 && strings.ContainsRune("{[", rune(b[0])) {
		return nil // something nested under a name we know: not ours to read
	}
	if s = string(b); s != "null" {
		*w = word(s)
	}
	return nil
}

// push is a callback, of every kind: unknown fields stay in its raw form.
// https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_standard_messages.html
// https://developers.weixin.qq.com/doc/service/guide/product/message/Receiving_event_pushes.html
type push struct {
	XMLName      xml.Name `xml:"xml" json:"-"`
	ToUserName   word     `xml:"ToUserName"`
	FromUserName word     `xml:"FromUserName"`
	CreateTime   word     `xml:"CreateTime"`
	MsgType      word     `xml:"MsgType"`

	MsgID   word  `xml:"MsgId" json:"MsgId"`
	JobID   word  `xml:"MsgID" json:"-"` // of a template message that was sent
	Content word  `xml:"Content"`
	MenuTap *word `xml:"bizmsgmenuid" json:"bizmsgmenuid"` // there when an option of a menu message was tapped, whatever it says

	PicURL       word `xml:"PicUrl" json:"PicUrl"`
	MediaID      word `xml:"MediaId" json:"MediaId"`
	Format       word `xml:"Format"`
	Recognition  word `xml:"Recognition"`
	ThumbMediaID word `xml:"ThumbMediaId" json:"ThumbMediaId"`
	LocationX    word `xml:"Location_X" json:"Location_X"`
	LocationY    word `xml:"Location_Y" json:"Location_Y"`
	Label        word `xml:"Label"`
	Title        word `xml:"Title"`
	Description  word `xml:"Description"`
	URL          word `xml:"Url" json:"Url"`
	AppID        word `xml:"AppId" json:"AppId"`
	PagePath     word `xml:"PagePath"`

	Event       word `xml:"Event"`
	EventKey    word `xml:"EventKey"`
	Status      word `xml:"Status"`
	SessionFrom word `xml:"SessionFrom"`
	UnionID     word `xml:"UnionId" json:"UnionId"`
	KfAccount   word `xml:"KfAccount"`
	ToKfAccount word `xml:"ToKfAccount"`
	Latitude    word `xml:"Latitude"`
	Longitude   word `xml:"Longitude"`
	Precision   word `xml:"Precision"` // metres
	Pics        struct {
		Count word `xml:"Count"`
	} `xml:"SendPicsInfo" json:"SendPicsInfo"`
	Picked struct {
		X       word `xml:"Location_X" json:"Location_X"`
		Y       word `xml:"Location_Y" json:"Location_Y"`
		Label   word `xml:"Label"`
		Poiname word `xml:"Poiname"`
	} `xml:"SendLocationInfo" json:"SendLocationInfo"`
	Sent   notified `xml:"SubscribeMsgSentEvent" json:"SubscribeMsgSentEvent"`
	Popup  notified `xml:"SubscribeMsgPopupEvent" json:"SubscribeMsgPopupEvent"`
	Change notified `xml:"SubscribeMsgChangeEvent" json:"SubscribeMsgChangeEvent"`
	List   notes    `xml:"-" json:"List"` // of a push in JSON, where those three are in XML
	Scan   struct {
		Type   word `xml:"ScanType" json:"ScanType"`
		Result word `xml:"ScanResult" json:"ScanResult"`
	} `xml:"ScanCodeInfo" json:"ScanCodeInfo"`
}

// harmless refuses what no callback of the platform holds: declarations, where
// entities and foreign files come from.
func harmless(body []byte) error {
	for rest := body; ; {
		_, after, found := bytes.Cut(rest, []byte("<!"))
		if !found {
			return nil
		}
		if !bytes.HasPrefix(after, []byte("[CDATA[")) {
			return errors.New("the body has a declaration")
		}
		// What a section holds is text, whatever it looks like.
		_, rest, found = bytes.Cut(after, []byte("]]>"))
		if !found {
			return errors.New("the body breaks off")
		}
	}
}

// parse reads a callback.
func parse(body []byte) (p push, err error) {
	switch {
	case len(body) > maxBody || bytes.Count(body, []byte("<")) > maxTags && !isJSON(body):
		return p, errors.New("the body is too large")
	case isJSON(body):
		err = json.Unmarshal(body, &p)
	default:
		if err = harmless(body); err == nil {
			err = whole(body, &p)
		}
	}
	if err != nil {
		return p, errors.New("the body is not a callback: " + plainly(err))
	}
	for name, value := range map[string]word{"ToUserName": p.ToUserName, "FromUserName": p.FromUserName, "MsgType": p.MsgType} {
		if value == "" {
			return p, errors.New("the body has no " + name)
		}
	}
	if p.MsgType == "event" && p.Event == "" {
		return p, errors.New("the event has no name")
	}
	if _, ok := p.time(); !ok {
		return p, errors.New("the body has no usable CreateTime")
	}
	return p, nil
}

// whole reads one XML document and nothing behind it.
func whole(body []byte, into any) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	if err := d.Decode(into); err != nil {
		return err
	}
	if rest := bytes.TrimSpace(body[d.InputOffset():]); len(rest) > 0 {
		return errors.New("something stands behind the body")
	}
	return nil
}

// plainly keeps words of the customer out of an error.
func plainly(err error) string {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return "XML syntax in line " + strconv.Itoa(syntax.Line)
	}
	var badJSON *json.SyntaxError
	if errors.As(err, &badJSON) {
		return "JSON syntax at byte " + strconv.FormatInt(badJSON.Offset, 10)
	}
	return "it is neither XML nor JSON of the known form"
}

// time is the platform's clock.
func (p push) time() (time.Time, bool) {
	n, err := strconv.ParseInt(string(p.CreateTime), 10, 64)
	return time.Unix(n, 0).UTC(), err == nil && n > 0 && n < 1<<36
}
