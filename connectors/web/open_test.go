package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
)

const wechatUA = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.53(0x1800352e) NetType/WIFI Language/zh_CN"

func TestOpeningKeepsWhereTheVisitorCameFrom(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{})
	in := openRequest{Key: "visit-01", Entry: "cart", Frame: true, Visit: visitRequest{
		Page: "https://user:pass@shop.example.com/cart?x=1", Title: "购物车\x00", Referrer: "https://www.baidu.com/s?wd=%E5%B1%B1%E4%B8%AD%E4%BD%95%E4%BA%8B",
		Language: "zh-CN", TimeZone: "Asia/Shanghai", Screen: "390x844@3",
		Trail: []pageRequest{
			{URL: "https://shop.example.com/?utm_source=wx&utm_medium=cpc&utm_campaign=double11&utm_term=t&utm_content=c", Title: "首页", At: 1_763_715_600_000},
			{URL: "javascript:alert(1)", Title: "x", At: 1},
			{URL: "https://shop.example.com/p/1", Title: "书", At: 1_763_715_700_000},
		},
	}}
	for range 3 {
		if res := r.do("POST", "/open", s.Token, in, "User-Agent", wechatUA); res.status != 200 {
			t.Fatalf("open: %d %s", res.status, res.raw)
		}
	}
	got := r.hub.Commits()
	if len(got) != 1 {
		t.Fatalf("commits %+v", got)
	}
	if m, ok := got[0].Event.(canon.Membership); !ok || m.Kind != canon.MemberOpened {
		t.Errorf("event %+v", got[0].Event)
	}
	want := canon.Visit{
		Page: "https://shop.example.com/cart?x=1", Title: "购物车", Referrer: in.Visit.Referrer,
		Campaign: canon.Campaign{Source: "wx", Medium: "cpc", Name: "double11", Term: "t", Content: "c"},
		Engine:   "Baidu", Keyword: "山中何事", Browser: "WeChat 8.0", System: "iOS 18.1", Device: "mobile",
		Address: "203.0.113.7", Language: "zh-CN", TimeZone: "Asia/Shanghai", Screen: "390x844@3",
		Trail: []canon.PageView{
			{URL: in.Visit.Trail[0].URL, Title: "首页", At: time.UnixMilli(1_763_715_600_000).UTC()},
			{URL: "https://shop.example.com/p/1", Title: "书", At: time.UnixMilli(1_763_715_700_000).UTC()},
		},
	}
	if fmt.Sprintf("%+v", *got[0].Visit) != fmt.Sprintf("%+v", want) {
		t.Errorf("visit\n%+v\nwant\n%+v", *got[0].Visit, want)
	}
	if *got[0].Entry != (canon.Entry{Kind: "button", Value: "cart", Title: "购物车", URL: want.Page}) {
		t.Errorf("entry %+v", *got[0].Entry)
	}
	if res := r.do("POST", "/open", s.Token, openRequest{Key: "short"}); res.status != 422 {
		t.Errorf("bad key: %d", res.status)
	}
}

func TestHostileVisitIsCleaned(t *testing.T) {
	trail := make([]pageRequest, 200)
	for i := range trail {
		trail[i] = pageRequest{URL: fmt.Sprintf("https://a.example/%d", i)}
	}
	v := visitRequest{
		Page: "data:text/html,<script>", Title: strings.Repeat("长", 1000), Referrer: "https://" + strings.Repeat("a", 3000),
		Language: "<script>", TimeZone: "a\nb", Screen: "1x1;x", Trail: trail,
	}.visit()
	if v.Page != "" || v.Referrer != "" || v.Language != "" || v.Screen != "" || v.TimeZone != "a b" || len([]rune(v.Title)) != 300 {
		t.Errorf("visit %+v", v)
	}
	if len(v.Trail) != 50 || v.Trail[49].URL != "https://a.example/199" {
		t.Errorf("%d pages, last %v", len(v.Trail), v.Trail[len(v.Trail)-1])
	}
}

func TestSearchEngines(t *testing.T) {
	for referrer, want := range map[string][2]string{
		"https://www.google.com/":                        {"Google", ""},
		"https://www.google.co.jp/search?q=book":         {"Google", "book"},
		"https://cn.bing.com/search?q=%E4%B9%A6":         {"Bing", "书"},
		"https://m.baidu.com/s?word=%E4%B9%A6":           {"Baidu", "书"},
		"https://www.sogou.com/web?query=%E4%B9%A6":      {"Sogou", "书"},
		"https://www.so.com/s?q=x":                       {"360", "x"},
		"https://m.sm.cn/s?q=x":                          {"Shenma", "x"},
		"https://so.toutiao.com/search?keyword=x":        {"Toutiao", "x"},
		"https://duckduckgo.com/?q=x":                    {"DuckDuckGo", "x"},
		"https://yandex.ru/search/?text=x":               {"Yandex", "x"},
		"https://www.baidu.com/s?wd=%CA%E9":              {"Baidu", ""}, // GBK: unreadable here, so not shown wrong
		"https://google.evil.example/?q=x":               {"", ""},
		"https://notgoogle.com/?q=x":                     {"", ""},
		"https://www.toutiao.com/article/1":              {"", ""},
		"https://shop.example.com/?q=x":                  {"", ""},
		"":                                               {"", ""},
		"https://www.google.com.evil.example/search?q=x": {"", ""},
	} {
		name, keyword := engine(referrer)
		if keyword == "\ufffd\ufffd" || [2]string{name, keyword} != want {
			t.Errorf("engine(%q) = %q %q, want %q", referrer, name, keyword, want)
		}
	}
}

func TestBrowsers(t *testing.T) {
	for _, c := range []struct {
		agent                 string
		touch                 bool
		name, system, machine string
	}{
		{wechatUA, true, "WeChat 8.0", "iOS 18.1", "mobile"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", false, "Edge 131", "Windows 10/11", "desktop"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", false, "Firefox 133", "Windows 10/11", "desktop"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", false, "Safari 18.1", "macOS", "desktop"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", true, "Safari 18.1", "iPadOS", "tablet"},
		{"Mozilla/5.0 (Linux; Android 14; 23127PN0CC Build/UKQ1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.6045.193 Mobile Safari/537.36 XiaoMi/MiuiBrowser/18.9.1", true, "MIUI Browser 18.9", "Android 14", "mobile"},
		{"Mozilla/5.0 (Linux; Android 12; HarmonyOS; ALN-AL00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.5735.196 HuaweiBrowser/15.0.4.312 Mobile Safari/537.36", true, "Huawei Browser 15.0", "HarmonyOS", "mobile"},
		{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", false, "Chrome 131", "Linux", "desktop"},
		{"Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", false, "Internet Explorer 11", "Windows 7", "desktop"},
		{"curl/8.5.0", false, "", "", ""},
		{"", false, "", "", ""},
	} {
		name, system, machine := browser(c.agent, c.touch)
		if name != c.name || system != c.system || machine != c.machine {
			t.Errorf("%s\n gave %q %q %q, want %q %q %q", c.agent, name, system, machine, c.name, c.system, c.machine)
		}
	}
}

func TestW04_LeaveMessageFormBecomesAnAction(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{Lang: "zh"})
	good := leaveRequest{ID: "form-0001", Name: "林", Email: "l@example.com", Text: "什么时候\n有货？"}
	for _, c := range []struct {
		change func(*leaveRequest)
		code   string
	}{
		{func(f *leaveRequest) { f.Text = " " }, "invalid_text"},
		{func(f *leaveRequest) { f.Email = "" }, "invalid_email"},
		{func(f *leaveRequest) { f.Email = "nobody" }, "invalid_email"},
		{func(f *leaveRequest) { f.ID = "" }, "invalid_id"},
		{func(f *leaveRequest) {}, ""},
		{func(f *leaveRequest) {}, ""}, // the same again counts once
	} {
		in := good
		c.change(&in)
		if res := r.do("POST", "/form", s.Token, in); res.code() != c.code {
			t.Errorf("%+v: %d %s, want %q", in, res.status, res.raw, c.code)
		}
	}
	got := r.hub.Commits()
	if len(got) != 1 {
		t.Fatalf("%d forms stored", len(got))
	}
	a := got[0].Event.(canon.Action)
	if a.Kind != canon.ActionForm || a.Value != LeaveMessage || fieldOf(a.Fields, "text") != good.Text || fieldOf(a.Fields, "email") != good.Email {
		t.Errorf("action %+v", a)
	}
	if f := got[0].From; f.Name != "林" || f.Email != good.Email || f.Verified {
		t.Errorf("from %+v", f)
	}
	off := newRig(t, Limits{}, "offline_form", "false")
	s, _ = off.session(sessionRequest{})
	if res := off.do("POST", "/form", s.Token, good); res.status != 404 {
		t.Errorf("switched off: %d", res.status)
	}
}
