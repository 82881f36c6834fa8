package auth

import (
	"strings"
	"testing"

	"parley/core"
)

func TestPasswordHashes(t *testing.T) {
	h := NewHasher(1)
	a, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	b, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hashes %q and %q: want PHC form, each with its own salt", a, b)
	}
	for password, want := range map[string]bool{"correct horse": true, "correct horse ": false, "": false} {
		if got, err := h.Check(t.Context(), a, password); err != nil || got != want {
			t.Errorf("Check(%q) = %t, %v", password, got, err)
		}
	}
}

func TestX10_NobodyCostsAsMuchAsSomebody(t *testing.T) {
	h := NewHasher(1)
	stored, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"", stored} {
		before := h.Work()
		if ok, err := h.Check(t.Context(), who, "wrong"); ok || err != nil {
			t.Errorf("Check = %t, %v", ok, err)
		}
		if n := h.Work() - before; n != 1 {
			t.Errorf("%d hashes were computed, want 1", n)
		}
	}
}

func TestStoredPasswordThatCannotBeRead(t *testing.T) {
	for _, s := range []string{"plain", "$argon2id$v=19$m=19456,t=2,p=1$x", "$argon2i$v=19$m=1,t=1,p=1$AAAA$AAAA", "$argon2id$v=19$m=999999999,t=2,p=1$AAAA$AAAA"} {
		if ok, err := NewHasher(1).Check(t.Context(), s, "x"); ok || err == nil {
			t.Errorf("Check(%q) = %t, %v; want an error", s, ok, err)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	for password, code := range map[string]string{
		"short": "password_short", "密码密码密码密": "password_short", "password": "password_common", "PassWord123": "password_common", "12345678": "password_common",
		"aaaaaaaaaa": "password_common", "abababab": "password_common", "zyxwvuts": "password_common", "linda2024!": "password_common", "linda@example.com": "password_common",
		"密码密码密码密码": "password_common", "四匹正确的马与电池": "", "correct horse battery": "", "xK7-mm2q": "", strings.Repeat("x1", 600): "password_long",
	} {
		err := CheckPassword("body.password", password, "linda@example.com", "Linda")
		f, ok := core.AsFault(err)
		switch {
		case code == "" && err != nil:
			t.Errorf("%q is refused: %v", password, err)
		case code != "" && (!ok || f.Code != code || f.Field != "body.password" || f.Text.ZH == "" || f.Remedy.ZH == ""):
			t.Errorf("%q: %v, want %s", password, err, code)
		}
	}
}
