package played_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	playedtelegram "parley/connectors/emulate/telegram"
	"parley/connectors/telegram"
	"parley/core"
	"parley/core/connector"
	"parley/internal/played"
)

// telegramToken is the bot's, of the form @BotFather gives.
const telegramToken = "7000000001:AAHcanary-of-the-played-hub-0000001"

// telegramWorld is a hub with Telegram on its other side.
type telegramWorld struct {
	*played.Hub
	t   *testing.T
	p   *playedtelegram.Platform
	api string
}

func newTelegram(t *testing.T, receive string) *telegramWorld {
	t.Helper()
	return newTelegramBy(t, receive, nil)
}

// newTelegramBy posts updates with a client of one's own.
func newTelegramBy(t *testing.T, receive string, client *http.Client) *telegramWorld {
	t.Helper()
	p := playedtelegram.New(playedtelegram.Options{Token: telegramToken, Local: true, Client: client})
	srv := httptest.NewServer(p)
	t.Cleanup(func() { p.Close(); srv.Close() })
	w := &telegramWorld{t: t, p: p, api: srv.URL}
	w.Hub = played.Start(t, played.Setup{Driver: telegram.New(), Values: w.values(receive)})
	w.listens(receive)
	return w
}

func (w *telegramWorld) values(receive string) connector.Values {
	return connector.Values{"token": telegramToken, "receive": receive, "api_base": w.api, "local_server": "true", "commands": "help - Ask for help"}
}

// listens waits until the platform hears the hub ask for messages that way.
func (w *telegramWorld) listens(receive string) {
	w.t.Helper()
	w.Until("the hub listens by "+receive, func() bool {
		if receive == "webhook" {
			return w.p.Webhook() == w.Hook()
		}
		return w.p.Polling() && w.p.Webhook() == ""
	})
}

// who is a customer, in a group or topic where the name says so.
func (w *telegramWorld) who(name string) *played.Customer { return w.Customer(w.p, name) }

// heard waits until some customer has said something, wherever that was.
func (w *telegramWorld) heard(text string) (c core.Conversation, said core.Message) {
	w.t.Helper()
	w.Until("the hub hears "+text, func() bool {
		for _, c = range w.Conversations() {
			for _, said = range w.Lines(c) {
				if said.From == core.FromCustomer && strings.Contains(said.Content.Fallback(), text) {
					return true
				}
			}
		}
		return false
	})
	return c, said
}

// served has a customer write and the agent take the conversation.
func (w *telegramWorld) served(customer, text string) core.Conversation {
	w.t.Helper()
	w.who(customer).Says(text)
	c, _ := w.heard(text)
	w.Take(c)
	return c
}
