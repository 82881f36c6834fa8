package wecom_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/connectors/conntest"
	"parley/connectors/emulate/wecom"
	"parley/core/canon"
	"parley/core/connector"
)

// stage is the played platform as the kit sees it, for one of the kinds.
type stage struct {
	*wecom.Platform
	kind string
	srv  *httptest.Server
	// suite is the application of a service provider the corporation installed; nil:
	// the application is its own.
	suite *suiteStage
}

func play(kind string, o wecom.Options) *stage {
	p := wecom.New(o)
	return &stage{Platform: p, kind: kind, srv: httptest.NewServer(p)}
}

func (s *stage) credentials() wecom.Credentials {
	if s.kind == "wecom" {
		return s.App()
	}
	return s.KF()
}

func (s *stage) Config() connector.Values {
	if s.suite != nil {
		v := connector.Values(s.suite.app.Config())
		v["api_base"] = s.srv.URL + "/"
		return v
	}
	c := s.credentials()
	v := connector.Values{"corp_id": c.CorpID, "secret": c.Secret, "callback_token": c.Token, "encoding_aes_key": c.AESKey, "api_base": s.srv.URL + "/"}
	if s.kind == "wecom" {
		v["agent_id"] = c.AgentID
	} else {
		v["account"] = wecom.Account
	}
	return v
}

func (s *stage) Accounts() []connector.Account {
	if s.suite != nil && s.kind == "wechatkf" {
		return []connector.Account{{ID: canon.ID{1}, RemoteID: wecom.CorpID + "/" + wecom.Account, Name: "小店客服"}}
	}
	if s.suite != nil {
		return []connector.Account{{ID: canon.ID{1}, RemoteID: wecom.CorpID, Name: "茶语科技"}}
	}
	if s.kind == "wecom" {
		return []connector.Account{{ID: canon.ID{1}, RemoteID: wecom.AgentID, Name: "小店助手"}}
	}
	return []connector.Account{{ID: canon.ID{1}, RemoteID: wecom.Account, Name: "小店客服"}}
}

func (s *stage) Hosts() []string { return []string{s.srv.Listener.Addr().String()} }

func (s *stage) Close() {
	s.Platform.Close()
	s.srv.Close()
}

func (s *stage) Calls() []conntest.Call {
	var out []conntest.Call
	for _, c := range s.Log.All() {
		if strings.HasPrefix(c.Op, "service/") && c.Code == "" {
			continue // when it is asked for is the cache's affair
		}
		wire := fmt.Sprintf("%s\n→ %d %s", c.Wire, c.Status, c.Code)
		if c.Op == "media/upload" {
			// The bytes of a picture are no reading.
			wire = pictures.ReplaceAllString(wire, "(the picture)")
		}
		out = append(out, conntest.Call{Visible: c.Visible, Text: c.Text, Wire: wire})
	}
	return out
}

var pictures = regexp.MustCompile(`(?s)\x{FFFD}PNG.*?IEND[^\n]*|\x89PNG.*?IEND[^\n]*`)

// sign wraps the inside of a callback as the platform posts it.
func sign(link connector.Link, now time.Time, inside []byte) connector.Raw {
	v := link.Config
	query, body := wecom.SealWith(wecom.Credentials{CorpID: v["corp_id"], AgentID: v["agent_id"], Token: v["callback_token"], AESKey: v["encoding_aes_key"]}, now, inside)
	return connector.Raw{Method: http.MethodPost, Query: query, Header: http.Header{"Content-Type": {"text/xml"}}, Body: body}
}

// handshake is the verification of the address in the admin console.
var handshake = conntest.Handshake{
	Name: "the address is verified", Status: http.StatusOK, Body: "1616140317555161061",
	Raw: func(link connector.Link, now time.Time) connector.Raw {
		v := link.Config
		return connector.Raw{Method: http.MethodGet, Header: http.Header{}, Query: wecom.SealEcho(wecom.Credentials{CorpID: v["corp_id"], Token: v["callback_token"], AESKey: v["encoding_aes_key"]}, now, "1616140317555161061")}
	},
}

// forged are callbacks that look right and are not.
func forged(inside string) []conntest.Forgery {
	altered := func(name string, alter func(connector.Link, time.Time) connector.Raw) conntest.Forgery {
		return conntest.Forgery{Name: name, Raw: alter}
	}
	return []conntest.Forgery{
		altered("in plain", func(_ connector.Link, now time.Time) connector.Raw {
			return connector.Raw{Method: http.MethodPost, Header: http.Header{}, Body: []byte(inside)}
		}),
		altered("of another corporation, with our token and key", func(link connector.Link, now time.Time) connector.Raw {
			other := link
			other.Config = connector.Values{}
			for k, v := range link.Config {
				other.Config[k] = v
			}
			other.Config["corp_id"] = "ww0000000000000000"
			return sign(other, now, []byte(inside))
		}),
		altered("two ciphertexts", func(link connector.Link, now time.Time) connector.Raw {
			raw := sign(link, now, []byte(inside))
			raw.Body = []byte(strings.Replace(string(raw.Body), "<AgentID>", "<Encrypt>AAAA</Encrypt><AgentID>", 1))
			return raw
		}),
		altered("a declared entity", func(link connector.Link, now time.Time) connector.Raw {
			raw := sign(link, now, []byte(inside))
			raw.Body = append([]byte(`<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]>`), raw.Body...)
			return raw
		}),
		altered("the signature of plain mode", func(link connector.Link, now time.Time) connector.Raw {
			raw := sign(link, now, []byte(inside))
			raw.Query = strings.Replace(raw.Query, "msg_signature=", "signature=", 1)
			return raw
		}),
		altered("an echo without a signature", func(connector.Link, time.Time) connector.Raw {
			return connector.Raw{Method: http.MethodGet, Query: "echostr=AAAA&timestamp=1&nonce=2", Header: http.Header{}}
		}),
	}
}

func files(tb testing.TB, pattern string) (names []string, bodies [][]byte) {
	tb.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil {
		tb.Fatal(err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		names, bodies = append(names, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))), append(bodies, raw)
	}
	if len(names) < 40 {
		tb.Fatalf("%s names only %d payloads", pattern, len(names))
	}
	return names, bodies
}
