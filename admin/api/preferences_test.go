package api

import (
	"testing"

	"parley/core"
)

// What somebody changes about their own application stays theirs, at every
// machine; only their own windows are told.
func TestPreferencesAreOnesOwn(t *testing.T) {
	dialects(t, func(t *testing.T, r *rig) {
		lin, wen := r.signedIn(r.home(), core.RoleAgent), r.signedIn(r.home(), core.RoleAgent)
		read := func(c *caller) core.Preferences {
			t.Helper()
			var s Session
			c.do("GET", "/session", nil).want(200).into(&s)
			return s.Preferences
		}
		if p := read(lin); !p.SingleKeys || p.Ring != core.DefaultPreferences().Ring || len(p.Keys) != 0 {
			t.Errorf("before anything was chosen: %+v", p)
		}
		told, silent := lin.follow(""), wen.follow("")
		next(t, told, of("ready"))
		next(t, silent, of("ready"))

		lin.do("PATCH", "/me/preferences", map[string]any{"keys": map[string][]string{"close": {"q"}, "goMine": {"g 1"}, "theme": {}}}).want(200)
		next(t, told, of("preferences.changed"))
		var p core.Preferences
		lin.do("PATCH", "/me/preferences", map[string]any{"single_keys": false, "ring": map[string]any{"notify": true, "private": true, "volume": 0, "assigned": false, "waiting": true, "mentioned": true}}).want(200).into(&p)
		for _, p := range []core.Preferences{p, read(lin)} {
			if p.SingleKeys || !p.Ring.Private || p.Ring.Volume != 0 || p.Ring.Assigned || p.Keys["close"][0] != "q" || p.Keys["goMine"][0] != "g 1" || p.Keys["theme"] == nil {
				t.Errorf("%+v", p)
			}
		}
		// Quiet hours stay where a change of the rest says nothing of them.
		ring := map[string]any{"notify": true, "private": true, "volume": 0, "assigned": false, "waiting": true, "mentioned": true}
		ring["quiet"] = map[string]any{"on": true, "from": "21:30", "until": "07:00"}
		lin.do("PATCH", "/me/preferences", map[string]any{"ring": ring}).want(200)
		delete(ring, "quiet")
		lin.do("PATCH", "/me/preferences", map[string]any{"ring": ring}).want(200)
		if q := read(lin).Ring.Quiet; q != (core.Quiet{On: true, From: "21:30", Until: "07:00"}) {
			t.Errorf("U-14: quiet hours are %+v", q)
		}
		lin.do("PATCH", "/me/preferences", map[string]any{"keys": map[string][]string{}}).want(200)
		if p := read(lin); len(p.Keys) != 0 || p.SingleKeys {
			t.Errorf("after all keys were put back: %+v", p)
		}

		// A colleague has their own, and hears nothing of it.
		if p := read(wen); !p.SingleKeys || p.Ring.Private {
			t.Errorf("a colleague's changed too: %+v", p)
		}
		wen.do("PUT", "/me/state", map[string]string{"state": "busy"}).want(204)
		next(t, silent, func(f anyFrame) bool {
			if f.Kind == "preferences.changed" {
				t.Error("a colleague is told")
			}
			return f.Kind == "agent.state"
		})

		for field, bad := range map[string]any{
			"body.keys":          map[string]any{"keys": map[string][]string{"close": {"a", "b", "c", "d", "e"}}},
			"body.keys.close[0]": map[string]any{"keys": map[string][]string{"close": {"a b c"}}},
			"body.keys.close[1]": map[string]any{"keys": map[string][]string{"close": {"a", ""}}},
			"body.ring.quiet.from": map[string]any{"ring": map[string]any{"notify": true, "private": true, "volume": 1, "assigned": false, "waiting": true, "mentioned": true,
				"quiet": map[string]any{"on": true, "from": "25:00", "until": "07:00"}}},
			"body.ring.volume": map[string]any{"ring": map[string]any{"notify": true, "private": true, "volume": 101, "assigned": false, "waiting": true, "mentioned": true}},
		} {
			if p := lin.do("PATCH", "/me/preferences", bad).want(422).problem(); p.Field != field {
				t.Errorf("%s: %+v", field, p)
			}
		}
	})
}
