package wechat

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"parley/connectors/emulate"
)

// Signed is a callback as it goes out: its query, and its body.
func (p *Platform) Signed(plain []byte) (query url.Values, body []byte) {
	return p.SignedAt(plain, p.o.Clock(), rand.Text()[:10])
}

// SignedAt is Signed at a time and with a nonce of one's own.
func (p *Platform) SignedAt(plain []byte, at time.Time, nonce string) (query url.Values, body []byte) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	query = url.Values{"timestamp": {stamp}, "nonce": {nonce}, "signature": {util.Signature(p.o.Token, stamp, nonce)}}
	if p.o.Plain {
		return query, plain
	}
	secret, err := util.EncryptMsg([]byte(rand.Text()[:16]), plain, p.o.SealAs, p.o.AESKey)
	if err != nil {
		panic("emulate/wechat: the EncodingAESKey of the options is none: " + err.Error())
	}
	query.Set("encrypt_type", "aes")
	query.Set("msg_signature", util.Signature(p.o.Token, stamp, nonce, string(secret)))
	if bytes.HasPrefix(plain, []byte("{")) {
		body, _ = json.Marshal(map[string]string{"ToUserName": p.o.Original, "Encrypt": string(secret)}) // strings always encode
		return query, body
	}
	return query, []byte("<xml><ToUserName>" + cdata(p.o.Original) + "</ToUserName><Encrypt>" + cdata(string(secret)) + "</Encrypt></xml>")
}

// Handshake is the call made when the server settings are saved: the answer
// must be the echo.
func (p *Platform) Handshake(echo string) url.Values {
	stamp, nonce := strconv.FormatInt(p.o.Clock().Unix(), 10), rand.Text()[:10]
	return url.Values{"timestamp": {stamp}, "nonce": {nonce}, "signature": {util.Signature(p.o.Token, stamp, nonce)}, "echostr": {echo}}
}

func cdata(s string) string {
	return "<![CDATA[" + strings.ReplaceAll(s, "]]>", "]]]]><![CDATA[>") + "]]>"
}

// message is the XML of a message, fields being its inner part.
func (p *Platform) message(openid, kind, fields string) []byte {
	return p.xml(openid, kind, fmt.Sprintf("%s<MsgId>%d</MsgId>", fields, p.id()))
}

// event is the XML of an event.
func (p *Platform) event(openid, name, fields string) []byte {
	return p.xml(openid, "event", "<Event>"+cdata(name)+"</Event>"+fields)
}

func (p *Platform) xml(openid, kind, fields string) []byte {
	return []byte(fmt.Sprintf("<xml><ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>%d</CreateTime><MsgType>%s</MsgType>%s</xml>",
		cdata(p.o.Original), cdata(openid), p.o.Clock().Unix(), cdata(kind), fields))
}

// errAbnormal is an answer that is neither empty, nor success, nor a message.
var errAbnormal = errors.New("an abnormal answer")

// Deliver posts a callback: within Patience it must be answered, else the
// connection is cut and it is posted again, three times in all. What the answer
// carries, the customer sees; after the last failure, that the service is out
// of order.
func (p *Platform) Deliver(ctx context.Context, openid string, plain []byte) error {
	d := emulate.Delivery{Client: p.o.Client, Schedule: []time.Duration{0, 0}, Timeout: p.o.Patience, Good: func(r emulate.Reply) bool { return r.Status == http.StatusOK }}
	reply, err := d.Post(ctx, func(int) (*http.Request, error) { return p.Request(plain) })
	if err == nil && reply.Status != http.StatusOK {
		err = fmt.Errorf("%w: status %d", errAbnormal, reply.Status)
	}
	if err == nil {
		err = p.Receive(openid, reply.Body)
	}
	if err != nil {
		p.mu.Lock()
		p.show(p.people[openid], emulate.Bubble{From: "platform", Text: p.outOfOrder()})
		p.mu.Unlock()
		p.changed(openid)
	}
	return err
}

func (p *Platform) outOfOrder() string {
	if p.o.Mini {
		return "该小程序客服暂时无法提供服务，请稍后再试"
	}
	return "该公众号提供的服务出现故障，请稍后再试"
}

// Request is one try of a callback, freshly signed.
func (p *Platform) Request(plain []byte) (*http.Request, error) {
	p.mu.Lock()
	hook := p.o.Hook
	p.mu.Unlock()
	if hook == "" {
		return nil, errors.New("the account has no server settings")
	}
	query, body := p.Signed(plain)
	query.Set("openid", "")
	req, err := http.NewRequest(http.MethodPost, hook+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", hook, err)
	}
	req.Header.Set("Content-Type", "text/xml")
	return req, nil
}

// Receive shows a customer what an answer in a response carries.
func (p *Platform) Receive(openid string, answer []byte) error {
	b, err := p.Read(openid, answer)
	if err != nil || b == nil {
		return err
	}
	p.mu.Lock()
	who := p.people[openid]
	if who == nil {
		p.mu.Unlock()
		return errors.New("an answer to nobody")
	}
	who.recent = p.o.Clock()
	id := p.show(who, *b)
	p.mu.Unlock()
	p.Calls.Add(emulate.Call{Op: "passive", Status: http.StatusOK, Visible: true, Text: Words(*b), Peer: openid, ID: id, Wire: "passive " + Words(*b)})
	p.changed(openid)
	return nil
}

// passive is an answer in a response.
type passive struct {
	XMLName      xml.Name `xml:"xml"`
	Encrypt      string   `xml:"Encrypt"`
	MsgSignature string   `xml:"MsgSignature"`
	TimeStamp    string   `xml:"TimeStamp"`
	Nonce        string   `xml:"Nonce"`

	ToUserName, FromUserName, MsgType string
	CreateTime                        int64
	Content                           string
	Image, Voice                      struct {
		MediaID string `xml:"MediaId"`
	}
	Video struct {
		MediaID string `xml:"MediaId"`
		Title   string
	}
	ArticleCount int
	Articles     []struct {
		Title, Description, Url string
	} `xml:"Articles>item"`
}

// Read takes an answer apart; nil when it carries nothing. An empty openid is
// any customer.
func (p *Platform) Read(openid string, answer []byte) (*emulate.Bubble, error) {
	if text := string(answer); text == "" || text == "success" {
		return nil, nil
	}
	if p.o.Mini {
		return nil, fmt.Errorf("%w: a mini-program takes success alone", errAbnormal)
	}
	var m passive
	if err := xml.Unmarshal(answer, &m); err != nil {
		return nil, fmt.Errorf("%w: %v", errAbnormal, err)
	}
	if !p.o.Plain {
		if !hmac.Equal([]byte(util.Signature(p.o.Token, m.TimeStamp, m.Nonce, m.Encrypt)), []byte(m.MsgSignature)) {
			return nil, fmt.Errorf("%w: the signature does not fit", errAbnormal)
		}
		_, plain, err := util.DecryptMsg(p.o.SealAs, m.Encrypt, p.o.AESKey)
		if err != nil {
			return nil, fmt.Errorf("%w: it cannot be decrypted", errAbnormal)
		}
		m = passive{}
		if err := xml.Unmarshal(plain, &m); err != nil {
			return nil, fmt.Errorf("%w: %v", errAbnormal, err)
		}
	}
	if m.FromUserName != p.o.Original || m.CreateTime == 0 || openid != "" && m.ToUserName != openid {
		return nil, fmt.Errorf("%w: from %q to %q", errAbnormal, m.FromUserName, m.ToUserName)
	}
	return p.answered(m)
}

func (p *Platform) answered(m passive) (*emulate.Bubble, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := &emulate.Bubble{From: "them"}
	var bad result
	switch m.MsgType {
	case "text":
		if b.Text = m.Content; m.Content == "" || len(m.Content) > 2048 {
			return nil, fmt.Errorf("%w: a text of %d bytes", errAbnormal, len(m.Content))
		}
	case "image":
		b.Media, bad = p.shown(m.Image.MediaID, "image")
	case "voice":
		b.Media, bad = p.shown(m.Voice.MediaID, "voice")
	case "video":
		b.Text = m.Video.Title
		b.Media, bad = p.shown(m.Video.MediaID, "video")
	case "news":
		if m.ArticleCount != 1 || len(m.Articles) != 1 {
			return nil, fmt.Errorf("%w: %d articles", errAbnormal, len(m.Articles))
		}
		a := m.Articles[0]
		b.Cards = []emulate.Card{{Kind: "article", Title: a.Title, Text: a.Description, URL: a.Url}}
	default:
		return nil, fmt.Errorf("%w: the type %q", errAbnormal, m.MsgType)
	}
	if bad.code != 0 {
		return nil, fmt.Errorf("%w: %s", errAbnormal, bad.text)
	}
	return b, nil
}
