package wechat

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"parley/core/connector"
)

// The limits of a callback: the platform's have a few kilobytes and a few dozen
// elements.
const (
	maxBody = 64 << 10 // bytes, decrypted
	maxTags = 400
)

// maxAge is how far the time of a signature may be from ours.
const maxAge = 10 * time.Minute

// seal is how callbacks are signed and encrypted.
// https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Message_encryption_and_decryption.html
type seal struct {
	token, aesKey, appID string
	safe                 bool
}

var errSignature = errors.New("the signature does not fit")

// open authenticates a callback and returns its plain body; for the handshake,
// the echo.
func (s seal) open(raw connector.Raw, now time.Time) (body []byte, echo string, err error) {
	q, err := url.ParseQuery(raw.Query)
	if err != nil {
		return nil, "", errors.New("the address has no readable parameters")
	}
	stamp, nonce := q.Get("timestamp"), q.Get("nonce")
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || nonce == "" {
		return nil, "", errSignature
	}
	if age := now.Sub(time.Unix(at, 0)); age > maxAge || age < -maxAge {
		return nil, "", errors.New("the signature is too old, or a clock is wrong")
	}
	if raw.Method == http.MethodGet || !s.safe {
		if !hmac.Equal([]byte(q.Get("signature")), []byte(util.Signature(s.token, stamp, nonce))) {
			return nil, "", errSignature
		}
		if raw.Method == http.MethodGet {
			return nil, q.Get("echostr"), nil
		}
		return raw.Body, "", nil
	}
	if q.Get("encrypt_type") != "aes" {
		return nil, "", errors.New("an unencrypted callback in safe mode")
	}
	if len(raw.Body) > 2*maxBody {
		return nil, "", errors.New("the body is too large")
	}
	secret, err := unwrap(raw.Body)
	if err != nil {
		return nil, "", err
	}
	if !hmac.Equal([]byte(q.Get("msg_signature")), []byte(util.Signature(s.token, stamp, nonce, secret))) {
		return nil, "", errSignature
	}
	if _, body, err = util.DecryptMsg(s.appID, secret, s.aesKey); err != nil {
		return nil, "", errors.New("the body cannot be decrypted with this EncodingAESKey")
	}
	return body, "", nil
}

// signedAt is when a callback says it was signed.
func signedAt(raw connector.Raw) (time.Time, error) {
	q, err := url.ParseQuery(raw.Query)
	if err != nil {
		return time.Time{}, errors.New("the address has no readable parameters")
	}
	n, err := strconv.ParseInt(q.Get("timestamp"), 10, 64)
	return time.Unix(n, 0), err
}

// unwrap takes what is encrypted out of a body. In compatible mode the plain
// fields stand beside it: nobody vouches for them, and they are not read.
func unwrap(body []byte) (string, error) {
	if isJSON(body) {
		var w struct{ Encrypt string }
		if json.Unmarshal(body, &w) == nil && w.Encrypt != "" {
			return w.Encrypt, nil
		}
	} else if _, after, ok := bytes.Cut(body, []byte("<Encrypt>")); ok {
		secret, _, ok := bytes.Cut(after, []byte("</Encrypt>"))
		secret = bytes.TrimSuffix(bytes.TrimPrefix(bytes.TrimSpace(secret), []byte("<![CDATA[")), []byte("]]>"))
		if ok && len(secret) > 0 {
			return string(secret), nil
		}
	}
	return "", errors.New("the body holds nothing encrypted")
}

// isJSON tells a JSON body from an XML one.
func isJSON(body []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) }

// sealed is an answer in safe mode.
type sealed struct {
	XMLName      xml.Name `xml:"xml"`
	Encrypt      cdata
	MsgSignature cdata
	TimeStamp    string
	Nonce        cdata
}

type cdata struct {
	Text string `xml:",cdata"`
}

// close encrypts and signs an answer.
func (s seal) close(plain []byte, now time.Time) ([]byte, error) {
	if !s.safe {
		return plain, nil
	}
	var salt [16]byte
	_, _ = rand.Read(salt[:]) // never fails
	body, err := util.EncryptMsg(salt[:], plain, s.appID, s.aesKey)
	if err != nil {
		return nil, errors.New("the answer cannot be encrypted")
	}
	stamp, nonce := strconv.FormatInt(now.Unix(), 10), rand.Text()[:10]
	return xml.Marshal(sealed{
		Encrypt: cdata{string(body)}, MsgSignature: cdata{util.Signature(s.token, stamp, nonce, string(body))},
		TimeStamp: stamp, Nonce: cdata{nonce},
	})
}

// Rehearse is the platform's handshake, signed with the link's token.
func (c *Conn) Rehearse() (connector.Raw, error) {
	stamp, nonce := strconv.FormatInt(c.env.Clock().Unix(), 10), rand.Text()[:10]
	q := url.Values{"timestamp": {stamp}, "nonce": {nonce}, "echostr": {"parley"}, "signature": {util.Signature(c.seal.token, stamp, nonce)}}
	return connector.Raw{Method: http.MethodGet, Query: q.Encode(), Header: http.Header{}}, nil
}
