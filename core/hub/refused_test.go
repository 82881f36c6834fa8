package hub_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/core/canon"
	"parley/core/store"
)

// TestACallbackNobodyCouldReadIsKeptAndTakenInAfterAFix: the platform is told
// that nothing was taken; what it repeats is kept once; what is not authentic is
// not kept; and after the fix its message comes in once, whoever brings it first.
func TestACallbackNobodyCouldReadIsKeptAndTakenInAfterAFix(t *testing.T) {
	eachDatabase(t, func(t *testing.T, url string) {
		r := newRig(t, url, true)
		says := r.says("ann", "from the future")
		post := func(secret, body string) int {
			t.Helper()
			req, err := http.NewRequest("POST", r.srv.URL+"/hooks/"+r.link.String(), strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Secret", secret)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			return resp.StatusCode
		}
		for range 3 {
			if code := post("right", "v2: from the future"); code != http.StatusBadRequest {
				t.Errorf("what cannot be read is answered %d", code)
			}
		}
		post("wrong", "v2: forged")
		post("right", "v3: nobody will ever read this")
		kept, err := r.scope().RefusedOf(t.Context(), r.link, 0)
		if err != nil || len(kept) != 2 || string(kept[0].Raw) != "v2: from the future" || kept[0].Trouble == "" {
			t.Fatalf("kept are %+v, %v", kept, err)
		}
		shown, err := r.scope().Callbacks(t.Context(), r.link, 0, 10)
		if err != nil || len(shown) != 2 || shown[1].State != store.InboxRefused || len(shown[1].Raw) == 0 {
			t.Errorf("the account's page shows %+v, %v", shown, err)
		}

		if ok, err := r.hub.Retake(t.Context(), r.tenant, r.link, kept[0].Raw); !ok || err == nil {
			t.Errorf("before the fix it is taken in: %v, %v", ok, err)
		}
		r.p.mu.Lock()
		r.p.learned = func(body []byte) []canon.Envelope {
			if strings.HasPrefix(string(body), "v2: ") {
				return []canon.Envelope{says}
			}
			return nil
		}
		r.p.mu.Unlock()
		for range 2 {
			if ok, err := r.hub.Retake(t.Context(), r.tenant, r.link, kept[0].Raw); !ok || err != nil {
				t.Fatalf("after the fix: %v, %v", ok, err)
			}
		}
		if code := post("right", "v2: from the future"); code != http.StatusOK {
			t.Errorf("the platform's repeat is answered %d", code)
		}
		r.seesText("ann", "you said from the future")
		r.send("ann", "and now")
		r.seesText("ann", "you said from the future", "you said and now")
	})
}
