package journey

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"parley/connectors/emulate"
	"parley/connectors/emulate/wechat"
)

// openPlatform is the Open Platform of WeChat with an official account and a
// mini-program somebody may authorise.
func openPlatform(t *testing.T) (p *wechat.ComponentApp, address string) {
	t.Helper()
	p = wechat.NewComponent(wechat.ComponentOptions{Domain: "127.0.0.1"})
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	return p, server.URL
}

// An administrator sets a third-party platform up once, has two accounts
// authorised at WeChat's own page, sees one go red when its owner takes the
// authorisation back and green when it is given again, here and in the account's
// own console; what was said stays. Then they link pages by Facebook login.
func TestSomebodyAuthorisesTwoAccountsOverOnePlatform(t *testing.T) {
	t.Parallel()
	p, address := openPlatform(t)
	shop, mini := p.Accounts()[0], p.Accounts()[1]
	s := staff(t, startHub(t, "sqlite", "PARLEY_PUBLIC_URL="))
	amy := worker{name: "Amy", email: "amy@shop.test"}
	var made named
	s.do(t, "POST", "/agents", object{"email": amy.email, "name": amy.name, "role": "admin", "password": password, "language": "en"}, &made)
	amy.id = made.ID
	admin := s.signIn(t, amy, manner{Size: &size{1440, 1000}, Axe: true})

	admin.visit(s.url + "/channels/link/wechatopen")
	admin.fill(label("Name").nth(0), "Tea house")
	config := p.Config()
	admin.fill(label("AppID of the third-party platform").loose(), config["app_id"])
	admin.fill(label("AppSecret of the third-party platform").loose(), config["app_secret"])
	admin.fill(label("Message verification token").loose(), config["token"])
	admin.fill(label("Message encryption key").loose(), config["aes_key"])
	admin.click(button("2 more settings"))
	admin.fill(label("API address").loose(), address)
	admin.fill(label("Address of the authorisation page").loose(), address)
	admin.click(button("Link account"))
	admin.sees(text("Tea house is linked"))
	first := s.accounts(t)["Tea house"]
	if err := p.SetAddresses(t.Context(), first.Hook, first.Hook+"/$APPID$"); err != nil {
		t.Fatal(err)
	}

	// The first account takes the place of the one that was set up.
	admin.click(button("Open the account"))
	admin.sees(text("No account has been authorised yet."))
	admin.sees(role("heading", "Messages and events (消息与事件接收 URL)"))
	admin.sees(text(first.Hook + "/$APPID$"))
	admin.sees(button("Copy: Messages and events (消息与事件接收 URL)"))
	admin.shot("authorise-fresh")
	admin.click(button("Authorise"))
	admin.shot("authorise-platform")
	admin.click(button("茶语旗舰店"))
	admin.sees(text("Tea house is authorised"))
	customer := shop.Customers()[0].ID
	says(t, shop, customer, "有人吗")
	talk := s.conversationWith(t, "有人吗")

	// The page that links this kind knows that it is set up: another account needs
	// no form.
	admin.visit(s.url + "/channels/link/wechatopen")
	admin.sees(text("This is set up already."))
	admin.shot("authorise-set-up")
	admin.click(button("Authorise another account"))
	admin.click(button("茶语小程序"))
	admin.sees(text("茶语小程序 is authorised"))
	admin.shot("authorise-return")
	admin.click(button("Open the account"))
	admin.sees(text("Authorised over the same settings:"))
	admin.sees(role("link", "Tea house"))
	says(t, mini, mini.Customers()[0].ID, "小程序里问一下")
	s.conversationWith(t, "小程序里问一下")
	if all := s.accounts(t); all["Tea house"].ID != first.ID || all["茶语小程序"].Link != first.Link {
		t.Errorf("the accounts are %+v, and were set up as %+v", all, first)
	}

	// Its owner takes the authorisation back: the one goes red, the other does not.
	if err := p.TakeBack(t.Context(), mini.AppID(), false); err != nil {
		t.Fatal(err)
	}
	admin.sees(role("alert").has("茶语小程序 is not working"))
	admin.shot("authorise-red")
	admin.click(button("Authorise again"))
	admin.click(button("茶语小程序")) // the page is for this account alone
	admin.sees(text("茶语小程序 is authorised"))
	admin.click(button("Open the account"))
	admin.misses(role("alert").has("茶语小程序 is not working"))
	says(t, mini, mini.Customers()[0].ID, "还在吗")
	again := s.conversationWith(t, "还在吗")
	if !slices.ContainsFunc(s.messages(t, again), func(m message) bool { return m.has("小程序里问一下") }) {
		t.Errorf("what was said before is not in %s", again)
	}

	// Taken back and given again in the account's own console, while nobody looks.
	if err := p.TakeBack(t.Context(), shop.AppID(), false); err != nil {
		t.Fatal(err)
	}
	admin.sees(role("alert").has("Tea house is not working"))
	if err := p.Grant(t.Context(), shop.AppID()); err != nil {
		t.Fatal(err)
	}
	admin.misses(role("alert").has("Tea house is not working"))
	says(t, shop, customer, "我又来了")
	until(t, "the same conversation goes on", func() (bool, string) {
		lines := s.messages(t, talk)
		return slices.ContainsFunc(lines, func(m message) bool { return m.has("我又来了") }), ""
	})

	admin.visit(s.url + "/channels")
	admin.sees(text("茶语小程序"))
	admin.shot("authorise-channels")
	for _, v := range admin.axe("") {
		t.Error(v)
	}

	s.linksPages(t, admin)
	s.linksMailbox(t, admin)

	// Setting the same platform up twice is refused by name.
	values := object{"api_base": address, "page_base": address}
	for name, v := range config {
		values[name] = v
	}
	refused := s.refused(t, "POST", "/accounts", object{"connector": "wechatopen", "name": "Again", "config": values})
	if refused.Code != "linked_already" || !strings.Contains(refused.Detail, "Tea house") {
		t.Errorf("setting it up twice was answered %+v", refused)
	}
}

// linkedAccount is an account as the API shows it.
type linkedAccount struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Link string `json:"link_id"`
	Hook string `json:"hook_url"`
}

// accounts are the linked ones by name.
func (a api) accounts(t testing.TB) map[string]linkedAccount {
	t.Helper()
	var all struct {
		Items []linkedAccount `json:"items"`
	}
	a.do(t, "GET", "/accounts", nil, &all)
	out := map[string]linkedAccount{}
	for _, x := range all.Items {
		a.do(t, "GET", "/accounts/"+x.ID, nil, &x)
		out[x.Name] = x
	}
	return out
}

// says is a customer of a played account who writes.
func says(t *testing.T, p emulate.Phone, customer, words string) {
	t.Helper()
	if err := p.Do(t.Context(), customer, emulate.Act{Kind: emulate.ActText, Text: words}); err != nil {
		t.Fatal(err)
	}
}
