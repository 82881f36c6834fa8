package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/connectors/all"
	"parley/connectors/emulate"
	"parley/core/connector"
)

// TestPlayedPlatformsFitTheLinkingForms: what a played platform prints is what
// the form of its channel takes, and its address answers.
func TestPlayedPlatformsFitTheLinkingForms(t *testing.T) {
	registry, err := connector.NewRegistry(all.Drivers(all.Options{})...)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range calledNames() {
		p, err := play(name, http.DefaultClient, true)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.close)
		if err := p.serve(t.Context(), "127.0.0.1:0", nil); err != nil {
			t.Fatal(err)
		}
		var printed bytes.Buffer
		p.describe(&printed)
		for _, c := range p.channels {
			seen++
			driver, ok := registry.Driver(c.kind)
			if !ok {
				t.Errorf("%s plays %q, which is no channel", name, c.kind)
				continue
			}
			values := connector.Values{"api_base": p.at(c)}
			if c.page {
				values["page_base"] = p.at(c)
			}
			for k, v := range c.values {
				values[k] = v
				if !strings.Contains(printed.String(), v) {
					t.Errorf("%s does not print %s", name, k)
				}
			}
			if _, bad := driver.Spec().Form.Complete(values); len(bad) > 0 {
				t.Errorf("the form of %s refuses what is printed: %v", c.kind, bad)
			}
		}
		if err := p.misbehave(emulate.Fault{Status: 503}); err != nil {
			t.Error(err)
		}
		tokensEnd := map[string]bool{"line": true, "wechat": true, "wecom": true}
		for words, want := range map[string]bool{"redeliver reorder": true, "expired-token": tokensEnd[name], "hang sulk": false} {
			w := httptest.NewRecorder()
			p.serveFault(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, faultPath, strings.NewReader(words)))
			if took := w.Code == http.StatusNoContent; took != want {
				t.Errorf("%s asked for %q answers %d %s", name, words, w.Code, w.Body)
			}
		}
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, p.base, nil)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Errorf("%s does not answer: %v", name, err)
			continue
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	if seen != 11 {
		t.Errorf("%d channels are played", seen)
	}
}

// TestHookFlagNamesItsChannel where a platform has several.
func TestHookFlagNamesItsChannel(t *testing.T) {
	var entered []string
	channel := func(kind string) playedChannel {
		return playedChannel{kind: kind, hook: func(_ context.Context, address string) error { entered = append(entered, kind+" "+address); return nil }}
	}
	two := &playedPlatform{name: "two", channels: []playedChannel{channel("a"), channel("b")}}
	if err := two.enter(t.Context(), []string{"b=http://h/hooks/1?x=y", "a=http://h/2"}); err != nil || strings.Join(entered, ", ") != "b http://h/hooks/1?x=y, a http://h/2" {
		t.Errorf("entered %q: %v", entered, err)
	}
	if err := two.enter(t.Context(), []string{"http://h/3?x=y"}); err == nil {
		t.Error("an address for nobody was taken")
	}
	one := &playedPlatform{name: "one", channels: []playedChannel{channel("c")}}
	if err := one.enter(t.Context(), []string{"http://h/4?x=y"}); err != nil {
		t.Error(err)
	}
	if _, err := faultsOf([]string{"hang-up:getMe", "503", "expired-token:message/push", "redeliver"}); err != nil {
		t.Error(err)
	}
	if _, err := faultsOf([]string{"sulk"}); err == nil {
		t.Error("an unknown misbehaviour was taken")
	}
}
