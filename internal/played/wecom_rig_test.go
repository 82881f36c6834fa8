package played_test

import (
	"net/http/httptest"
	"testing"

	"parley/connectors/emulate"
	playedwecom "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core"
	"parley/core/canon"
	"parley/core/connector"
	"parley/internal/played"
)

// wecomTale is a hub with WeCom on its other side: a customer on WeChat, or a
// member with the application.
type wecomTale struct {
	*played.Hub
	*played.Customer
	t *testing.T
	p *playedwecom.Platform
}

func newWeCom(t *testing.T, kind string) *wecomTale {
	t.Helper()
	return newWeComWith(t, kind, playedwecom.Options{})
}

// newWeComWith is on a platform as asked for.
func newWeComWith(t *testing.T, kind string, o playedwecom.Options) *wecomTale {
	t.Helper()
	r := &wecomTale{t: t, p: playedwecom.New(o)}
	api := httptest.NewServer(r.p)
	t.Cleanup(func() { r.p.Close(); api.Close() })
	driver, c, phone := connector.Driver(wecom.NewKF()), r.p.KF(), r.p.KFPhone()
	values, remote, who := connector.Values{"account": playedwecom.Account}, playedwecom.Account, playedwecom.Customer
	if kind == wecom.KindApp {
		driver, c, phone = wecom.New(), r.p.App(), r.p.AppPhone()
		values, remote, who = connector.Values{"agent_id": c.AgentID}, c.AgentID, playedwecom.Member
	}
	values["corp_id"], values["secret"], values["callback_token"], values["encoding_aes_key"], values["api_base"] = c.CorpID, c.Secret, c.Token, c.AESKey, api.URL
	r.Hub = played.Start(t, played.Setup{Driver: driver, Values: values, Accounts: []canon.RemoteID{canon.RemoteID(remote)}, Language: "zh", Away: true})
	r.Customer = r.Hub.Customer(phone, who)
	// What an administrator does in WeCom's console: it verifies the address.
	if err := r.p.SetCallback(t.Context(), kind, r.Hook()); err != nil {
		t.Fatal(err)
	}
	return r
}

// seen is what the customer's screen shows from us, a line a bubble.
func (r *wecomTale) seen() (out []string) {
	for _, b := range r.Theirs() {
		out = append(out, drawn(b))
	}
	return out
}

func drawn(b emulate.Bubble) string {
	line := b.Text
	for _, m := range b.Media {
		line += "[" + m.Kind + "]"
	}
	for _, c := range b.Cards {
		line += "[" + c.Kind + "]" + c.Title
	}
	for _, row := range b.Buttons {
		for _, x := range row {
			line += "(" + x.Label + ")"
		}
	}
	return line
}

func last(all []string) string { return all[len(all)-1] }

// serving is a conversation the agent has, its window just opened.
func (r *wecomTale) serving() {
	r.t.Helper()
	r.p.Say(playedwecom.Account, r.ID, "转人工")
	r.Take(r.Queued())
}

// again has the customer write, which opens the window anew.
func (r *wecomTale) again() {
	r.t.Helper()
	n := len(r.Customer.Lines())
	r.p.Say(playedwecom.Account, r.ID, "好的")
	r.Until("the customer's words are here", func() bool { return len(r.Customer.Lines()) > n })
}

// post is the agent writing; it returns when the platform took all of it.
func (r *wecomTale) post(parts ...canon.Part) core.Message {
	r.t.Helper()
	c, _ := r.Talk()
	return r.Sends(c, parts...)
}

// line finds a line of the customer's thread by its words.
func (r *wecomTale) line(words string) core.Message {
	for _, m := range r.Customer.Lines() {
		if m.Content.Fallback() == words {
			return m
		}
	}
	return core.Message{}
}
