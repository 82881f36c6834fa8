package torture

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/internal/bench/rig"
	"parley/internal/testenv"
)

// The same for visitors of the web chat, whose browsers keep a message until it
// is acknowledged.
func TestR01_WebMessagesAreStoredOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		chance := chance(t)
		api := start(t, h)
		linked, err := api.Link(t.Context(), "web", "site", map[string]string{"name": "site"}, "")
		if err != nil {
			t.Fatal(err)
		}
		chat := h.URL() + "/chat/" + linked.ID
		var mu sync.Mutex
		tokens := map[string]string{}
		token := func(ctx context.Context, peer string) (string, error) {
			mu.Lock()
			known := tokens[peer]
			mu.Unlock()
			if known != "" {
				return known, nil
			}
			var session struct {
				Token string `json:"token"`
			}
			if err := postJSON(ctx, chat+"/session", "", map[string]string{"lang": "zh"}, &session); err != nil {
				return "", err
			}
			mu.Lock()
			defer mu.Unlock()
			if tokens[peer] == "" {
				tokens[peer] = session.Token
			}
			return tokens[peer], nil
		}
		visitors := poster{newLedger(), func(ctx context.Context, id, peer, words string) error {
			who, err := token(ctx, peer)
			if err != nil {
				return err
			}
			return postJSON(ctx, chat+"/messages", who, map[string]string{"id": id, "text": words}, nil)
		}}
		posted := underFire(t, h, chance, func(ctx context.Context, over <-chan struct{}) int {
			return crowd(ctx, t, visitors, chance, 16, 200, long(10_000, 300), over)
		})
		judgeStored(t, api, visitors.ledger, posted, func(m core.Message) string { return m.Content.ClientID })
	})
}

// postJSON posts as a browser does, on a connection of its own.
func postJSON(ctx context.Context, url, bearer string, in, out any) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := eachItsOwn.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("answered %d: %s", resp.StatusCode, body)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(body, out)
}

// And for mail: what the mailbox took while the hub was killed again and again
// is a message once.
func TestR01_MailsAreStoredOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		chance := chance(t)
		api := start(t, h)
		server := testenv.Dovecot(t)
		box := server.NewMailbox(t, "help")
		if _, err := api.Link(t.Context(), "email", "help", mailConfig(server, box), ""); err != nil {
			t.Fatal(err)
		}
		mails := newLedger()
		posted := underFire(t, h, chance, func(ctx context.Context, over <-chan struct{}) int {
			enough := long(2000, 100)
			for n := 0; ; n++ {
				select {
				case <-over:
					if n >= enough {
						return n
					}
				default:
				}
				id := fmt.Sprintf("m-%06d", n)
				sender := fmt.Sprintf("customer-%d@%s", n%40, testenv.MailDomain)
				mails.send(id, "words of "+id)
				box.Deliver(t, sender, mail(sender, box.Address, id, "words of "+id))
				mails.ack(id)
				time.Sleep(time.Duration(chance.IntN(60)) * time.Millisecond)
			}
		})
		judgeStored(t, api, mails, posted, func(m core.Message) string {
			_, id, _ := strings.Cut(m.Content.Plain(), "words of ")
			return strings.TrimSpace(id)
		})
	})
}

// mail is a plain mail.
func mail(from, to, id, words string) []byte {
	return []byte("From: Customer <" + from + ">\r\nTo: " + to + "\r\nSubject: " + id + "\r\nMessage-ID: <" + id + "." + strings.ReplaceAll(to, "@", ".") + "@" + testenv.MailDomain + ">\r\n" +
		"Date: " + time.Now().Format(time.RFC1123Z) + "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + words + "\r\n")
}

// mailConfig links a mailbox of the test server.
func mailConfig(server testenv.Mail, box testenv.Mailbox) map[string]string {
	_, imap, _ := net.SplitHostPort(server.IMAPSAddr)
	_, smtp, _ := net.SplitHostPort(server.SMTPSAddr)
	return map[string]string{
		"address": box.Address, "display_name": "Help", "provider": "other", "auth": "password",
		"imap_host": "127.0.0.1", "imap_port": imap, "imap_security": "tls", "imap_password": box.Password,
		"smtp_host": "127.0.0.1", "smtp_port": smtp, "smtp_security": "tls", "ca": string(server.CAPEM), "poll_seconds": "10",
	}
}
