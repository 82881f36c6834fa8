package torture

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
	"parley/internal/bench/rig"
)

// deadLetter is a dead letter as the API shows it.
type deadLetter struct {
	N       int64  `json:"n"`
	Text    string `json:"text"`
	Trouble string `json:"trouble"`
	Tries   int    `json:"tries"`
}

// A message that cannot be handled stops neither its own lane nor another, and
// ends where a person can look at it.
func TestR09_APoisonMessageStopsNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, h *rig.Hub) {
		h.Binary = rigged(t) // it panics on words with this sign
		poison(t, h, "☠")
	})
}

func poison(t *testing.T, h *rig.Hub, sign string) {
	api := start(t, h)
	p := linkHTTP(t, h, api, answerer(t, api))
	post := func(id, peer, words string) {
		t.Helper()
		if err := p.postHTTP(t.Context(), id, peer, words); err != nil {
			t.Fatal(err)
		}
	}
	answered := func(peer canon.RemoteID, n int) {
		t.Helper()
		until(t, 20*time.Second, fmt.Sprintf("%s has not got %d answers", peer, n), func() (bool, error) {
			got := len(p.Seen(peer))
			return got == n, fmt.Errorf("it has %d", got)
		})
	}
	letters := func(n int) []deadLetter {
		t.Helper()
		var page rig.Page[deadLetter]
		until(t, 20*time.Second, fmt.Sprintf("there are not %d dead letters", n), func() (bool, error) {
			err := api.Call(t.Context(), http.MethodGet, "/dead-letters?kind=inbox", nil, &page)
			return err == nil && len(page.Items) == n, err
		})
		return page.Items
	}
	post("poison", "sick", "the price of "+sign)
	post("after", "sick", theQuestion)
	post("beside", "well", theQuestion)
	answered("well", 1)
	answered("sick", 1) // the next message of the very lane is handled too
	dead := letters(1)
	if !strings.Contains(dead[0].Text, sign) || dead[0].Trouble == "" || dead[0].Tries < 2 || dead[0].Tries > 5 {
		t.Errorf("the dead letter does not tell what happened: %+v", dead[0])
	}
	at := fmt.Sprintf("/dead-letters/inbox/%d", dead[0].N)
	if err := api.Call(t.Context(), http.MethodPost, at+"/replay", struct{}{}, nil); err != nil {
		t.Fatal(err)
	}
	letters(1) // it dies again
	post("later", "sick", theQuestion)
	answered("sick", 2)
	if err := api.Call(t.Context(), http.MethodDelete, at, nil, nil); err != nil {
		t.Fatal(err)
	}
	letters(0)
}
