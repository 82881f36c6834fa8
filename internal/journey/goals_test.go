package journey

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// A business promises an answer within a minute, one of its teams within four
// hours. The agent sees what is left in the list and above the thread, finds what is
// due first, is told live what is overdue, and the answer ends it.
func TestU13_AnAgentSeesWhatIsDue(t *testing.T) {
	t.Parallel()
	s := staff(t, startHub(t, "sqlite"))
	app := s.platform(t, "")
	writes := func(who, words string) {
		t.Helper()
		e := object{"event_id": who + words, "from": object{"id": who, "name": who, "locale": "en"}, "event": object{"type": "posted", "message": object{"parts": []object{{"type": "text", "body": words}}}}}
		if got := app.tell(t, e); got != http.StatusNoContent {
			t.Fatalf("a message was answered %d", got)
		}
	}

	// The owner says so, in Chinese.
	owner := s.wang(t, manner{Size: &size{1440, 900}, Axe: true})
	owner.visit(s.url + "/settings/business")
	owner.write(label("首次回复时限"), "1")
	owner.write(label("解决时限"), "600")
	owner.shot("goals-business-zh")
	owner.click(button("保存"))
	owner.sees(text("已保存"))
	for _, v := range owner.axe("") {
		t.Errorf("axe: %s", v)
	}
	owner.visit(s.url + "/settings/team")
	owner.click(role("tab", "技能组").loose())
	owner.click(button("新建技能组").loose())
	dialog := role("dialog")
	owner.write(label("名称").within(dialog), "慢慢来")
	owner.click(label("服务时限").within(dialog))
	owner.press(label("服务时限").within(dialog), "ArrowDown")
	owner.press(label("服务时限").within(dialog), "Enter")
	owner.write(label("首次回复时限").within(dialog), "240")
	owner.shot("goals-team-zh")
	owner.click(button("保存").within(dialog))
	owner.sees(text("慢慢来"))
	var slow string
	for _, v := range list[struct {
		ID    string
		Goals *struct{ First, Next int }
	}](t, s.api, "/teams") {
		if v.Goals != nil && v.Goals.First == 240 && v.Goals.Next == 0 {
			slow = v.ID
		}
	}
	if slow == "" {
		t.Fatal("the team does not promise four hours")
	}

	writes("Bo", "no hurry")
	writes("Anna", "where is my parcel?")
	s.do(t, "POST", "/conversations/"+s.conversationWith(t, "no hurry")+"/transfer", object{"team": slow}, nil)
	lin := s.signIn(t, s.lin, manner{Size: &size{1440, 900}, Axe: true})
	lin.visit(s.url + "/inbox/all?sort=due")
	lin.counts(lin.row("Due in"), 2)
	if rows := lin.texts(lin.row("")); len(rows) != 2 || !strings.Contains(rows[0], "Anna") || !strings.Contains(rows[1], "Bo") {
		t.Errorf("due first: %q", rows)
	}
	lin.sees(button("Sorted by: Due first"))
	lin.opens("Bo")
	lin.sees(css("header").has("Due in 3 hr"))
	lin.shot("goals-due")

	// What is overdue is none yet, and then comes by itself.
	lin.press(css("body"), "f")
	filter := role("dialog", "Filter")
	lin.click(role("combobox", "Service goal").within(filter))
	lin.press(role("combobox", "Service goal").within(filter), "ArrowDown")
	lin.press(role("combobox", "Service goal").within(filter), "Enter")
	lin.click(button("Show").within(filter))
	lin.sees(button("Remove the filter Overdue"))
	if a := lin.address(); !strings.Contains(a, "overdue=true") {
		t.Errorf("the address %s does not say the filter", a)
	}
	lin.click(button("Save as a view"))
	name := label("Name").within(role("dialog", "Save as a view"))
	lin.write(name, "Late")
	lin.press(name, "Enter")
	lin.sees(role("heading", "Late"))
	untilWithin(t, 2*time.Minute, "Anna's answer is overdue", func() (bool, string) {
		n := lin.count(lin.row("Overdue by"))
		return n == 1, fmt.Sprint(lin.texts(lin.row("")))
	})
	lin.counts(lin.row(""), 1)
	lin.opens("Anna")
	lin.sees(css("header").has("Overdue by"))
	lin.sees(role("log").has("First reply overdue: it was due by"))
	for _, v := range lin.axe("") {
		t.Errorf("axe: %s", v)
	}
	lin.shot("goals-overdue")
	told := 0
	for _, e := range list[struct{ Kind string }](t, s.api, "/events?since=0&limit=200") {
		if e.Kind == "conversation.overdue" {
			told++
		}
	}
	if told != 1 {
		t.Errorf("programs are told %d times", told)
	}
	if os.Getenv("PARLEY_TEST_SHOTS") != "" {
		s.shootDue(t, lin)
	}
	lin.click(button("Take to reply"))
	lin.replies("It comes tomorrow.")
	lin.counts(lin.row(""), 0)
	lin.misses(css("header").has("Overdue by"))
	if log := lin.did(); len(log.Errors) > 0 {
		t.Errorf("the page said %q", log.Errors)
	}
}

// wang signs the owner in, in Chinese.
func (s *shop) wang(t testing.TB, m manner) *tab {
	t.Helper()
	m.Locale = "zh-CN"
	p := somebody(t, "王店长", m).open(s.url)
	p.fill(label("邮箱"), "wang@shop.test")
	p.fill(label("密码"), password)
	p.click(button("登录"))
	p.sees(role("navigation", "视图"))
	return p
}

// shootDue takes pictures of what is due on a desk and on a phone, light and dark,
// in both languages.
func (s *shop) shootDue(t testing.TB, lin *desk) {
	t.Helper()
	here := lin.address()
	rows := css("a[href*='/inbox/']:has(time)")
	for _, scheme := range []string{"light", "dark"} {
		for language, p := range map[string]*tab{"en": s.signIn(t, s.lin, manner{Scheme: scheme}).tab, "zh": s.wang(t, manner{Scheme: scheme})} {
			for _, width := range []int{1440, 390} {
				p.sized(width, 844)
				p.visit(s.url + "/inbox/all?sort=due")
				p.counts(rows, 2)
				p.shot(fmt.Sprintf("goals-list-%s-%s-%d", scheme, language, width))
				p.click(rows.nth(0))
				p.sees(role("log"))
				p.shot(fmt.Sprintf("goals-thread-%s-%s-%d", scheme, language, width))
				if language == "en" { // an agent
					continue
				}
				p.visit(s.url + "/settings/business")
				p.click(css("#settings_goals_first"))
				p.shot(fmt.Sprintf("goals-settings-%s-%s-%d", scheme, language, width))
			}
			p.close()
		}
	}
	lin.visit(here)
}
