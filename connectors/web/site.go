package web

import (
	"net/url"
	"strings"

	"parley/core/connector"
)

// site is the filled-in form of a link.
type site struct {
	name       string
	self       string // our own public origin
	origins    origins
	color      string
	title      connector.Text
	subtitle   connector.Text
	launcher   connector.Text
	language   string // "auto", "zh" or "en"
	position   string
	liveTyping bool
	offline    bool
	ask        string
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
		ask:        v["ask"],
	}
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
