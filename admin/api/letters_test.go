package api

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/core/canon"
)

// postbox takes letters to people who work here.
type postbox struct {
	mu   sync.Mutex
	sent []string // to, subject and body
	from string   // empty: no account can begin a letter
	err  error
}

func (p *postbox) Mail(_ context.Context, _ canon.ID, to, subject, body string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.from == "" || p.err != nil {
		return "", p.err
	}
	p.sent = append(p.sent, to+"\n"+subject+"\n"+body)
	return p.from, nil
}

var linkInLetter = regexp.MustCompile(`/password#(\S+)`)

// taken are the letters that came since the last look; of a request that was
// answered before its work was done, all.
func (p *postbox) taken(r *rig) []string {
	r.api.letters.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.sent
	p.sent = nil
	return out
}

func TestLinksAreMailedInTheLanguageOfWhomTheyAreFor(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		post := &postbox{from: "desk@shop.example"}
		r.api.Mail = post
		admin, _ := r.person(core.RoleAdmin)
		var v core.Agent
		admin.do("POST", "/agents", map[string]any{"name": "赵敏", "email": "zhao@example.com", "role": "agent", "language": "zh", "time_zone": "Asia/Shanghai"}).want(201).into(&v)
		link := "/agents/" + v.ID.String() + "/password-link"
		var made MadeLink
		admin.do("POST", link, map[string]any{"mail": true}).want(201).into(&made)
		all := post.taken(r)
		if len(all) != 1 || made.MailedFrom != "desk@shop.example" || made.Trouble != "" {
			t.Fatalf("%+v, %q", made, all)
		}
		for _, want := range []string{"zhao@example.com\n", "邀请你加入", "赵敏，你好", made.URL, "CST"} {
			if !strings.Contains(all[0], want) {
				t.Errorf("the letter lacks %q: %s", want, all[0])
			}
		}
		// Not asked for, or nothing to mail with: the link alone.
		admin.do("POST", link, nil).want(201)
		post.from, made = "", MadeLink{}
		if admin.do("POST", link, map[string]any{"mail": true}).want(201).into(&made); made.MailedFrom != "" || made.Trouble != "" || made.URL == "" {
			t.Errorf("%+v", made)
		}
		// A mail server that is away says so, and the link counts.
		post.from, post.err = "desk@shop.example", errors.New("away")
		made = MadeLink{}
		admin.do("POST", link, map[string]any{"mail": true}).want(201).into(&made)
		_, token, _ := strings.Cut(made.URL, "#")
		if r.look(token).want(200); made.Trouble == "" || len(post.taken(r)) != 0 {
			t.Errorf("%+v", made)
		}
	})
}

func TestX10_WhoForgotTheirPasswordIsMailedALink(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		r.clock.pass(0)
		post := &postbox{from: "desk@shop.example"}
		r.api.Mail = post
		admin, _ := r.person(core.RoleAdmin)
		c, v := r.person(core.RoleAgent)
		_, gone := r.person(core.RoleAgent)
		admin.do("PATCH", "/agents/"+gone.ID.String(), map[string]any{"disabled": true}).want(200)
		var invited core.Agent
		admin.do("POST", "/agents", map[string]any{"name": "Wen", "email": "wen@example.com", "role": "agent"}).want(201).into(&invited)
		ask := func(email string) reply {
			return r.nobody().do("POST", "/password-link/ask", map[string]string{"email": email})
		}
		before := r.audits(r.home())
		want := unlike(ask("nobody@example.com").want(204))
		for _, email := range []string{gone.Email, invited.Email} {
			if got := unlike(ask(email).want(204)); got != want {
				t.Errorf("%s: %s", email, got)
			}
		}
		if all := post.taken(r); len(all) != 0 || len(r.acts(before)) != 0 {
			t.Fatalf("%q, %v", all, r.acts(before))
		}
		if got := unlike(ask(" " + strings.ToUpper(v.Email)).want(204)); got != want {
			t.Errorf("%s", got)
		}
		all := post.taken(r)
		if len(all) != 1 || !strings.HasPrefix(all[0], v.Email+"\n") {
			t.Fatalf("%q", all)
		}
		c.do("GET", "/session", nil).want(200) // asking ends nothing
		token := linkInLetter.FindStringSubmatch(all[0])[1]
		r.use(token, chosen).want(204)
		c.do("GET", "/session", nil).want(401)
		r.signIn(r.nobody(), v.Email, chosen, "").want(200)
		if p := r.use(token, chosen).want(404).problem(); p.Code != "link_used" {
			t.Errorf("%+v", p)
		}
		// Nobody's mailbox is filled, and it does not matter whether they are known.
		for _, email := range []string{v.Email, "nobody@example.com"} {
			last := 0
			for range 6 {
				last = ask(email).status
			}
			if last != 429 {
				t.Errorf("the sixth time for %s: %d", email, last)
			}
		}
		if all := post.taken(r); len(all) > 3 {
			t.Errorf("%d letters", len(all))
		}
		r.clock.pass(time.Hour)
		ask(v.Email).want(204)
	})
}
