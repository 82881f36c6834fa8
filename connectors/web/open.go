package web

import (
	"parley/core/canon"
)

type openRequest struct {
	Key   string       `json:"key"` // made once a visit, kept for the browser's session
	Visit visitRequest `json:"visit"`
	Entry string       `json:"entry"` // the data-entry of the button, or ?entry= of the page
	Frame bool         `json:"frame"` // shown in a page of the host site
	// Answers are to what the link asks before the chat, by the name of the
	// question; absent until it was asked.
	Answers map[string]string `json:"answers"`
}

// openAnswer brings, after answers, a token that says they were given. A socket
// has to be opened anew with it.
type openAnswer struct {
	OK    bool   `json:"ok"`
	Token string `json:"token,omitempty"`
}

// opened tells the hub that the visitor opened the chat: the moment of the
// welcome, with where they are and came from, and what they answered.
func (x *exchange) opened() {
	var in openRequest
	err := x.body(&in)
	if err == nil && !clientKey(in.Key) {
		err = invalid("key", "The visit has no usable key.", "访问缺少有效编号。")
	}
	asked := x.site.asks(x.visitor)
	var answers []canon.Field
	if err == nil && asked {
		if in.Answers == nil {
			err = unanswered
		} else {
			answers, err = x.site.answers(in.Answers, x.lang)
		}
	}
	if err == nil {
		err = x.may(x.r.Context())
	}
	if err != nil {
		x.fail(err)
		return
	}
	key := "open:" + in.Key
	if asked {
		key = "ask:" + in.Key // they may have opened the chat before anything was asked
	}
	e := x.envelope(x.account, x.visitor, key, canon.Membership{Kind: canon.MemberOpened})
	visit := in.Visit.visit()
	visit.Browser, visit.System, visit.Device = browser(x.r.UserAgent(), in.Visit.Touch)
	if x.addr.IsValid() {
		visit.Address = x.addr.String()
	}
	e.Visit = &visit
	e.Entry = &canon.Entry{Kind: "page", Value: line(in.Entry, 200), Title: visit.Title, URL: visit.Page}
	if in.Frame {
		e.Entry.Kind = "button"
	}
	if !asked {
		x.done(x.commit(x.r.Context(), e))
		return
	}
	// What someone types into a form is their word, not a verified identity.
	visit.Answers = answers
	e.From.Name, e.From.Email, e.From.Phone = fieldOf(answers, askName), fieldOf(answers, askEmail), fieldOf(answers, askPhone)
	if err := x.commit(x.r.Context(), e); err != nil {
		x.fail(err)
		return
	}
	x.visitor.Asked = true
	token, err := x.sign(forVisitor, x.account.ID, x.visitor, x.visitor.life(), nil)
	if err != nil {
		x.away("sign a visitor token", err)
		return
	}
	x.answer(openAnswer{true, token})
}
