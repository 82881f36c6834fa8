package http_test

import (
	"testing"

	connhttp "parley/connectors/http"
	"parley/connectors/http/fake"
	"parley/core/canon"
	"parley/core/connector"
)

// BenchmarkSend is a whole call: sign, post, take, answer, both ends in this
// process.
func BenchmarkSend(b *testing.B) {
	p, err := fake.New(secret, fake.WithoutLog())
	if err != nil {
		b.Fatal(err)
	}
	srv := p.Start()
	defer srv.Close()
	conn, err := connhttp.New().Open(b.Context(), connector.Link{Config: connector.Values{"api_base": srv.URL, "secret": secret}}, connector.Env{HTTP: srv.Client()})
	if err != nil {
		b.Fatal(err)
	}
	r := post("您好，您的订单已发货")
	b.ReportAllocs()
	for b.Loop() {
		r.Key = canon.NewID()
		if _, err := conn.Send(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}
