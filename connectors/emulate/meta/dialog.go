package meta

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// dialogPath is where people agree, below the version.
const dialogPath = "/dialog/oauth"

// scopes are the permissions a dialog may be asked for.
var scopes = []string{
	"email", "public_profile", "business_management", "pages_show_list", "pages_manage_metadata", "pages_messaging", "pages_read_engagement",
	"instagram_basic", "instagram_manage_messages", "whatsapp_business_management", "whatsapp_business_messaging",
}

// asked is a request for the dialog that may be shown.
type asked struct {
	back   *url.URL
	state  string
	scopes []string
	system bool
}

// dialog holds the address of the dialog against the platform's rules. What is
// wrong is said on the page: it must not lead back to an address nobody knows
// ("Manually Build a Login Flow"; "Login Security: Strict mode").
func (p *Platform) dialog(q url.Values) (asked, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := asked{state: q.Get("state")}
	back, err := url.Parse(q.Get("redirect_uri"))
	a.back = back
	known := map[string]bool{Configuration: true, SystemConfiguration: true}
	config := q.Get("config_id")
	a.system = config == SystemConfiguration
	a.scopes = scopes
	if config == "" {
		a.scopes = strings.Split(q.Get("scope"), ",")
	}
	strange := slices.IndexFunc(a.scopes, func(s string) bool { return !slices.Contains(scopes, s) })
	switch {
	case q.Get("client_id") != AppID:
		return a, errors.New("Invalid App ID: The provided app ID does not look like a valid app ID.")
	case err != nil || back.Host == "" || p.logins.redirects != nil && !slices.Contains(p.logins.redirects, q.Get("redirect_uri")):
		return a, errors.New("URL Blocked: This redirect failed because the redirect URI is not whitelisted in the app's Client OAuth Settings.")
	case q.Get("response_type") != "" && q.Get("response_type") != "code":
		return a, errors.New("Invalid response_type: The parameter response_type is not supported here.")
	case config != "" && !known[config]:
		return a, errors.New("Invalid configuration: The configuration of this login does not exist.")
	case strange >= 0:
		return a, errors.New("Invalid Scopes: " + a.scopes[strange])
	}
	a.scopes = slices.DeleteFunc(slices.Clone(a.scopes), func(s string) bool { return slices.Contains(p.logins.withheld, s) })
	return a, nil
}

// Agree is a user who opens the dialog, ticks pages and continues. It returns
// the address the browser is led back to.
func (p *Platform) Agree(page, id string, pages ...string) (string, error) {
	a, err := p.opened(page)
	if err != nil {
		return "", err
	}
	return p.agree(a, id, pages)
}

// Decline is a user who opens the dialog and presses Cancel.
func (p *Platform) Decline(page string) (string, error) {
	a, err := p.opened(page)
	if err != nil {
		return "", err
	}
	return a.cancelled(), nil
}

func (p *Platform) opened(page string) (asked, error) {
	at, err := url.Parse(page)
	if err != nil {
		return asked{}, err
	}
	if !strings.HasSuffix(at.Path, dialogPath) {
		return asked{}, errors.New("this is not the address of the dialog: " + page)
	}
	return p.dialog(at.Query())
}

func (p *Platform) agree(a asked, id string, pages []string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(people(), func(u user) bool { return u.id == id })
	if i < 0 {
		return "", errors.New("there is no such user")
	}
	who := people()[i]
	for _, page := range pages {
		if !slices.Contains(who.pages, page) {
			return "", errors.New(who.name + " does not manage the page " + page)
		}
	}
	given := &consent{user: who, pages: pages, scopes: a.scopes, system: a.system, given: p.now()}
	word := "AQBcode" + strconv.Itoa(p.next())
	p.logins.codes[word] = &code{consent: given, redirect: a.back.String(), ends: p.now().Add(codeLife)}
	return a.led(url.Values{"code": {word}}), nil
}

func (a asked) cancelled() string {
	return a.led(url.Values{"error": {"access_denied"}, "error_code": {"200"}, "error_description": {"Permissions error"}, "error_reason": {"user_denied"}})
}

// led is the address that is led back to; Facebook puts a fragment behind it.
func (a asked) led(with url.Values) string {
	back := *a.back
	q := back.Query()
	for name, v := range with {
		q[name] = v
	}
	if a.state != "" {
		q.Set("state", a.state)
	}
	back.RawQuery, back.Fragment = q.Encode(), "_=_"
	return back.String()
}

var dialogTemplate = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Log in with Facebook</title><style>body{font:16px/1.6 system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem}button{display:block;width:100%;margin:.6rem 0;padding:.8rem;font:inherit}label{display:block}</style>
<h1>Log in with Facebook</h1>{{if .Bad}}<p role="alert">{{.Bad}}</p>{{else}}<p>Choose the Pages you want to use with Parley.</p>
{{range $u := .Users}}<form method="post"><fieldset><legend>{{.Name}}</legend>{{range .Pages}}<label><input type="checkbox" name="page" value="{{.ID}}" checked> {{.Name}}</label>{{end}}
<button name="user" value="{{.ID}}">Continue as {{.Name}}</button></fieldset></form>{{end}}<form method="post"><button>Cancel</button></form>{{end}}</html>`))

// serveDialog shows the dialog, and leads back whoever continues or cancels.
func (p *Platform) serveDialog(w http.ResponseWriter, r *http.Request) {
	type page struct{ ID, Name string }
	type person struct {
		ID, Name string
		Pages    []page
	}
	var shown struct {
		Bad   string
		Users []person
	}
	a, err := p.dialog(r.URL.Query())
	if err == nil && r.Method == http.MethodPost {
		if err = r.ParseForm(); err == nil {
			back := a.cancelled()
			if id := r.PostForm.Get("user"); id != "" {
				back, err = p.agree(a, id, r.PostForm["page"])
			}
			if err == nil {
				http.Redirect(w, r, back, http.StatusSeeOther)
				return
			}
		}
	}
	if err != nil {
		shown.Bad = err.Error()
	}
	for _, u := range people() {
		one := person{ID: u.id, Name: u.name}
		for _, id := range u.pages {
			one.Pages = append(one.Pages, page{id, p.links[id].name})
		}
		shown.Users = append(shown.Users, one)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = dialogTemplate.Execute(w, shown) // whoever asked hung up
}
