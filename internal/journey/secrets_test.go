package journey

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What unlocks an account is nowhere to be read: not in the database, not in the
// log at its most talkative, not in any answer of the API.
func TestX13_PlantedSecretsAreNowhereInTheClear(t *testing.T) {
	onBoth(t, func(t *testing.T, h *hub) {
		s := staff(t, h)
		server, box := s.mailbox(t, s.bot) // works with its password
		app := s.platform(t, s.bot)
		site := openSite(t, h, "")
		planted := map[string]string{
			"mail password":    box.Password,
			"http secret":      app.secret,
			"identity secret":  "canary-identity-5b1f0c7e9d2a4836-of-the-site",
			"smtp password":    "canary-smtp-0f9e8d7c6b5a4938",
			"oauth client":     "canary-client-1a2b3c4d5e6f7081",
			"oauth refresh":    "canary-refresh-9c8b7a6f5e4d3c2b",
			"agent's password": password,
			"API token":        h.token,
		}
		site.account = s.account(t, "web", "官网", s.bot, map[string]string{"origins": site.origins(), "identity_secret": planted["identity secret"]})
		broken := mailConfig(server, server.NewMailbox(t, "other"))
		broken["smtp_user"], broken["smtp_password"] = "x", planted["smtp password"]
		s.account(t, "email", "坏邮箱", "", broken)
		s.do(t, "POST", "/accounts/test", object{"connector": "email", "config": broken}, nil)
		oauth := mailConfig(server, server.NewMailbox(t, "token"))
		delete(oauth, "imap_password")
		oauth["auth"], oauth["oauth_client_id"] = "xoauth2", "client"
		oauth["oauth_token_url"] = "http://127.0.0.1:9/token"
		oauth["oauth_client_secret"], oauth["oauth_refresh_token"] = planted["oauth client"], planted["oauth refresh"]
		s.account(t, "email", "令牌邮箱", "", oauth)

		// Traffic, good and bad, so that every way to leak was walked.
		app.tell(t, object{"event_id": "1", "from": object{"id": "u1", "name": "小明"}, "event": object{"type": "posted", "message": object{"parts": []object{{"type": "text", "body": "退货"}}}}})
		if got := app.post(t, []byte(`{"envelopes":[]}`), "wrong secret of the application "); got != 401 {
			t.Errorf("a wrong signature was answered %d", got)
		}
		ming := server.NewMailbox(t, "ming")
		letter{from: ming.Address, name: "小明", to: box.Address, subject: "退货", id: "<x13@customer.test>", text: "退货"}.send(t, server)
		inbox(t, ming, "签收后七天内可以退货。")
		lin := s.signIn(t, s.lin, manner{})
		api{base: h.url}.refused(t, "POST", "/session", object{"email": s.lin.email, "password": password + "x"})
		v := site.visit(customer(t, "小红"), "/plain")
		v.open()
		v.sees(v.theirs().has("您好，我是售前助手。"))
		visitor := token(planted["identity secret"], site.account, "u1", "小红")
		planted["visitor's identity token"] = visitor
		v.eval(nil, "", `parley("identify", "`+visitor+`")`)
		v.say("我登录了")
		lin.close()
		secret, codes := h.enrolled(t, s.chen.email)
		planted["second factor"], planted["recovery code"] = secret, codes[0]
		planted["recovery code without dashes"] = strings.ReplaceAll(codes[0], "-", "")
		link := h.run(t, "user", "reset", s.lin.email, "--link")
		_, planted["link for a password"], _ = strings.Cut(link, ".")
		if len(planted["link for a password"]) < 40 {
			t.Fatalf("the link is %q", link)
		}

		// Everything the API answers to an owner.
		answers := map[string][]byte{}
		ask := func(path string) {
			status, _, text := h.raw(t, "GET", path, "", nil)
			if status/100 == 5 {
				t.Errorf("GET %s: %d %s", path, status, text)
			}
			answers[path] = text
		}
		for _, path := range []string{"/session", "/tenant", "/connectors", "/accounts", "/links", "/unrouted", "/dead-letters?kind=inbox", "/dead-letters?kind=outbox", "/contacts", "/conversations",
			"/conversations/tallies", "/teams", "/agents", "/access", "/routing", "/hours", "/tags", "/blocks", "/canned", "/tokens", "/audit?limit=200", "/bots", "/bot-kinds", "/events?since=0&limit=200"} {
			ask("/api/v1" + path)
		}
		ask("/metrics")
		ask("/readyz")
		for _, a := range list[named](t, h.api, "/accounts") {
			for _, more := range []string{"", "/health", "/callbacks"} {
				ask("/api/v1/accounts/" + a.ID + more)
			}
		}
		for _, l := range list[named](t, h.api, "/links") {
			ask("/api/v1/links/" + l.ID)
		}
		for _, c := range h.conversations(t, "limit=200") {
			ask("/api/v1/conversations/" + c.ID)
			for _, m := range h.messages(t, c.ID) {
				if m.From == "bot" || m.From == "agent" {
					ask("/api/v1/messages/" + m.ID + "/trace")
				}
			}
		}

		h.stop(t) // so that everything is written
		places := map[string][]byte{"the database": h.dump(t), "the log": []byte(h.logged(t))}
		filepath.Walk(h.data, func(path string, info os.FileInfo, err error) error {
			if err == nil && info.Mode().IsRegular() {
				raw, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				places["the file "+strings.TrimPrefix(path, h.data)] = raw
			}
			return nil
		})
		for path, text := range answers {
			places["the answer of "+path] = text
		}
		for what, secret := range planted {
			for where, raw := range places {
				if at := found(raw, secret); at >= 0 {
					t.Errorf("X-13: the %s is in %s: …%q…", what, where, raw[max(0, at-60):min(len(raw), at+20)])
				}
			}
		}
		if found(places["the database"], "退货") < 0 {
			t.Error("the search finds nothing: not even what must be there")
		}
	})
}

// found looks for a text as it is, in base64 and in hex (as pg_dump writes bytes).
func found(raw []byte, secret string) int {
	for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret))} {
		if at := bytes.Index(raw, []byte(form)); at >= 0 {
			return at
		}
	}
	return -1
}
