package meta_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/connectors/emulate/meta"
)

const backTo = "https://hub.example.com/channels/return"

// dialog is the address of the login dialog; more replaces parameters.
func (w *world) dialog(more ...string) string {
	w.p.Redirects(backTo)
	q := url.Values{"client_id": {meta.AppID}, "redirect_uri": {backTo}, "state": {"s-1"}, "response_type": {"code"}, "scope": {"pages_show_list,pages_manage_metadata,pages_messaging"}}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return w.srv.URL + "/v25.0/dialog/oauth?" + q.Encode()
}

// shows is the dialog with the word it refuses by.
func (w *world) shows(more ...string) map[string]any {
	_, err := w.p.Agree(w.dialog(more...), meta.Amy, meta.Page)
	if err == nil {
		return nil
	}
	word, _, _ := strings.Cut(err.Error(), ":")
	return map[string]any{"error": map[string]any{"code": word}}
}

// agrees is Amy with all her pages, and the code she is led back with.
func (w *world) agrees(more ...string) string {
	w.t.Helper()
	back, err := w.p.Agree(w.dialog(more...), meta.Amy, meta.Page, meta.OtherPage)
	if err != nil {
		w.t.Fatal(err)
	}
	u, err := url.Parse(back)
	if err != nil || u.Query().Get("state") != "s-1" || u.Query().Get("code") == "" {
		w.t.Fatalf("led back to %s, %v", back, err)
	}
	return u.Query().Get("code")
}

func (w *world) exchanges(more ...string) map[string]any {
	w.t.Helper()
	in := url.Values{"client_id": {meta.AppID}, "client_secret": {meta.AppSecret}, "redirect_uri": {backTo}}
	for i := 0; i < len(more); i += 2 {
		in.Set(more[i], more[i+1])
	}
	resp, err := http.PostForm(w.srv.URL+"/v25.0/oauth/access_token", in)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// signsIn is a short token of Amy's.
func (w *world) signsIn(more ...string) string {
	w.t.Helper()
	token, _ := w.exchanges("code", w.agrees(more...))["access_token"].(string)
	if token == "" {
		w.t.Fatal("no token was given for a code")
	}
	return token
}

func (w *world) longer(token string) map[string]any {
	return w.exchanges("grant_type", "fb_exchange_token", "fb_exchange_token", token)
}

// pagesOf are the tokens of the pages a user's token brings.
func (w *world) pagesOf(token string) map[string]string {
	w.t.Helper()
	_, out := w.do("GET", "/me/accounts", token, "", nil)
	all, _ := out["data"].([]any)
	tokens := map[string]string{}
	for _, one := range all {
		page := one.(map[string]any)
		tokens[page["id"].(string)] = page["access_token"].(string)
	}
	return tokens
}

func (w *world) subscribes(token string) map[string]any {
	return w.post("/"+meta.Page+"/subscribed_apps", token, `{"subscribed_fields":["messages"]}`)
}

// loginBroken breaks the rules of logins.
var loginBroken = map[string]func(*world) map[string]any{
	"dialog app":           func(w *world) map[string]any { return w.shows("client_id", "404") },
	"dialog redirect":      func(w *world) map[string]any { return w.shows("redirect_uri", backTo+"/") },
	"dialog scope":         func(w *world) map[string]any { return w.shows("scope", "pages_messaging,everything") },
	"dialog configuration": func(w *world) map[string]any { return w.shows("config_id", "404") },
	"code app":             func(w *world) map[string]any { return w.exchanges("code", w.agrees(), "client_id", "404") },
	"code secret":          func(w *world) map[string]any { return w.exchanges("code", w.agrees(), "client_secret", "guessed") },
	"code":                 func(w *world) map[string]any { return w.exchanges("code", "guessed") },
	"code redirect": func(w *world) map[string]any {
		return w.exchanges("code", w.agrees(), "redirect_uri", backTo+"?state=s-1")
	},
	"code once": func(w *world) map[string]any {
		word := w.agrees()
		w.exchanges("code", word)
		return w.exchanges("code", word)
	},
	"code life": func(w *world) map[string]any {
		word := w.agrees()
		w.now = w.now.Add(10 * time.Minute)
		return w.exchanges("code", word)
	},
	"token life": func(w *world) map[string]any {
		token := w.signsIn()
		w.now = w.now.Add(2 * time.Hour)
		_, out := w.do("GET", "/me/accounts", token, "", nil)
		return out
	},
	"token exchange": func(w *world) map[string]any {
		token := w.signsIn()
		w.now = w.now.Add(2 * time.Hour)
		return w.longer(token)
	},
	"app removed": func(w *world) map[string]any {
		page := w.pagesOf(w.signsIn())[meta.Page]
		w.p.RemoveApp(meta.Amy)
		return w.subscribes(page)
	},
	"permission to subscribe": func(w *world) map[string]any {
		return w.subscribes(w.pagesOf(w.signsIn("scope", "pages_show_list,pages_messaging"))[meta.Page])
	},
	"permission to message": func(w *world) map[string]any {
		w.p.Withhold("pages_messaging")
		return w.post("/"+meta.Page+"/messages", w.pagesOf(w.signsIn())[meta.Page], `{"recipient":{"id":"`+peter+`"},"messaging_type":"RESPONSE","message":{"text":"x"}}`)
	},
}

// TestALoginBringsTheTokensOfThePagesThatWereTicked: those of an exchanged token
// outlive it, those of a short one do not; a configuration may bring a token
// without end.
func TestALoginBringsTheTokensOfThePagesThatWereTicked(t *testing.T) {
	w := begin(t)
	short := w.signsIn()
	brief := w.pagesOf(short)
	long := w.longer(short)
	lasting := w.pagesOf(long["access_token"].(string))
	if len(brief) != 2 || len(lasting) != 2 || long["expires_in"].(float64) < 59*24*3600 {
		t.Fatalf("the pages are %v and %v, the long token %v", brief, lasting, long)
	}
	if out := w.subscribes(lasting[meta.Page]); out["success"] != true {
		t.Errorf("subscribing was answered %v", out)
	}
	if code := codeOf(w.subscribes(lasting[meta.OtherPage])); code != "190" {
		t.Errorf("one page spoke for another: %s", code)
	}
	w.now = w.now.Add(61 * 24 * time.Hour)
	if code := codeOf(w.subscribes(brief[meta.Page])); code != "190/463" {
		t.Errorf("a page's token outlived the short one it came of: %s", code)
	}
	if out := w.subscribes(lasting[meta.Page]); out["success"] != true {
		t.Errorf("a page's token ended with the long one it came of: %v", out)
	}
	if _, ok := w.exchanges("code", w.agrees("config_id", meta.SystemConfiguration))["expires_in"]; ok {
		t.Error("a system user's token ends")
	}
	_, out := w.do("GET", "/debug_token?input_token="+lasting[meta.Page], meta.AppID+"|"+meta.AppSecret, "", nil)
	facts, _ := out["data"].(map[string]any)
	if facts["is_valid"] != true || facts["type"] != "PAGE" || facts["expires_at"].(float64) != 0 || facts["data_access_expires_at"].(float64) == 0 {
		t.Errorf("debug_token says %v", facts)
	}
}

// TestTheDialogIsAPageToTickAndToCancel as a browser sees it.
func TestTheDialogIsAPageToTickAndToCancel(t *testing.T) {
	w := begin(t)
	get := func(address string) string {
		resp, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return string(body)
	}
	shown := get(w.dialog())
	for _, words := range []string{"Continue as Amy Lin", "Continue as Ben Ode", "Lucky Shrub Outlet", "Cancel"} {
		if !strings.Contains(shown, words) {
			t.Errorf("the dialog does not show %q", words)
		}
	}
	if shown := get(w.dialog("client_id", "404")); !strings.Contains(shown, "Invalid App ID") || strings.Contains(shown, "Amy") {
		t.Errorf("a dialog for no app shows %s", shown)
	}
	press := func(form url.Values) url.Values {
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.PostForm(w.dialog(), form)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		back, err := resp.Location()
		if err != nil || !strings.HasPrefix(back.String(), backTo+"?") {
			t.Fatalf("led to %v, %v", back, err)
		}
		return back.Query()
	}
	if q := press(url.Values{}); q.Get("error_reason") != "user_denied" || q.Get("state") != "s-1" || q.Get("code") != "" {
		t.Errorf("cancelled, it led back with %v", q)
	}
	token, _ := w.exchanges("code", press(url.Values{"user": {meta.Amy}, "page": {meta.Page}}).Get("code"))["access_token"].(string)
	var ids []string
	for id := range w.pagesOf(token) {
		ids = append(ids, id)
	}
	if !slices.Equal(ids, []string{meta.Page}) {
		t.Errorf("one page was ticked, the token has %v", ids)
	}
}
