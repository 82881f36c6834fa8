package journey

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"parley/connectors/emulate"
	"parley/connectors/emulate/telegram"
)

// botFather is Telegram with a bot whose token can be replaced: the one before is
// refused from then on.
type botFather struct {
	*telegram.Platform
	mu    sync.Mutex
	valid string
}

func (f *botFather) replace(token string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.valid = token
}

func (f *botFather) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	valid := f.valid
	f.mu.Unlock()
	if !strings.Contains(r.URL.Path, "/bot"+valid+"/") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte(`{"ok":false,"error_code":401,"description":"Unauthorized"}`)) // a client that left is told nothing
		return
	}
	r.URL.Path = strings.Replace(r.URL.Path, valid, f.Token(), 1)
	f.Platform.ServeHTTP(w, r)
}

// An administrator links a bot, verifies it, follows a test message to a customer;
// the bot's token is replaced at the platform, the account goes red with cause and
// remedy, and the new token brings it back with everything that was said.
func TestSomebodyLinksBreaksAndRepairsAnAccount(t *testing.T) {
	t.Parallel()
	const first, second = "7000000001:AAFirstTokenOfTheJourneysBot000000001", "7000000001:AASecondTokenOfTheJourneysBot00000002"
	father := &botFather{Platform: telegram.New(telegram.Options{Started: true}), valid: first}
	server := httptest.NewServer(father)
	t.Cleanup(func() { father.Close(); server.Close() })
	s := staff(t, startHub(t, "sqlite", "PARLEY_PUBLIC_URL="))
	amy := worker{name: "Amy", email: "amy@shop.test"}
	s.do(t, "POST", "/agents", object{"email": amy.email, "name": amy.name, "role": "admin", "password": password, "language": "en"}, nil)
	admin := s.signIn(t, amy, manner{Size: &size{1440, 1000}, Axe: true})

	admin.visit(s.url + "/channels/link/telegram")
	admin.fill(label("Name").nth(0), "Shop bot")
	admin.fill(css("input[type=password]"), "7000000001:AAWrongTokenOfTheJourneysBot000000001")
	admin.click(button("3 more settings"))
	admin.fill(label("Address of the Bot API server").loose(), server.URL)
	admin.click(button("Verify"))
	admin.sees(text("Something is in the way. The line marked above says what to do."))
	admin.fill(css("input[type=password]"), first)
	admin.click(button("Verify"))
	admin.sees(text("Everything works."))
	admin.shot("linking")
	admin.click(button("Link account"))
	admin.sees(text("Shop bot is linked"))
	admin.click(button("Open the account"))

	if err := father.Do(t.Context(), father.Customers()[0].ID, emulate.Act{Kind: emulate.ActText, Text: "有人吗"}); err != nil {
		t.Fatal(err)
	}
	s.conversationWith(t, "有人吗")
	admin.reload()
	admin.click(button("Send test message"))
	for _, hop := range []string{"Accepted by the hub", "Stored for good", "Written to the platform", "Taken by the platform"} {
		admin.sees(text(hop))
	}
	until(t, "the customer reads the test message", func() (bool, string) {
		var all []string
		for _, b := range father.Screen(father.Customers()[0].ID).Bubbles {
			all = append(all, b.Text)
		}
		seen := strings.Join(all, " | ")
		return strings.Contains(seen, "This is a test message"), seen
	})
	admin.shot("linking-account")

	// The same bot again is refused by name.
	refused := s.refused(t, "POST", "/accounts", object{"connector": "telegram", "name": "Again", "config": object{"token": first, "api_base": server.URL}})
	if refused.Code != "linked_already" || !strings.Contains(refused.Detail, "Shop bot") {
		t.Errorf("linking it twice was answered %+v", refused)
	}

	father.replace(second)
	admin.sees(role("alert").has("Shop bot is not working"))
	admin.visit(s.url + "/inbox/all")
	admin.sees(role("alert").has("Shop bot is not working"))
	admin.shot("linking-red")
	admin.click(role("link", "Open the account"))
	small := somebody(t, "Amy on her phone", manner{Locale: "en-GB", Size: &size{390, 844}, Scheme: "dark", Axe: true}).open(s.url)
	small.fill(label("E-mail"), amy.email)
	small.fill(label("Password"), password)
	small.click(button("Sign in"))
	small.sees(role("alert").has("Shop bot is not working"))
	small.visit(admin.address())
	small.sees(role("alert").has("Shop bot is not working"))
	small.shot("linking-red-small")

	admin.fill(css("form input[type=password]"), second)
	admin.click(button("Save").nth(1))
	admin.misses(role("alert").has("Shop bot is not working"))
	if err := father.Do(t.Context(), father.Customers()[0].ID, emulate.Act{Kind: emulate.ActText, Text: "还在吗"}); err != nil {
		t.Fatal(err)
	}
	again := s.conversationWith(t, "还在吗")
	if !slices.ContainsFunc(s.messages(t, again), func(m message) bool { return m.has("有人吗") }) {
		t.Errorf("what was said before the repair is not in %s", again)
	}
	admin.shot("linking-green")
	for _, d := range []*tab{admin.tab, small} {
		for _, v := range d.axe("") {
			t.Error(v)
		}
	}
	wide := false
	small.eval(&wide, "", "document.documentElement.scrollWidth > innerWidth")
	if wide {
		t.Error("the account's page is wider than a phone")
	}
}
