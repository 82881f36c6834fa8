package api

import (
	"context"
	"fmt"
	"regexp"

	"parley/admin/auth"
	"parley/core"
	"parley/core/connector"
	"parley/core/store"
)

type preferencesInput struct {
	Body struct {
		Keys       map[string][]string `json:"keys,omitempty" doc:"The whole of them: an action that is not named has the keys it comes with"`
		SingleKeys *bool               `json:"single_keys,omitempty"`
		Ring       *core.Ring          `json:"ring,omitempty"`
	}
}

// Room for every action there may be, and no more.
const (
	maxRemapped  = 200
	maxKeysOfOne = 4
)

var (
	actionName = regexp.MustCompile(`^[a-zA-Z]{1,40}$`)
	// One key or a sequence of two, each with what is held down beside it.
	keyName = regexp.MustCompile(`^(mod\+)?(alt\+)?(shift\+)?[^\s\pC]{1,20}( [^\s\pC]{1,20})?$`)
)

func (a *API) addPreferences() {
	add(a, route{method: "PATCH", path: "/me/preferences", tag: "Session", may: auth.Self, summary: "Change how the application behaves for oneself",
		doc: "What is not sent stays. It holds at every machine one signs in at; one's other windows are told at once."}, a.changePreferences)
}

func (a *API) changePreferences(ctx context.Context, c *call, in *preferencesInput) (*answer[core.Preferences], error) {
	b := in.Body
	if err := checkKeys(b.Keys); err != nil {
		return nil, err
	}
	var out core.Preferences
	err := c.write(ctx, func(t *store.Tx) (string, error) {
		var err error
		if out, err = t.Preferences(ctx, c.who.Agent); err != nil {
			return "", err
		}
		if b.Keys != nil {
			out.Keys = b.Keys
		}
		set(&out.SingleKeys, b.SingleKeys)
		if b.Ring != nil && b.Ring.Quiet == (core.Quiet{}) {
			b.Ring.Quiet = out.Ring.Quiet // not sent
		}
		set(&out.Ring, b.Ring)
		return "", t.StorePreferences(c.who.Agent, out)
	})
	return &answer[core.Preferences]{out}, err
}

// checkKeys refuses what no application of ours would send.
func checkKeys(all map[string][]string) error {
	ok := len(all) <= maxRemapped
	for action, keys := range all {
		ok = ok && actionName.MatchString(action) && len(keys) <= maxKeysOfOne
		for i, k := range keys {
			if !keyName.MatchString(k) {
				return core.Invalid("key", fmt.Sprintf("body.keys.%s[%d]", action, i), connector.Text{EN: "This is no key.", ZH: "这不是有效的按键。"},
					connector.Text{EN: "Write it as “mod+shift+e”, “e” or “g i”.", ZH: "请写成 “mod+shift+e”、“e” 或 “g i” 的形式。"})
			}
		}
	}
	if !ok {
		return core.Invalid("keys", "body.keys", connector.Text{EN: "These are not keys of actions.", ZH: "这不是操作的按键设置。"},
			connector.Text{EN: fmt.Sprintf("Send up to %d keys for each of up to %d actions, by the actions' names.", maxKeysOfOne, maxRemapped), ZH: fmt.Sprintf("最多可为 %d 个操作各设置 %d 个按键，以操作名称为键。", maxRemapped, maxKeysOfOne)})
	}
	return nil
}
