package secret

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

var home = Scope{Tenant: "t1", Account: "a1", Field: "token"}

func TestX13_SealOpens(t *testing.T) {
	box := NewBox(NewMasterKey())
	key := box.NewTenantKey("t1")
	for _, plain := range []string{"", "x", "123456:AAF-token", strings.Repeat("长", 100_000)} {
		a, err := box.Seal(key, home, []byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := box.Seal(key, home, []byte(plain))
		if bytes.Equal(a, b) {
			t.Error("the same value sealed twice gives the same bytes")
		}
		if len(plain) > 4 && bytes.Contains(a, []byte(plain)) {
			t.Error("the plaintext is visible")
		}
		got, err := box.Open(key, home, a)
		if err != nil || string(got) != plain {
			t.Errorf("open: %q, %v", got, err)
		}
	}
}

func TestX13_ElsewhereItDoesNotOpen(t *testing.T) {
	box := NewBox(NewMasterKey())
	key, foreign := box.NewTenantKey("t1"), box.NewTenantKey("t2")
	sealed, err := box.Seal(key, home, []byte("canary"))
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		box   *Box
		key   []byte
		scope Scope
	}{
		"other tenant, own key":           {box, foreign, Scope{"t2", "a1", "token"}},
		"other tenant's name":             {box, key, Scope{"t2", "a1", "token"}},
		"other tenant's key, first scope": {box, foreign, home},
		"other account":                   {box, key, Scope{"t1", "a2", "token"}},
		"other field":                     {box, key, Scope{"t1", "a1", "secret"}},
		"members shifted":                 {box, key, Scope{"t1", "a1t", "oken"}},
		"members merged":                  {box, key, Scope{"t1", "", "a1token"}},
		"fresh key of the same tenant":    {box, box.NewTenantKey("t1"), home},
		"other master key":                {NewBox(NewMasterKey()), key, home},
		"no key":                          {box, nil, home},
		"sealed value as key":             {box, sealed, home},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := c.box.Open(c.key, c.scope, sealed)
			if !errors.Is(err, ErrOpen) || got != nil {
				t.Fatalf("got %q, %v", got, err)
			}
			if strings.Contains(err.Error(), "canary") {
				t.Fatal("the error carries the value")
			}
		})
	}
}

func TestX13_SwappedRows(t *testing.T) {
	box := NewBox(NewMasterKey())
	key := box.NewTenantKey("t1")
	other := Scope{"t1", "a2", "token"}
	a, _ := box.Seal(key, home, []byte("one"))
	b, _ := box.Seal(key, other, []byte("two"))
	if _, err := box.Open(key, home, b); !errors.Is(err, ErrOpen) {
		t.Error("row of a2 opens as a1")
	}
	if _, err := box.Open(key, other, a); !errors.Is(err, ErrOpen) {
		t.Error("row of a1 opens as a2")
	}
}

func TestX13_AlteredBytes(t *testing.T) {
	box := NewBox(NewMasterKey())
	key := box.NewTenantKey("t1")
	sealed, _ := box.Seal(key, home, []byte("value"))
	for i := range sealed {
		for bit := range 8 {
			bad := bytes.Clone(sealed)
			bad[i] ^= 1 << bit
			if _, err := box.Open(key, home, bad); !errors.Is(err, ErrOpen) {
				t.Fatalf("flip of byte %d bit %d opens", i, bit)
			}
		}
		if _, err := box.Open(key, home, sealed[:i]); !errors.Is(err, ErrOpen) {
			t.Fatalf("cut to %d bytes opens", i)
		}
	}
	for i := range key {
		bad := bytes.Clone(key)
		bad[i] ^= 1
		if _, err := box.Open(bad, home, sealed); !errors.Is(err, ErrOpen) {
			t.Fatalf("key with byte %d flipped opens", i)
		}
	}
	if _, err := box.Open(key, home, append(bytes.Clone(sealed), 0)); !errors.Is(err, ErrOpen) {
		t.Error("one byte longer opens")
	}
}

func TestX13_WrongKeyIsSaid(t *testing.T) {
	master := NewMasterKey()
	value := NewBox(master).CheckValue()
	if err := NewBox(master).VerifyCheck(value); err != nil {
		t.Fatalf("own key: %v", err)
	}
	err := NewBox(NewMasterKey()).VerifyCheck(value)
	if !errors.Is(err, ErrWrongKey) || !strings.Contains(err.Error(), "PARLEY_MASTER_KEY") {
		t.Fatalf("wrong key: %v", err)
	}
	if err := NewBox(master).VerifyCheck(nil); !errors.Is(err, ErrWrongKey) {
		t.Fatalf("no value: %v", err)
	}
	if bytes.Contains(value, master.raw[:]) {
		t.Fatal("check value carries the key")
	}
}

func TestX13_Rewrap(t *testing.T) {
	old, next := NewBox(NewMasterKey()), NewBox(NewMasterKey())
	key := old.NewTenantKey("t1")
	sealed, _ := old.Seal(key, home, []byte("kept"))
	moved, err := old.Rewrap("t1", key, next)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := next.Open(moved, home, sealed); err != nil || string(got) != "kept" {
		t.Errorf("after rewrap: %q, %v", got, err)
	}
	if _, err := old.Open(moved, home, sealed); !errors.Is(err, ErrOpen) {
		t.Error("the old master key still opens")
	}
	if _, err := old.Rewrap("t2", key, next); !errors.Is(err, ErrOpen) {
		t.Error("key of t1 rewrapped as t2's")
	}
}
