package torture

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"parley/connectors/http/fake"
	"parley/core"
	"parley/core/canon"
	"parley/internal/bench/rig"
)

// secret is shared by the hub and the played platform.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// platform plays the outside of an http link.
type platform struct {
	*fake.Platform
	hook string // full address, once linked
}

// linkHTTP makes an account of the http connector whose outside is a played
// platform. bot may be empty.
func linkHTTP(t *testing.T, h *rig.Hub, api *rig.API, bot string, options ...fake.Option) *platform {
	t.Helper()
	p, err := fake.New(secret, options...)
	if err != nil {
		t.Fatal(err)
	}
	server := p.Start()
	t.Cleanup(server.Close)
	linked, err := api.Link(t.Context(), "http", "played", map[string]string{"secret": secret, "api_base": server.URL}, bot)
	if err != nil {
		t.Fatal(err)
	}
	return &platform{p, h.URL() + linked.HookPath()}
}

// eachItsOwn gives every post a connection of its own: a killed hub leaves the
// others broken.
var eachItsOwn = &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// poster is one customer's side: it posts until it is acknowledged.
type poster struct {
	ledger *ledger
	post   func(ctx context.Context, id, peer, words string) error // nil: acknowledged
}

// deliver posts one message until it is acknowledged, as a platform does.
func (p poster) deliver(ctx context.Context, id, peer, words string) error {
	p.ledger.send(id, words)
	for {
		err := p.post(ctx, id, peer, words)
		if err == nil {
			p.ledger.ack(id)
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s was never taken: %w", id, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// crowd lets customers post from some clients side by side until enough is
// posted and over is closed. Of the posts 20 % are repeated later, and 5 % are
// sent by two clients at the same time.
func crowd(ctx context.Context, t *testing.T, p poster, chance *rand.Rand, clients, peers, enough int, over <-chan struct{}) int {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	n := 0
	next := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		select {
		case <-over:
			if n >= enough {
				return 0, false
			}
		default:
		}
		n++
		return n, true
	}
	for c := range clients {
		own := rand.New(rand.NewPCG(chance.Uint64(), uint64(c)))
		wg.Go(func() {
			for {
				i, more := next()
				if !more {
					return
				}
				id, peer := fmt.Sprintf("m-%06d", i), fmt.Sprintf("peer-%03d", own.IntN(peers))
				words := fmt.Sprintf("第 %d 条 message %s", i, id)
				twice := own.IntN(100)
				var both sync.WaitGroup
				if twice < 5 {
					both.Go(func() {
						if err := p.deliver(ctx, id, peer, words); err != nil {
							t.Error(err)
						}
					})
				}
				if err := p.deliver(ctx, id, peer, words); err != nil {
					t.Error(err)
					both.Wait()
					return
				}
				both.Wait()
				if twice >= 5 && twice < 25 {
					if err := p.deliver(ctx, id, peer, words); err != nil {
						t.Error(err)
						return
					}
				}
				time.Sleep(time.Duration(own.IntN(40)) * time.Millisecond)
			}
		})
	}
	wg.Wait()
	return n
}

// postHTTP posts to the http connector.
func (p *platform) postHTTP(ctx context.Context, id, peer, words string) error {
	e := p.Does(canon.RemoteID(peer), canon.Posted{Message: canon.Message{RemoteID: canon.RemoteID(id), Parts: []canon.Part{canon.Text{Body: words}}}})
	e.EventID = id
	answer, err := p.Post(ctx, p.hook, e)
	if err != nil {
		return err
	}
	if !answer.Accepted() {
		return fmt.Errorf("answered %d: %s", answer.Status, answer.Body)
	}
	return nil
}

// threads reads every thread the API knows, whole.
func threads(ctx context.Context, api *rig.API) ([][]core.Message, error) {
	seen := map[core.ID]bool{}
	var all [][]core.Message
	for _, status := range []string{"open", "closed"} {
		convs, err := api.Conversations(ctx, "status="+status, 1_000_000)
		if err != nil {
			return nil, err
		}
		for _, c := range convs {
			if seen[c.Thread] {
				continue
			}
			seen[c.Thread] = true
			messages, err := api.Messages(ctx, c.ID.String())
			if err != nil {
				return nil, err
			}
			all = append(all, messages)
		}
	}
	return all, nil
}

// fromCustomers are the messages of customers as the API shows them; id picks
// the platform's id of a message.
func fromCustomers(ctx context.Context, api *rig.API, id func(core.Message) string) ([]stored, error) {
	all, err := threads(ctx, api)
	if err != nil {
		return nil, err
	}
	var out []stored
	for _, thread := range all {
		for _, m := range thread {
			if m.From == core.FromCustomer {
				out = append(out, stored{id(m), m.Content.Plain()})
			}
		}
	}
	return out, nil
}
