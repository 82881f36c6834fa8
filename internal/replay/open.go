package replay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"parley/core/canon"
	"parley/core/connector"
)

// open makes a Conn that takes callbacks, of the given values and made up ones.
func open(ctx context.Context, d connector.Driver, given connector.Values, account canon.RemoteID, at time.Time) (connector.Conn, connector.Webhook, error) {
	spec := d.Spec()
	for _, choice := range choices(spec.Form, given) {
		values, bad := filled(spec.Form, choice)
		if len(bad) > 0 {
			return nil, nil, fmt.Errorf("a link of %s needs values that cannot be made up: %w; give them with --set", spec.Kind, bad[0])
		}
		link := connector.Link{ID: id(1), Tenant: id(2), Config: values, HookURL: "https://hub.example.com/hooks/" + id(1).String(), PageURL: "https://hub.example.com"}
		if account != "" {
			link.Accounts = []connector.Account{{ID: id(3), RemoteID: account}}
		}
		conn, err := d.Open(ctx, link, connector.Env{
			HTTP: &http.Client{Transport: nowhere{}}, Cache: empty{}, Clock: func() time.Time { return at },
			Dial:  func(context.Context, string, string) (net.Conn, error) { return nil, errNowhere },
			Log:   slog.New(slog.DiscardHandler),
			State: func(connector.State) {}, Intake: elsewhere{},
		})
		if err != nil {
			return nil, nil, fmt.Errorf("open a link of %s: %w", spec.Kind, err)
		}
		if hook, ok := conn.(connector.Webhook); ok {
			return conn, hook, nil
		}
		_ = conn.Close(ctx)
	}
	return nil, nil, fmt.Errorf("%s receives no callbacks, so there is none to replay", spec.Kind)
}

// choices lists the given values with each option of each choice left open: how
// an account receives may be one.
func choices(f connector.Form, given connector.Values) []connector.Values {
	out := []connector.Values{given}
	for _, field := range f.Fields {
		if field.Kind != connector.FieldChoice || given[field.Name] != "" {
			continue
		}
		for _, o := range field.Options {
			v := maps.Clone(given)
			if v == nil {
				v = connector.Values{}
			}
			v[field.Name] = o.Value
			out = append(out, v)
		}
	}
	return out
}

// filled completes a form with examples, and with secrets of the right shape.
func filled(f connector.Form, given connector.Values) (connector.Values, []connector.FieldError) {
	in := maps.Clone(given)
	if in == nil {
		in = connector.Values{}
	}
	for range len(f.Fields) + 1 {
		values, bad := f.Complete(in)
		if len(bad) == 0 {
			return values, nil
		}
		name := bad[0].Field
		field, ok := f.Field(name)
		if !ok || given[name] != "" {
			return nil, bad
		}
		if !slices.ContainsFunc(shapes(field), func(v string) bool {
			in[name] = v
			_, still := f.Complete(in)
			return !slices.ContainsFunc(still, func(e connector.FieldError) bool { return e.Field == name })
		}) {
			return nil, bad
		}
	}
	return f.Complete(in)
}

// shapes are values that may fit a field.
func shapes(f connector.Field) []string {
	out := []string{f.Example, "https://example.com", "1000000000:" + strings.Repeat("A", 35)}
	for _, n := range []int{12, 16, 20, 32, 43, 64, max(f.Min, 1)} {
		for _, letter := range []string{"0", "a", "A"} {
			out = append(out, strings.Repeat(letter, n))
		}
	}
	return out
}

// id is one of our ids, the same in every replay.
func id(n byte) canon.ID { return canon.ID{6: 0x70, 8: 0x80, 15: n} }

var errNowhere = errors.New("a replay touches no network")

type nowhere struct{}

// RoundTrip refuses.
func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNowhere }

// empty is a cache that holds nothing.
type empty struct{}

func (empty) Get(context.Context, string) (string, bool, error)        { return "", false, nil }
func (empty) Set(context.Context, string, string, time.Duration) error { return nil }
func (empty) Delete(context.Context, string) error                     { return nil }
func (empty) Once(ctx context.Context, _ string, fill func(context.Context) (string, time.Duration, error)) (string, error) {
	value, _, err := fill(ctx)
	return value, err
}

// elsewhere stands for the hub a file was put at: a handle of it names a file
// nobody here has seen.
type elsewhere struct{}

// Address refuses: nothing is put anywhere here.
func (elsewhere) Address(canon.ThreadKey, connector.FileInfo) (connector.Place, error) {
	return connector.Place{}, errNowhere
}

// Taken believes every handle.
func (elsewhere) Taken(canon.ThreadKey, string) (canon.Media, bool) {
	return canon.Media{Kind: canon.MediaFile}, true
}
