package meta

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"
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

// turnedAway is what the dialog says, word for word.
type turnedAway string

// Error is the sentence.
func (s turnedAway) Error() string { return string(s) }

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
		return a, turnedAway("Invalid App ID: The provided app ID does not look like a valid app ID.")
	case err != nil || back.Host == "" || p.logins.redirects != nil && !slices.Contains(p.logins.redirects, q.Get("redirect_uri")):
		return a, turnedAway("URL Blocked: This redirect failed because the redirect URI is not whitelisted in the app's Client OAuth Settings.")
	case q.Get("response_type") != "" && q.Get("response_type") != "code":
		return a, turnedAway("Invalid response_type: The parameter response_type is not supported here.")
	case config != "" && !known[config]:
		return a, turnedAway("Invalid configuration: The configuration of this login does not exist.")
	case strange >= 0:
		return a, turnedAway("Invalid Scopes: " + a.scopes[strange])
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

// dialogForm shows people and pages to tick, or why it cannot be used.
func (p *Platform) dialogForm(bad string) g.Node {
	const style = "body{font:16px/1.6 system-ui;max-width:26rem;margin:3rem auto;padding:0 1rem}button{display:block;width:100%;margin:.6rem 0;padding:.8rem;font:inherit}label{display:block}"
	var content g.Node = g.Group{
		h.P(g.Text("Choose the Pages you want to use with Parley.")),
		g.Map(people(), func(u user) g.Node {
			return h.Form(h.Method("post"), h.FieldSet(
				h.Legend(g.Text(u.name)),
				g.Map(u.pages, func(id string) g.Node {
					return h.Label(h.Input(h.Type("checkbox"), h.Name("page"), h.Value(id), h.Checked()), g.Text(" "+p.links[id].name))
				}),
				h.Button(h.Name("user"), h.Value(u.id), g.Text("Continue as "+u.name)),
			))
		}),
		h.Form(h.Method("post"), h.Button(g.Text("Cancel"))),
	}
	if bad != "" {
		content = h.P(h.Role("alert"), g.Text(bad))
	}
	return h.Doctype(h.HTML(h.Lang("en"),
		h.Head(h.Meta(h.Charset("utf-8")), h.Meta(h.Name("viewport"), h.Content("width=device-width")), h.TitleEl(g.Text("Log in with Facebook")), h.StyleEl(g.Raw(style))),
		h.Body(h.H1(g.Text("Log in with Facebook")), content)))
}

// serveDialog shows the dialog, and leads back whoever continues or cancels.
func (p *Platform) serveDialog(w http.ResponseWriter, r *http.Request) {
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
	bad := ""
	if err != nil {
		bad = err.Error()
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = p.dialogForm(bad).Render(w) // whoever asked hung up
}
