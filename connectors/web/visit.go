package web

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"parley/core/canon"
)

// trailMost is how many earlier pages are kept of a visit.
const trailMost = 50

// visitRequest is what the loader saw of the visit. All of it is the browser's
// word: cleaned here, shown to agents as text, and never fetched.
type visitRequest struct {
	Page     string        `json:"page"`
	Title    string        `json:"title"`
	Referrer string        `json:"referrer"` // of the first page of the visit
	Language string        `json:"language"`
	TimeZone string        `json:"time_zone"`
	Screen   string        `json:"screen"`
	Touch    bool          `json:"touch"` // tells an iPad from a Mac
	Trail    []pageRequest `json:"trail"`
}

type pageRequest struct {
	URL   string `json:"url"`
	Title string `json:"title"`
	At    int64  `json:"at"` // milliseconds, by the visitor's clock
}

var screenForm = regexp.MustCompile(`^[1-9][0-9]{1,4}x[1-9][0-9]{1,4}(@[0-9](\.[0-9]{1,3})?)?$`)

func (in visitRequest) visit() canon.Visit {
	v := canon.Visit{
		Page: webURL(in.Page), Title: line(in.Title, 300), Referrer: webURL(in.Referrer),
		Language: locale(in.Language, ""), TimeZone: line(in.TimeZone, 60),
	}
	if screenForm.MatchString(in.Screen) {
		v.Screen = in.Screen
	}
	trail := in.Trail[max(0, len(in.Trail)-trailMost):]
	for _, p := range trail {
		if u := webURL(p.URL); u != "" {
			v.Trail = append(v.Trail, canon.PageView{URL: u, Title: line(p.Title, 300), At: time.UnixMilli(p.At).UTC()})
		}
	}
	// The campaign stands in the address the visit began at.
	landing := v.Page
	if len(v.Trail) > 0 {
		landing = v.Trail[0].URL
	}
	v.Campaign = campaign(landing)
	if v.Campaign == (canon.Campaign{}) {
		v.Campaign = campaign(v.Page)
	}
	v.Engine, v.Keyword = engine(v.Referrer)
	return v
}

func campaign(address string) canon.Campaign {
	u, err := url.Parse(address)
	if err != nil {
		return canon.Campaign{}
	}
	q := u.Query()
	get := func(name string) string { return line(q.Get("utm_"+name), 200) }
	return canon.Campaign{
		Source: get("source"), Medium: get("medium"), Name: get("campaign"), Term: get("term"), Content: get("content"),
	}
}

// engines lists search engines by a label of their host, with the parameters
// that hold the words, where they still tell them.
var engines = []struct {
	label, name string
	keys        []string
}{
	{"baidu", "Baidu", []string{"wd", "word", "kw"}},
	{"google", "Google", []string{"q"}},
	{"bing", "Bing", []string{"q"}},
	{"sogou", "Sogou", []string{"query", "keyword"}},
	{"so", "360", []string{"q"}},
	{"sm", "Shenma", []string{"q"}},
	{"toutiao", "Toutiao", []string{"keyword"}},
	{"yandex", "Yandex", []string{"text"}},
	{"duckduckgo", "DuckDuckGo", []string{"q"}},
	{"yahoo", "Yahoo", []string{"p"}},
	{"naver", "Naver", []string{"query"}},
	{"ecosia", "Ecosia", []string{"q"}},
	{"petalsearch", "Petal", []string{"query"}},
}

// engine names the search engine a referrer belongs to and the words searched.
func engine(referrer string) (name, keyword string) {
	u, err := url.Parse(referrer)
	if err != nil || u.Host == "" {
		return "", ""
	}
	labels := strings.Split(strings.ToLower(u.Hostname()), ".")
	for _, e := range engines {
		for i, l := range labels {
			// The label names the site: what follows is only its top level
			// (com, co.jp, com.hk), so google.example.com is no engine.
			if l != e.label || i == len(labels)-1 || !topLevel(labels[i+1:]) {
				continue
			}
			if (e.label == "toutiao" && labels[0] != "so") || (e.label == "sm" && labels[len(labels)-1] != "cn") ||
				(e.label == "so" && labels[len(labels)-1] != "com") {
				continue
			}
			q := u.Query()
			for _, k := range e.keys {
				if v := line(q.Get(k), 200); v != "" {
					return e.name, v
				}
			}
			return e.name, ""
		}
	}
	return "", ""
}

func topLevel(labels []string) bool {
	return len(labels) == 1 || (len(labels) == 2 && len(labels[0]) <= 3 && len(labels[1]) == 2)
}

var localeForm = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)

// locale returns tag if it looks like a language, else instead.
func locale(tag, instead string) string {
	if localeForm.MatchString(tag) {
		return tag
	}
	return instead
}
