package torture

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"parley/core"
	"parley/core/store"
	"parley/internal/bench/rig"
)

// A visitor sees an answer once, although the hub is killed at the moment their
// page learns of it: it left, and that it left is not recorded yet.
func TestR05_AVisitorSeesAnAnswerOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		chance := chance(t)
		api := start(t, h)
		site := linkWeb(t, h, api, answerer(t, api))
		kills := long(100, 10)
		a := lay(h, chance, kills, 3)
		pages := map[string]*page{}
		for i := range 12 {
			pages[fmt.Sprintf("peer-%d", i)] = &page{site: site, ids: map[string]bool{}}
		}
		questions, hits := asked{}, 0
		a.during(t, func() {
			// Where a kill falls is the machine's to say: some must fall between
			// sending and recording.
			for range 10 {
				questions.eachAsks(t, a, len(pages), func(peer string, n int) error {
					p := pages[peer]
					id := fmt.Sprintf("%s-question-%d", peer, n)
					if err := (poster{newLedger(), site.post}).deliver(t.Context(), id, peer, theQuestion); err != nil {
						return err
					}
					for deadline := time.Now().Add(time.Minute); len(p.ids) <= n; {
						if time.Now().After(deadline) {
							return errors.New("nothing within a minute")
						}
						if p.look(t.Context(), peer, true) > 0 {
							a.strike(t)
						}
					}
					return nil
				})
				err := rig.Until(t.Context(), time.Minute, func() (done bool, err error) {
					hits, err = interrupted(t.Context(), api)
					return err == nil, err
				})
				if err != nil || hits > 0 {
					return
				}
				a.more(kills)
			}
		})
		allSent(t, api)
		var seen []shown
		for peer, p := range pages {
			p.rev = 0 // as after a reload of the page
			for fresh := 1; fresh > 0; {
				fresh = p.look(t.Context(), peer, false)
			}
			for id := range p.ids {
				seen = append(seen, shown{peer, id})
			}
		}
		for _, what := range shownOnce(seen, questions) {
			t.Error(what)
		}
		t.Logf("%d questions, %d sends were interrupted by a kill and recorded after it", questions.sum(), hits)
		if hits == 0 {
			t.Error("the kills hit nothing")
		}
	})
}

// page is one visitor's screen: the lines it shows, by their ids.
type page struct {
	site *visitors
	rev  int64
	ids  map[string]bool // the bot's
}

// look reads the next lines, waiting a moment for some if wait is set, and
// returns how many were new to the page.
func (p *page) look(ctx context.Context, peer string, wait bool) (fresh int) {
	all, rev, err := p.site.lines(ctx, peer, p.rev, wait)
	if err != nil {
		time.Sleep(10 * time.Millisecond) // the hub is not there: the panel tries again
		return 0
	}
	p.rev = rev
	for _, l := range all {
		if l.From == "bot" && !p.ids[l.ID] {
			p.ids[l.ID] = true
			fresh++
		}
	}
	return fresh
}

// interrupted counts the bot's messages that were sent by one process and
// recorded by the next.
func interrupted(ctx context.Context, api *rig.API) (n int, err error) {
	all, err := threads(ctx, api)
	if err != nil {
		return 0, err
	}
	for _, thread := range all {
		for _, m := range thread {
			if m.From != core.FromBot {
				continue
			}
			var trace rig.Page[store.Attempt]
			if err := api.Call(ctx, http.MethodGet, "/messages/"+m.ID.String()+"/trace", nil, &trace); err != nil {
				return 0, err
			}
			for _, a := range trace.Items {
				if a.Try > 1 {
					n++
				}
			}
		}
	}
	return n, nil
}
