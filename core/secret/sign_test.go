package secret

import (
	"errors"
	"strings"
	"testing"
)

func TestSigner(t *testing.T) {
	box := NewBox(NewMasterKey())
	files, visitors := box.Signer("file address"), box.Signer("visitor token")
	mac := files.Sign("t1", "f1")
	for name, ok := range map[string]bool{
		"other parts":   files.Verify(mac, "t1", "f2"),
		"shifted parts": files.Verify(mac, "t1f", "1"),
		"merged parts":  files.Verify(mac, "t1f1"),
		"extra part":    files.Verify(mac, "t1", "f1", ""),
		"other purpose": visitors.Verify(mac, "t1", "f1"),
		"other key":     NewBox(NewMasterKey()).Signer("file address").Verify(mac, "t1", "f1"),
		"cut":           files.Verify(mac[:16], "t1", "f1"),
		"none":          files.Verify(nil, "t1", "f1"),
	} {
		if ok {
			t.Errorf("%s verifies", name)
		}
	}
	if !files.Verify(mac, "t1", "f1") || !box.Signer("file address").Verify(mac, "t1", "f1") {
		t.Error("own signature does not verify")
	}
}

func TestToken(t *testing.T) {
	box := NewBox(NewMasterKey())
	s := box.Signer("visitor token")
	token := s.Token([]byte(`{"v":"访客"}`))
	if got, err := s.OpenToken(token); err != nil || string(got) != `{"v":"访客"}` {
		t.Fatal(string(got), err)
	}
	bad := []string{"", ".", token + "=", token + "\n", " " + token, token[:len(token)-1], strings.Replace(token, ".", "", 1), token + "." + token}
	for i := range token {
		flipped := []byte(token)
		flipped[i] ^= 1
		bad = append(bad, string(flipped))
	}
	for _, text := range bad {
		if _, err := s.OpenToken(text); !errors.Is(err, ErrSignature) {
			t.Errorf("%q opens", text)
		}
	}
	if _, err := box.Signer("other").OpenToken(token); !errors.Is(err, ErrSignature) {
		t.Error("token of another purpose opens")
	}
}
