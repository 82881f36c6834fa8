package journey

import (
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
)

// firstLoad is the most that the inbox loads at its first opening: page, scripts
// and styles as they come over the wire, gzipped, headers included.
const firstLoad = 350_000

// opensInbox opens the inbox as at the beginning of a day. happens makes the feed
// say seen, so that all that an opening asks for was asked for.
func (d *desk) opensInbox(t *testing.T, at string, happens func(), seen thing) {
	t.Helper()
	d.visit("about:blank") // what was open before asks for nothing any more
	before := len(d.did().Requests)
	d.visit(at + "/inbox/all")
	d.sees(role("link", "Open contact"))
	happens()
	d.sees(seen)
	asked, weight := map[string]int{}, 0
	for _, address := range d.did().Requests[before:] {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(u.Path, "/api/") {
			asked[u.Path]++
		} else if u.Path != "/icon.svg" {
			weight += weigh(t, address)
		}
	}
	for _, once := range []string{"session", "accounts", "conversations", "teams", "tags", "bots", "views", "canned", "attributes"} {
		if n := asked["/api/v1/"+once]; n != 1 {
			t.Errorf("at its opening the inbox asked for %s %d times", once, n)
		}
	}
	if weight > firstLoad || weight < firstLoad/2 {
		t.Errorf("at its opening the inbox loads %d bytes; it may be %d", weight, firstLoad)
	}
	t.Logf("the first load of the inbox is %d bytes", weight)
}

// weigh is how many bytes an address is over the wire, to a browser that takes
// gzip alone.
func weigh(t *testing.T, address string) int {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	head, err := httputil.DumpResponse(res, false)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.Copy(io.Discard, res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %v", address, res.StatusCode, err)
	}
	return len(head) + int(body)
}
