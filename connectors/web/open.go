package web

import (
	"parley/core/canon"
)

type openRequest struct {
	Key   string       `json:"key"` // made once a visit, kept for the browser's session
	Visit visitRequest `json:"visit"`
	Entry string       `json:"entry"` // the data-entry of the button, or ?entry= of the page
	Frame bool         `json:"frame"` // shown in a page of the host site
	Name  string       `json:"name"`  // when the link asks before the chat
	Email string       `json:"email"`
	Phone string       `json:"phone"`
}

// opened tells the hub that the visitor opened the chat: the moment of the
// welcome, with where they are and came from.
func (x *exchange) opened() {
	var in openRequest
	err := x.body(&in)
	if err == nil && !clientKey(in.Key) {
		err = invalid("key", "The visit has no usable key.", "访问缺少有效编号。")
	}
	if err == nil {
		err = x.may(x.r.Context())
	}
	if err != nil {
		x.fail(err)
		return
	}
	e := x.envelope(x.account, x.visitor, "open:"+in.Key, canon.Membership{Kind: canon.MemberOpened})
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
	if x.visitor.User == "" && x.site.ask != "none" {
		e.From.Name = line(in.Name, 60)
		if x.site.ask == "contact" {
			e.From.Email, e.From.Phone = line(in.Email, 200), line(in.Phone, 40)
			if e.From.Email != "" && !mailAddress(e.From.Email) {
				x.fail(invalid("email", "This is not an e-mail address, such as name@example.com.", "邮箱格式不正确，例如 name@example.com。"))
				return
			}
		}
	}
	x.done(x.commit(x.r.Context(), e))
}
