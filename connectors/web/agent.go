package web

import (
	"regexp"
	"strings"
)

// product finds one browser in a User-Agent. The first match wins, so that
// shells come before the engines they are made of.
var products = []struct {
	name string
	form *regexp.Regexp
}{
	{"WeChat", regexp.MustCompile(`MicroMessenger/(\d+(?:\.\d+)?)`)},
	{"WeCom", regexp.MustCompile(`wxwork/(\d+(?:\.\d+)?)`)},
	{"DingTalk", regexp.MustCompile(`DingTalk/(\d+(?:\.\d+)?)`)},
	{"Alipay", regexp.MustCompile(`AlipayClient/(\d+(?:\.\d+)?)`)},
	{"QQ", regexp.MustCompile(`\bQQ/(\d+(?:\.\d+)?)`)},
	{"QQ Browser", regexp.MustCompile(`M?QQBrowser/(\d+(?:\.\d+)?)`)},
	{"UC", regexp.MustCompile(`UC ?Browser/(\d+(?:\.\d+)?)`)},
	{"Quark", regexp.MustCompile(`Quark/(\d+(?:\.\d+)?)`)},
	{"Baidu", regexp.MustCompile(`baidubox(?:app|lite)/(\d+(?:\.\d+)?)`)},
	{"MIUI Browser", regexp.MustCompile(`MiuiBrowser/(\d+(?:\.\d+)?)`)},
	{"Huawei Browser", regexp.MustCompile(`HuaweiBrowser/(\d+(?:\.\d+)?)`)},
	{"Sogou", regexp.MustCompile(`MetaSr (\d+(?:\.\d+)?)`)},
	{"Samsung Internet", regexp.MustCompile(`SamsungBrowser/(\d+(?:\.\d+)?)`)},
	{"Yandex", regexp.MustCompile(`YaBrowser/(\d+(?:\.\d+)?)`)},
	{"Edge", regexp.MustCompile(`Edg(?:e|A|iOS)?/(\d+)`)},
	{"Opera", regexp.MustCompile(`(?:OPR|Opera)/(\d+)`)},
	{"Firefox", regexp.MustCompile(`(?:Firefox|FxiOS)/(\d+)`)},
	{"Chrome", regexp.MustCompile(`(?:Chrome|CriOS)/(\d+)`)},
	{"Safari", regexp.MustCompile(`Version/(\d+(?:\.\d+)?).*Safari/`)},
	{"Internet Explorer", regexp.MustCompile(`(?:MSIE |Trident/.*rv:)(\d+)`)},
}

var systems = []struct {
	name string
	form *regexp.Regexp
}{
	{"HarmonyOS", regexp.MustCompile(`(?:HarmonyOS|OpenHarmony)[ /]?(\d+(?:\.\d+)?)?`)},
	{"iOS", regexp.MustCompile(`(?:iPhone|iPod).*? OS (\d+[._]\d+)`)},
	{"iPadOS", regexp.MustCompile(`iPad.*? OS (\d+[._]\d+)`)},
	{"Android", regexp.MustCompile(`Android (\d+(?:\.\d+)?)`)},
	{"Windows", regexp.MustCompile(`Windows NT (\d+\.\d+)`)},
	{"macOS", regexp.MustCompile(`Mac OS X (\d+[._]\d+)`)},
	{"ChromeOS", regexp.MustCompile(`CrOS`)},
	{"Linux", regexp.MustCompile(`Linux`)},
}

// windows maps the kernel's version to what people call it; 11 still says 10.0.
var windows = map[string]string{"10.0": "10/11", "6.3": "8.1", "6.2": "8", "6.1": "7", "6.0": "Vista", "5.1": "XP"}

// browser reads a User-Agent: name and version of the browser and system, and
// "desktop", "mobile" or "tablet". Unknown things stay empty.
func browser(agent string, touch bool) (name, system, device string) {
	if agent = line(agent, 500); agent == "" {
		return "", "", ""
	}
	for _, p := range products {
		if m := p.form.FindStringSubmatch(agent); m != nil {
			name = p.name + " " + m[1]
			break
		}
	}
	for _, s := range systems {
		m := s.form.FindStringSubmatch(agent)
		if m == nil {
			continue
		}
		system = s.name
		if len(m) > 1 && m[1] != "" {
			version := strings.ReplaceAll(m[1], "_", ".")
			switch s.name {
			case "Windows":
				version = or(windows[version], version)
			case "macOS":
				version = "" // frozen at 10.15 by every browser: telling it would mislead
			}
			system = strings.TrimSpace(system + " " + version)
		}
		break
	}
	switch {
	case system == "macOS" && touch: // an iPad asking for desktop pages
		return name, "iPadOS", "tablet"
	case strings.Contains(agent, "iPad"), strings.Contains(agent, "Android") && !strings.Contains(agent, "Mobile"):
		device = "tablet"
	case strings.Contains(agent, "Mobile"), strings.Contains(agent, "iPhone"):
		device = "mobile"
	case system != "":
		device = "desktop"
	}
	return name, system, device
}
