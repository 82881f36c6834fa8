package torture

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
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
		site := linkWeb(t, h, api, "")
		visitors := poster{newLedger(), site.post}
		posted := underFire(t, h, chance, func(ctx context.Context, over <-chan struct{}) int {
			return crowd(ctx, t, visitors, chance, 16, 200, long(10_000, 1_000), over)
		})
		judgeStored(t, api, visitors.ledger, posted, func(m core.Message) string { return m.Content.ClientID })
	})
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
			enough := int64(long(10_000, 1_000))
			var n atomic.Int64
			var posts sync.WaitGroup
			for range 4 {
				posts.Go(func() {
					for t.Context().Err() == nil {
						i := n.Add(1) - 1
						if i >= enough {
							return
						}
						id := fmt.Sprintf("m-%06d", i)
						sender := fmt.Sprintf("customer-%d@%s", i%40, testenv.MailDomain)
						mails.send(id, "words of "+id)
						box.Deliver(t, sender, letter(sender, box.Address, id, "words of "+id))
						mails.ack(id)
					}
				})
			}
			posts.Wait()
			<-over
			return int(enough)
		})
		judgeStored(t, api, mails, posted, func(m core.Message) string {
			_, id, _ := strings.Cut(m.Content.Plain(), "words of ")
			return strings.TrimSpace(id)
		})
	})
}

// letter is a plain mail.
func letter(from, to, id, words string) []byte {
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
