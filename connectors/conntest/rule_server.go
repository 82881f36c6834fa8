package conntest

import (
	"context"
	"net/http"
	"net/http/httptest"

	"parley/core/connector"
)

func checkServer(l *lab) {
	s := l.suite.Server
	if s == nil {
		return
	}
	if len(s.Cases) == 0 {
		l.find("the table of visitors is empty")
	}
	for i, c := range s.Cases {
		if i > 0 && !l.open() {
			return
		}
		l.at = c.Name
		l.visit(c)
		if c.Envelopes == 0 {
			continue
		}
		if !l.open() {
			return
		}
		l.at = c.Name + ", the store away"
		l.visitUnstored(c)
	}
}

// serve runs the Conn as the hub would, and visits it.
func (l *lab) serve(c ServerCase) (int, error) {
	conn := l.conn.(connector.Server)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = call(l, "Serve", func() (struct{}, error) {
			conn.Serve(w, r, l.hub)
			return struct{}{}, nil
		})
	}))
	defer srv.Close()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	defer srv.CloseClientConnections()
	return c.Do(ctx, srv.Client(), srv.URL, l.link)
}

func (l *lab) visit(c ServerCase) {
	status, err := l.serve(c)
	if err != nil {
		l.find("the visitor failed: %v", err)
		return
	}
	if c.Envelopes > 0 && status/100 != 2 {
		l.find("the visitor was answered %d", status)
	}
	if n := l.hub.count(); n != c.Envelopes {
		l.find("%d envelopes were committed, not %d", n, c.Envelopes)
	}
	stored := l.hub.stored()
	l.complete(stored)
	if text, err := batchText(connector.Batch{Envelopes: stored}); err != nil {
		l.find("an envelope cannot be written: %v", err)
	} else {
		l.golden("server", c.Name, ".json", text)
	}
	rows := l.hub.count()
	if _, err := l.serve(c); err != nil {
		l.find("doing the same again failed: %v", err)
	}
	if n := l.hub.count(); n != rows {
		l.find("doing the same again stored %d rows more", n-rows)
	}
}

func (l *lab) visitUnstored(c ServerCase) {
	l.hub.set(func() error { return errAway }, nil, nil)
	status, err := l.serve(c)
	if err == nil && status/100 == 2 {
		l.find("the store was away and the visitor was answered %d", status)
	}
	l.hub.set(nil, nil, nil)
	if _, err := l.serve(c); err != nil {
		l.find("trying again failed: %v", err)
	}
	if n := l.hub.count(); n != c.Envelopes {
		l.find("trying again left %d rows, not %d", n, c.Envelopes)
	}
}
