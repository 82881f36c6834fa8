package web

import (
	"net/url"
	"strconv"
	"strings"

	"parley/core/connector"
)

// site is the filled-in form of a link.
type site struct {
	name       string
	self       string // our own public origin
	origins    origins
	color      string
	logo       *logo
	title      connector.Text
	subtitle   connector.Text
	launcher   connector.Text
	language   string // "auto", "zh" or "en"
	position   string
	side       int // pixels of the button from the side of the window, and
	bottom     int // from its lower edge
	liveTyping bool
	offline    bool
	ask        []question
	invite     []invitation
	identity   []byte // secret of the host site; nil: nobody can sign in
}

// newSite reads values that passed the form.
func newSite(v connector.Values, pageURL string) *site {
	allowed, _ := parseOrigins(v["origins"]) // the form checked it
	s := &site{
		name:       v["name"],
		origins:    allowed,
		color:      v["color"],
		title:      connector.Text{EN: v["title_en"], ZH: v["title_zh"]},
		subtitle:   connector.Text{EN: v["subtitle_en"], ZH: v["subtitle_zh"]},
		launcher:   connector.Text{EN: v["launcher_en"], ZH: v["launcher_zh"]},
		language:   v["languages"],
		position:   v["position"],
		liveTyping: v["live_typing"] == "true",
		offline:    v["offline_form"] == "true",
	}
	s.ask, _ = parseQuestions(v["ask"]) // the form checked these
	s.invite, _ = parseInvitations(v["invite"])
	s.logo, _ = parseLogo(v["logo"])
	s.side, s.bottom = number(v["offset_side"]), number(v["offset_bottom"])
	if secret := v["identity_secret"]; secret != "" {
		s.identity = []byte(secret)
	}
	if u, err := url.Parse(pageURL); err == nil {
		s.self, _ = normalOrigin(u.Scheme+"://"+u.Host, false)
	}
	return s
}

// frameAncestors is who may put the chat into a frame.
func (s *site) frameAncestors() string {
	return strings.Join(append([]string{"'self'"}, s.origins...), " ")
}

// number reads a number that passed the form; the default of both distances
// stands in for what is empty.
func number(v string) int {
	n, err := strconv.Atoi(v)
	if err != nil {
		return launcherGap
	}
	return n
}
