package journey

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// codeOf is what the app on somebody's phone shows, so many steps from now.
func codeOf(t testing.TB, secret string, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// enrolled sets up two-step sign-in for somebody by the API and returns the
// secret and the recovery codes.
func (h *hub) enrolled(t testing.TB, email string) (secret string, codes []string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	as := &http.Client{Jar: jar, Timeout: patience}
	post := func(path string, body, into any) {
		t.Helper()
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r, err := as.Post(h.url+"/api/v1"+path, "application/json", bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if err := json.NewDecoder(r.Body).Decode(into); err != nil || r.StatusCode/100 != 2 {
			t.Fatalf("POST %s: %s, %v, %v", path, r.Status, into, err)
		}
	}
	var made struct {
		Secret string   `json:"secret"`
		Codes  []string `json:"codes"`
	}
	post("/session", object{"email": email, "password": password}, &made)
	post("/me/second-factor", object{"password": password}, &made)
	post("/me/second-factor/confirm", object{"code": codeOf(t, made.Secret, 0)}, &made)
	return made.Secret, made.Codes
}

func (p *tab) accessible(what string) {
	p.t.Helper()
	for _, v := range p.axe("") {
		p.t.Errorf("%s: %s", what, v)
	}
}

// Somebody sets up two-step sign-in by keyboard, signs in with it from another
// browser, loses the password, and chooses a new one by a link.
func TestX10_PeopleSignInInTwoSteps(t *testing.T) {
	onBoth(t, func(t *testing.T, h *hub) {
		s := staff(t, h)
		lin, other := s.signIn(t, s.lin, manner{Axe: true}), s.signIn(t, s.lin, manner{})

		lin.visit(h.url + "/settings/profile")
		lin.press(button("Set up two-step sign-in"), "Enter")
		dialog := role("dialog")
		present := label("Present password").within(dialog)
		lin.write(present, "not my password")
		lin.press(present, "Enter")
		lin.sees(text("This is not your present password.").within(dialog))
		lin.fill(present, password)
		lin.press(present, "Enter")
		field := label("Code of the app").within(dialog)
		lin.sees(field)
		lin.sees(role("img", "QR code for the authenticator app"))
		lin.accessible("the QR code")
		lin.shot("two-step-qr")
		secret := lin.read(css("code").within(dialog), "text")
		lin.write(field, "000000") // six digits need no button
		lin.sees(text("This code does not fit.").within(dialog))
		lin.write(field, codeOf(t, secret, 0))
		lin.sees(role("heading", "Keep your recovery codes"))
		lin.accessible("the recovery codes")
		codes := lin.texts(css("code").within(dialog))
		if _, file := lin.download(button("Save as a file")); len(codes) != 10 || !strings.Contains(string(file), strings.Join(codes, "\n")) {
			t.Errorf("%d codes; the file holds %s", len(codes), file)
		}
		lin.press(button("I have kept them"), "Enter")
		lin.sees(text("10 recovery codes are left."))
		lin.accessible("the profile")

		// The other browser was signed out, and needs the code now.
		other.sees(label("E-mail"))
		other.fill(label("E-mail"), s.lin.email)
		other.fill(label("Password"), password)
		other.press(label("Password"), "Enter")
		field = label("Code of the app")
		other.sees(role("heading", "One more step"))
		other.shot("two-step-sign-in")
		other.write(field, "000000")
		other.sees(text("This code does not fit."))
		until(t, "after a wrong code the field is empty and has the focus", func() (bool, string) {
			focused := false
			other.into(&focused, command{Op: "read", Path: field.steps, What: "focused"})
			holds := other.read(field, "value")
			return focused && holds == "", holds
		})
		other.write(field, codeOf(t, secret, 1))
		other.sees(role("navigation", "Views"))

		// A link from the command line, for a password that is forgotten.
		link := h.run(t, "user", "reset", s.lin.email, "--link")
		if !strings.HasPrefix(link, h.url+"/password#") {
			t.Fatalf("the command printed %q", link)
		}
		fresh := somebody(t, "Lin at home", manner{Locale: "en-GB", Axe: true}).open(link)
		fresh.sees(role("heading", "Choose a new password"))
		until(t, "the secret of the link leaves the address bar", func() (bool, string) {
			at := fresh.address()
			return at == h.url+"/password", at
		})
		fresh.accessible("choosing a password")
		chosen := label("New password")
		fresh.write(chosen, "password1")
		fresh.press(chosen, "Enter")
		fresh.sees(text("among the first that are tried"))
		fresh.fill(chosen, "low-tide-at-seven")
		fresh.press(chosen, "Enter")
		fresh.sees(role("heading", "One more step"))
		other.sees(label("E-mail"))
		fresh.click(button("Use a recovery code"))
		fresh.write(label("Recovery code"), codes[4])
		fresh.press(label("Recovery code"), "Enter")
		fresh.sees(role("navigation", "Views"))

		again := somebody(t, "whoever finds the link", manner{Locale: "en-GB"}).open(link)
		again.sees(text("This link was used already."))
		again.click(role("link", "To the sign-in page"))
		again.sees(label("E-mail"))
		for _, p := range []*tab{lin.tab, fresh} {
			if l := p.did(); len(l.Errors) > 0 {
				t.Errorf("a page failed: %q", l.Errors)
			}
			if leaked := slices.ContainsFunc(p.did().Requests, func(u string) bool { return strings.Contains(u, "#") || strings.Contains(u, link[len(h.url):]) }); leaked {
				t.Error("the secret of the link went out in an address")
			}
		}
	})
}

// An owner adds a colleague by a link, then asks everybody for two steps: the
// colleague's open page leads through it.
func TestX10_AColleagueIsInvitedAndEverybodyTakesTwoSteps(t *testing.T) {
	onBoth(t, func(t *testing.T, h *hub) {
		staff(t, h)
		wang := somebody(t, "王店长", manner{Locale: "zh-CN", Axe: true}).open(h.url + "/signin")
		wang.fill(label("邮箱"), "wang@shop.test")
		wang.fill(label("密码"), password)
		wang.click(button("登录"))
		wang.sees(role("link", "会话").loose().nth(0))
		wang.visit(h.url + "/settings/team")
		wang.click(button("新建客服"))
		dialog := role("dialog")
		wang.fill(label("姓名").within(dialog), "赵敏")
		wang.fill(label("邮箱").within(dialog), "zhao@shop.test")
		wang.click(button("保存"))
		wang.sees(text("给 赵敏 的链接").within(dialog))
		link := wang.read(css("[class*=link]").within(dialog).has("/password#"), "text")
		wang.accessible("the link")
		wang.click(button("关闭").nth(-1))
		wang.sees(css("tr").has("zhao@shop.test").has("已邀请"))
		wang.accessible("the team")

		zhao := somebody(t, "赵敏", manner{Locale: "zh-CN"}).open(strings.TrimSpace(link))
		zhao.sees(role("heading", "欢迎，赵敏"))
		zhao.fill(label("新密码"), "low-tide-at-seven")
		zhao.click(button("保存并登录"))
		zhao.sees(role("link", "会话").loose().nth(0))

		// Whoever asks it of all takes two steps first.
		wang.visit(h.url + "/settings/business")
		wang.click(label("所有成员必须启用两步验证"))
		wang.click(button("保存"))
		wang.sees(text("你自己尚未启用两步验证。"))
		wang.visit(h.url + "/settings/profile")
		wang.click(button("设置两步验证"))
		twoSteps(t, wang, dialog)
		wang.visit(h.url + "/settings/business")
		wang.click(label("所有成员必须启用两步验证"))
		wang.click(button("保存"))

		zhao.sees(role("heading", "设置两步验证"))
		zhao.shot("two-step-required")
		zhao.visit(h.url + "/inbox/mine") // there is no way around
		zhao.sees(role("heading", "设置两步验证"))
		twoStepsWith(t, zhao, css("main"), "low-tide-at-seven")
		zhao.sees(role("link", "会话").loose().nth(0))
		wang.visit(h.url + "/settings/team")
		wang.sees(css("tr").has("zhao@shop.test").has("两步验证"))

		// And for one who lost everything, the owner takes it away.
		wang.click(button("赵敏 的更多操作"))
		wang.click(role("menuitem", "移除两步验证").loose().shown())
		wang.click(button("移除"))
		zhao.sees(label("邮箱"))
		for _, p := range []*tab{wang, zhao} {
			if l := p.did(); len(l.Errors) > 0 {
				t.Errorf("a page failed: %q", l.Errors)
			}
		}
	})
}

func twoSteps(t testing.TB, p *tab, in thing) { twoStepsWith(t, p, in, password) }

// twoStepsWith goes through setting it up, in Chinese.
func twoStepsWith(t testing.TB, p *tab, in thing, password string) {
	t.Helper()
	p.fill(label("当前密码").within(in), password)
	p.press(label("当前密码").within(in), "Enter")
	p.sees(label("应用中的验证码").within(in))
	secret := p.read(css("code").within(in).nth(0), "text")
	p.write(label("应用中的验证码").within(in), codeOf(t, secret, 0))
	p.click(button("我已保存"))
}
