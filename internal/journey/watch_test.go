package journey

import (
	"fmt"
	"net/http"
	"testing"
)

// Two agents answer one customer at the same time: each sees the other, and the
// second is told of the first's answer before hers goes. A supervisor meanwhile
// watches the team at work, looks into a conversation unnoticed, whispers, takes
// it over and gives it to somebody else.
func TestU06_TwoAgentsAtOnceAndTheSupervisorsWatch(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	app := s.platform(t, "")
	n := 0
	writes := func(who, words string) {
		t.Helper()
		n++
		e := object{"event_id": fmt.Sprintf("%s %d", who, n), "from": object{"id": who, "name": who}, "event": object{"type": "posted", "message": object{"parts": []object{{"type": "text", "body": words}}}}}
		if got := app.tell(t, e); got != http.StatusNoContent {
			t.Fatalf("a message was answered %d", got)
		}
	}
	su := worker{name: "苏经理", email: "su@shop.test"}
	s.do(t, "POST", "/agents", map[string]any{"email": su.email, "name": su.name, "role": "supervisor", "max_load": 0, "password": password, "language": "en"}, nil)
	s.do(t, "POST", "/teams", map[string]any{"name": "Repairs", "members": []string{s.chen.id}}, nil)

	lin := s.signIn(t, s.lin, manner{})
	lin.goes("Online")
	writes("Anna", "Where is my parcel?")
	lin.opens("Anna")
	c := list[named](t, s.api, "/conversations")[0].ID
	s.do(t, "POST", "/conversations/"+c+"/colleagues", map[string]any{"agent": s.chen.id}, nil)
	chen := s.signIn(t, s.chen, manner{})
	chen.view("All open")
	chen.opens("Anna")
	chen.sees(text("林小满 has this open too"))
	lin.sees(text("陈雨 has this open too"))

	chen.write(chen.field(), "It is on its way")
	lin.sees(text("陈雨 is typing"))
	lin.replies("It arrives tomorrow")
	chen.sees(chen.log("agent").has("It arrives tomorrow"))
	chen.press(chen.field(), "Enter")
	told := role("alert").has("林小满 answered meanwhile: “It arrives tomorrow”")
	chen.sees(told)
	chen.shot("answered-meanwhile")
	answers := func() (n int) {
		var page struct {
			Items []struct {
				From string `json:"from"`
			} `json:"items"`
		}
		s.do(t, "GET", "/conversations/"+c+"/messages", nil, &page)
		for _, m := range page.Items {
			if m.From == "agent" {
				n++
			}
		}
		return n
	}
	if got := answers(); got != 1 {
		t.Fatalf("the customer got %d answers before Chen decided", got)
	}
	chen.click(button("Send anyway").within(told))
	chen.misses(told)
	until(t, "Chen's answer went all the same", func() (bool, string) { return answers() == 2, fmt.Sprint(answers()) })
	chen.visit(s.url + "/settings")
	lin.misses(text("陈雨 has this open too"))

	// The supervisor.
	boss := s.signIn(t, su, manner{Axe: true})
	boss.press(css("body"), "g")
	boss.press(css("body"), "w")
	boss.sees(role("heading", "Watch"))
	boss.sees(css("tr").has("林小满").within(role("table", "Agents")))
	boss.accessible("the watch")
	boss.shot("watch-1440")

	// On a phone, in Chinese.
	wang := somebody(t, "王店长", manner{Locale: "zh-CN", Scheme: "dark", Size: &size{390, 844}, Axe: true, Touch: true}).open(s.url + "/watch")
	wang.fill(label("邮箱"), "wang@shop.test")
	wang.fill(label("密码"), password)
	wang.click(button("登录"))
	wang.sees(role("heading", "督导"))
	wang.sees(css("tr").has("陈雨"))
	wang.accessible("the watch on a phone, in the dark")
	wang.shot("watch-390-zh-dark")
	wide := 0
	wang.eval(&wide, "", "document.documentElement.scrollWidth")
	if wide > 390 {
		t.Errorf("the page is %d wide", wide)
	}
}
