package web

import (
	"fmt"
	"strings"
	"testing"

	"parley/core/canon"
	"parley/core/connector"
)

const asksAll = `[{"name":"name","kind":"name","required":true,"label":{"zh":"怎么称呼您","en":""}},
	{"name":"email","kind":"email"},{"name":"phone","kind":"phone"},
	{"name":"order","kind":"text","label":{"zh":"订单号","en":"Order number"}},
	{"name":"topic","kind":"choice","required":true,"label":{"zh":"","en":"Topic"},"options":[{"zh":"退货","en":"Returns"},{"zh":"配送","en":"Delivery"}]}]`

// W-06: whoever has to answer is not heard before, is told which answer is no
// good, and is heard afterwards; what was answered comes with the visit.
func TestW06_QuestionsAreAnsweredBeforeTheFirstMessage(t *testing.T) {
	r := newRig(t, Limits{}, "ask", asksAll)
	s, _ := r.session(sessionRequest{Lang: "en"})
	if !s.Ask {
		t.Fatal("the session does not say that questions are open")
	}
	if res := r.do("POST", "/messages", s.Token, postRequest{ID: "post-0001", Text: "hi"}); res.status != 422 || res.code() != "ask" {
		t.Errorf("before answering: %d %s", res.status, res.raw)
	}
	if res := r.do("POST", "/open", s.Token, openRequest{Key: "visit-01"}); res.code() != "ask" {
		t.Errorf("opened without answers: %d %s", res.status, res.raw)
	}
	good := map[string]string{"name": " 林\u202e小满 ", "email": "l@example.com", "phone": "+44 20 7946 0018", "order": "A\n1", "topic": "Returns", "other": "x"}
	for name, bad := range map[string]string{"name": " ", "email": "nobody", "phone": "call me", "order": strings.Repeat("长", answerMost+1), "topic": "退款"} {
		in := map[string]string{}
		for k, v := range good {
			in[k] = v
		}
		in[name] = bad
		if res := r.do("POST", "/open", s.Token, openRequest{Key: "visit-01", Answers: in}); res.status != 422 || res.code() != "invalid_"+name {
			t.Errorf("%s = %q: %d %s", name, bad, res.status, res.raw)
		}
	}
	if n := len(r.hub.Commits()); n != 0 {
		t.Fatalf("%d stored before a good answer", n)
	}
	var out openAnswer
	r.do("POST", "/open", s.Token, openRequest{Key: "visit-01", Answers: good}).into(t, &out)
	got := r.hub.Commits()
	if len(got) != 1 || got[0].From.Name != "林小满" || got[0].From.Email != "l@example.com" || got[0].From.Phone != "+44 20 7946 0018" || got[0].From.Verified {
		t.Fatalf("stored %+v", got)
	}
	want := []canon.Field{{Name: "name", Label: "怎么称呼您", Value: "林小满"}, {Name: "email", Label: "E-mail", Value: "l@example.com"},
		{Name: "phone", Label: "Phone", Value: "+44 20 7946 0018"}, {Name: "order", Label: "Order number", Value: "A 1"}, {Name: "topic", Label: "Topic", Value: "Returns"}}
	if a := got[0].Visit.Answers; len(a) != len(want) {
		t.Errorf("answers %+v", a)
	} else {
		for i := range want {
			if a[i] != want[i] {
				t.Errorf("answer %d is %+v, want %+v", i, a[i], want[i])
			}
		}
	}
	if res := r.do("POST", "/messages", out.Token, postRequest{ID: "post-0001", Text: "hi"}); res.status != 200 {
		t.Errorf("after answering: %d %s", res.status, res.raw)
	}
	if again, _ := r.session(sessionRequest{Token: out.Token}); again.Ask {
		t.Error("asked a second time")
	}
	// The token of before still has not answered.
	if res := r.do("POST", "/messages", s.Token, postRequest{ID: "post-0002", Text: "hi"}); res.code() != "ask" {
		t.Errorf("with the old token: %d %s", res.status, res.raw)
	}
}

// Whoever the site vouches for is not asked, nor who wrote before there were
// questions.
func TestWhoIsNotAsked(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{})
	r.do("POST", "/messages", s.Token, postRequest{ID: "post-0001", Text: "hi"})
	r.conn.site.ask, _ = parseQuestions(asksAll)
	for _, again := range []bool{false, true} {
		now, _ := r.session(sessionRequest{Token: s.Token, Again: again})
		if now.Ask {
			t.Error("asked in the middle of a chat")
		}
		if res := r.do("POST", "/messages", now.Token, postRequest{ID: "post-0002", Text: "still here"}); res.status != 200 {
			t.Errorf("in the middle of a chat: %d %s", res.status, res.raw)
		}
	}
	in, _ := r.session(sessionRequest{Identity: jwt(`{"alg":"HS256"}`, fmt.Sprintf(`{"sub":"u1","aud":"%s","exp":%d}`, r.account, r.now().Unix()+60), identitySecret)})
	if in.Ask {
		t.Error("a signed-in customer is asked")
	}
	if res := r.do("POST", "/messages", in.Token, postRequest{ID: "post-0003", Text: "hi"}); res.status != 200 {
		t.Errorf("signed in: %d %s", res.status, res.raw)
	}
}

func TestTheFormRefusesWhatCannotBeAsked(t *testing.T) {
	f := form(Limits{}.withDefaults())
	for _, bad := range []string{
		`{}`, `[{"name":"x","kind":"text"}]`, `[{"name":"X","kind":"text","label":{"en":"a"}}]`, `[{"name":"email","kind":"text","label":{"en":"a"}}]`,
		`[{"name":"a","kind":"email","label":{"en":"a"}}]`, `[{"name":"a","kind":"date","label":{"en":"a"}}]`,
		`[{"name":"a","kind":"choice","label":{"en":"a"},"options":[{"en":"one"}]}]`,
		`[{"name":"name","kind":"name"},{"name":"name","kind":"name"}]`, `[` + strings.Repeat(`{"name":"name","kind":"name"},`, 8) + `{"name":"name","kind":"name"}]`,
	} {
		if _, errs := f.Complete(connector.Values{"ask": bad}); len(errs) != 1 || errs[0].Field != "ask" || errs[0].Text.ZH == "" {
			t.Errorf("%s: %v", bad, errs)
		}
	}
	for _, good := range []string{"none", "name", "contact", asksAll} {
		if _, errs := f.Complete(connector.Values{"ask": good}); len(errs) > 0 {
			t.Errorf("%s: %v", good, errs)
		}
	}
}
