package http

import (
	nethttp "net/http"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

func benchConn(tb testing.TB) *Conn {
	tb.Helper()
	conn, err := Driver{}.Open(tb.Context(), connector.Link{Config: connector.Values{"secret": VectorSecret}}, connector.Env{HTTP: nethttp.DefaultClient})
	if err != nil {
		tb.Fatal(err)
	}
	return conn.(*Conn)
}

// kilobyte is a signed callback of about 1 kB.
func kilobyte(tb testing.TB, c *Conn) connector.Raw {
	tb.Helper()
	body, err := canon.Envelope{
		Account: "main", Thread: canon.ThreadKey{Account: "main", Peer: "u-1042"}, From: canon.Peer{ID: "u-1042", Name: "王小明", Locale: "zh-CN"},
		EventID: "0190f3a2-7c1e-7abc-8def-0123456789ab", Time: time.Now().UTC(),
		Event: canon.Posted{Message: canon.Message{RemoteID: "m-1", Parts: []canon.Part{canon.Text{Body: strings.Repeat("你好，我想查一下订单 ", 24)}}}},
	}.AppendJSON(nil)
	if err != nil {
		tb.Fatal(err)
	}
	h := nethttp.Header{}
	c.signer.SetHeaders(h, "0190f3a2-7c1e-7abc-8def-0123456789ab", time.Now(), body)
	return connector.Raw{Method: nethttp.MethodPost, Header: h, Body: body, Arrived: time.Now()}
}

func unsealAndDecode(c *Conn, raw connector.Raw) (connector.Batch, error) {
	opened, err := c.Unseal(raw)
	if err != nil {
		return connector.Batch{}, err
	}
	return c.decode(opened.Body, raw.Arrived)
}

func BenchmarkUnsealDecode(b *testing.B) {
	c := benchConn(b)
	raw := kilobyte(b, c)
	b.SetBytes(int64(len(raw.Body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := unsealAndDecode(c, raw); err != nil {
			b.Fatal(err)
		}
	}
}

// TestCallbackAllocations keeps the way of a callback lean: what it allocates
// is the envelope it returns.
func TestCallbackAllocations(t *testing.T) {
	c := benchConn(t)
	raw := kilobyte(t, c)
	if n := testing.AllocsPerRun(200, func() {
		if _, err := unsealAndDecode(c, raw); err != nil {
			t.Fatal(err)
		}
	}); n > 40 {
		t.Errorf("a callback of %d bytes costs %.0f allocations", len(raw.Body), n)
	}
}
