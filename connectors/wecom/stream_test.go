package wecom_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/connectors/emulate"
	played "parley/connectors/emulate/wecom"
	"parley/connectors/wecom"
	"parley/core/canon"
	"parley/core/connector"
)

// words are the texts a store holds, in its order.
func (s *store) words() []string {
	var out []string
	for _, e := range s.events() {
		if p, ok := e.Event.(canon.Posted); ok {
			out = append(out, p.Message.Fallback())
		}
	}
	return out
}

func TestFiftyCrashesBetweenPageAndCursorLoseAndDoubleNothing(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{PageSize: 3, EmptyPages: 1, Tokenless: 1 << 30})
	s := newStore()
	var want []string
	say := func(n int) {
		for range n {
			words := fmt.Sprintf("第 %d 句", len(want)+1)
			want = append(want, words)
			b.Say(played.Account, played.Customer, words)
		}
	}
	for crash := range 50 {
		say(5)
		ctx, kill := context.WithCancel(t.Context())
		pages, before := 0, crash%2 == 0
		s.crash = func(early bool) error {
			if early {
				pages++
			}
			// The first, second or third page of this life is its last.
			if pages == 1+crash%3 && early == before {
				kill()
				return errCrash
			}
			return nil
		}
		err := <-run(ctx, b.kf(), s, nil)
		kill()
		if !errors.Is(err, errCrash) && !errors.Is(err, context.Canceled) {
			t.Fatalf("life %d ended with %v", crash, err)
		}
	}
	s.crash = nil
	ctx, stop := context.WithCancel(t.Context())
	done := run(ctx, b.kf(), s, nil)
	eventually(t, "the last life has caught up", func() bool { return len(s.words()) >= len(want) })
	stop()
	<-done
	if got := s.words(); !slices.Equal(got, want) {
		t.Fatalf("%d messages stored of %d, or in another order", len(got), len(want))
	}
	// From the cursor that was saved nothing comes again.
	asked := b.Syncs(played.Account)
	s.crash = func(bool) error {
		t.Error("something was committed once more")
		return errCrash
	}
	ctx, stop = context.WithCancel(t.Context())
	done = run(ctx, b.kf(), s, nil)
	eventually(t, "the account is asked again", func() bool { return b.Syncs(played.Account) > asked })
	stop()
	<-done
}

func TestALostCallbackIsCaughtUpByPolling(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{Tokenless: 1 << 30})
	conn := b.node(wecom.NewKFPolling(20 * time.Millisecond))
	s := newStore()
	ctx, stop := context.WithCancel(t.Context())
	done := run(ctx, conn, s, b.hooked(conn))
	b.LoseCallbacks(1)
	b.Say(played.Account, played.Customer, "有人吗")
	eventually(t, "the message arrives without its nudge", func() bool { return slices.Equal(s.words(), []string{"有人吗"}) })
	stop()
	<-done
}

func TestNudgesThatWaitMakeOneFetch(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{Tokenless: 1 << 30})
	conn := b.kf()
	wakes := b.hooked(conn)
	s := newStore()
	ctx, stop := context.WithCancel(t.Context())
	done := run(ctx, conn, s, wakes)
	eventually(t, "the stream rests after its first look", func() bool { return b.Syncs(played.Account) == 1 && len(wakes) == 0 })
	release := b.Hold(played.Account)
	b.Nudge(played.Account)
	eventually(t, "a fetch is under way", func() bool { return b.Syncs(played.Account) == 2 })
	// While it is held, twenty nudges come in at once, some for another account.
	var all sync.WaitGroup
	for i := range 20 {
		all.Add(1)
		go func() {
			defer all.Done()
			b.Nudge([]string{played.Account, played.Account2}[i%2])
		}()
	}
	all.Wait()
	b.Say(played.Account, played.Customer, "最后一句")
	eventually(t, "all nudges wait", func() bool { return len(wakes) == 21 })
	release()
	eventually(t, "the nudges are served", func() bool {
		return len(wakes) == 0 && len(s.words()) == 1 && b.Syncs(played.Account) >= 3 && b.Syncs(played.Account2) >= 1
	})
	stop()
	<-done
	if one, two := b.Syncs(played.Account), b.Syncs(played.Account2); one != 3 || two != 1 {
		t.Errorf("asked %d and %d times; want 3 (at the start, held, all the others) and 1", one, two)
	}
}

func TestANudgeWhoseTokenRanOutStillFetches(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{})
	conn := b.kf()
	s := newStore()
	wakes := make(chan connector.Wake, 1)
	ctx, stop := context.WithCancel(t.Context())
	done := run(ctx, conn, s, wakes)
	b.Say(played.Account, played.Customer, "在吗")
	wakes <- connector.Wake{Key: played.Account, Token: "ENC-of-an-hour-ago"}
	eventually(t, "the message is here", func() bool { return len(s.words()) == 1 })
	stop()
	<-done
}

func TestOneDeletedAccountKeepsNoOtherWaiting(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{})
	s := newStore()
	s.cursors["wkDeleted"] = ""
	ctx, stop := context.WithCancel(t.Context())
	b.Say(played.Account, played.Customer, "在吗")
	done := run(ctx, b.kf(), s, nil)
	eventually(t, "the message is here, and the light of that account alone is red", func() bool {
		gone := b.healthOf("wkDeleted")
		return len(s.words()) == 1 && gone.Health == connector.HealthBad && gone.Code == "95000" && b.health().Health == connector.HealthGood
	})
	stop()
	<-done
	if light := b.healthOf(played.Account); light.Code != "" {
		t.Errorf("the account that works shows %+v", light)
	}
}

// TestServiceAccountsAreOfferedByList: one link for a corporation; until an account
// is chosen none is fetched for, and the light says what to do.
func TestServiceAccountsAreOfferedByList(t *testing.T) {
	b := newTable(t, "wechatkf", played.Options{})
	config := b.Config()
	delete(config, "account")
	id := canon.NewID()
	unnamed := canon.RemoteID(id.String())
	conn := b.opened(wecom.NewKFPolling(time.Hour), config, []connector.Account{{ID: id, RemoteID: unnamed}})
	all, err := conn.(connector.Lister).List(t.Context())
	if err != nil || !slices.Equal(all, []connector.Account{{RemoteID: played.Account, Name: "小店客服"}, {RemoteID: played.Account2, Name: "售后客服"}}) {
		t.Errorf("listed are %+v, %v", all, err)
	}
	var last connector.Check
	if err := conn.(connector.Prober).Probe(t.Context(), func(c connector.Check) { last = c }); err != nil || !last.OK || !strings.Contains(last.Detail.ZH, "小店客服、售后客服") {
		t.Errorf("the test ends with %+v, %v", last, err)
	}
	b.Say(played.Account, played.Customer, "在吗")
	ctx, stop := context.WithCancel(t.Context())
	done := run(ctx, conn, newStore(), nil)
	eventually(t, "the link is well, and the account says that none was chosen", func() bool {
		return b.health().Health == connector.HealthGood && b.healthOf(unnamed).Code == "not_chosen"
	})
	stop()
	<-done
	if n := b.calls("kf/sync_msg"); n != 0 {
		t.Errorf("%d fetches for no account", n)
	}
}

func TestTroubleShowsInTheLightWithItsRemedy(t *testing.T) {
	for code, want := range map[int64]connector.Health{60020: connector.HealthBad, 48002: connector.HealthBad, 45009: connector.HealthPoor, -1: connector.HealthPoor} {
		b := newTable(t, "wechatkf", played.Options{})
		b.Misbehave(played.Refuse("kf/sync_msg", code))
		err := <-run(t.Context(), b.kf(), newStore(), nil)
		light := b.health()
		if err == nil || light.Health != want || light.Remedy.EN == "" || light.Remedy.ZH == "" {
			t.Errorf("%d: ended with %v, light %+v", code, err, light)
		}
	}
	b := newTable(t, "wechatkf", played.Options{})
	b.Misbehave(emulate.Fault{Op: "kf/sync_msg", Kind: emulate.HangUp})
	if err := <-run(t.Context(), b.kf(), newStore(), nil); connector.AsError(err).Class != connector.Transient {
		t.Errorf("a cut connection ended the stream with %v", err)
	}
}
