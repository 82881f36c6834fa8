package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/core/canon"
)

func jwt(header, payload, secret string) string {
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString([]byte(header)) + "." + enc.EncodeToString([]byte(payload))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + enc.EncodeToString(mac.Sum(nil))
}

const hs256 = `{"alg":"HS256","typ":"JWT"}`

func TestX11_IdentityTokenMatrix(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	account, other := canon.NewID(), canon.NewID()
	body := func(extra string) string {
		return fmt.Sprintf(`{"sub":"42","aud":"%s","exp":%d%s}`, account, now.Add(time.Hour).Unix(), extra)
	}
	good := jwt(hs256, body(`,"name":"林","email":"l@example.com"`), identitySecret)
	parts := strings.Split(good, ".")
	mac512 := hmac.New(sha512.New, []byte(identitySecret))
	head512 := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS512"}`))
	mac512.Write([]byte(head512 + "." + parts[1]))

	for name, c := range map[string]struct {
		token string
		ok    bool
	}{
		"good":                 {good, true},
		"aud in a list":        {jwt(hs256, strings.Replace(body(""), `"`+account.String()+`"`, `["x","`+account.String()+`"]`, 1), identitySecret), true},
		"no typ":               {jwt(`{"alg":"HS256"}`, body(""), identitySecret), true},
		"clock a bit ahead":    {jwt(hs256, body(fmt.Sprintf(`,"iat":%d`, now.Add(30*time.Second).Unix())), identitySecret), true},
		"empty":                {"", false},
		"alg none":             {jwt(`{"alg":"none"}`, body(""), identitySecret), false},
		"alg none unsigned":    {base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".", false},
		"alg None":             {jwt(`{"alg":"NONE"}`, body(""), identitySecret), false},
		"alg lower case":       {jwt(`{"alg":"hs256"}`, body(""), identitySecret), false},
		"alg RS256":            {jwt(`{"alg":"RS256"}`, body(""), identitySecret), false},
		"alg HS512":            {head512 + "." + parts[1] + "." + base64.RawURLEncoding.EncodeToString(mac512.Sum(nil)), false},
		"no alg":               {jwt(`{}`, body(""), identitySecret), false},
		"crit":                 {jwt(`{"alg":"HS256","crit":["exp"]}`, body(""), identitySecret), false},
		"another typ":          {jwt(`{"alg":"HS256","typ":"at+jwt"}`, body(""), identitySecret), false},
		"wrong key":            {jwt(hs256, body(""), identitySecret+"x"), false},
		"empty key":            {jwt(hs256, body(""), ""), false},
		"signature cut":        {good[:len(good)-4], false},
		"no signature":         {parts[0] + "." + parts[1], false},
		"empty signature":      {parts[0] + "." + parts[1] + ".", false},
		"four parts":           {good + ".x", false},
		"line break":           {parts[0] + "." + parts[1] + "." + parts[2][:10] + "\n" + parts[2][10:], false},
		"padded":               {good + "=", false},
		"no exp":               {jwt(hs256, fmt.Sprintf(`{"sub":"42","aud":"%s"}`, account), identitySecret), false},
		"exp as word":          {jwt(hs256, fmt.Sprintf(`{"sub":"42","aud":"%s","exp":"never"}`, account), identitySecret), false},
		"expired":              {jwt(hs256, fmt.Sprintf(`{"sub":"42","aud":"%s","exp":%d}`, account, now.Add(-2*time.Minute).Unix()), identitySecret), false},
		"not yet":              {jwt(hs256, body(fmt.Sprintf(`,"nbf":%d`, now.Add(time.Hour).Unix())), identitySecret), false},
		"issued in the future": {jwt(hs256, body(fmt.Sprintf(`,"iat":%d`, now.Add(time.Hour).Unix())), identitySecret), false},
		"no aud":               {jwt(hs256, fmt.Sprintf(`{"sub":"42","exp":%d}`, now.Add(time.Hour).Unix()), identitySecret), false},
		"another account":      {jwt(hs256, strings.Replace(body(""), account.String(), other.String(), 1), identitySecret), false},
		"no sub":               {jwt(hs256, fmt.Sprintf(`{"aud":"%s","exp":%d}`, account, now.Add(time.Hour).Unix()), identitySecret), false},
		"sub with controls":    {jwt(hs256, strings.Replace(body(""), `"42"`, `"4\u00002"`, 1), identitySecret), false},
		"no JSON":              {jwt(hs256, "42", identitySecret), false},
		"huge":                 {jwt(hs256, body(`,"x":"`+strings.Repeat("x", 5000)+`"`), identitySecret), false},
	} {
		v, err := identify(c.token, []byte(identitySecret), account, now)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && v.User != "42" {
			t.Errorf("%s: user %q", name, v.User)
		}
	}
	if _, err := identify(jwt(hs256, body(""), ""), nil, account, now); err == nil {
		t.Error("a link without a secret took an identity")
	}
}

func TestSignedInCustomerHasAChatOfTheirOwn(t *testing.T) {
	r := newRig(t, Limits{})
	token := func(user string) string {
		return jwt(hs256, fmt.Sprintf(`{"sub":%q,"aud":"%s","exp":%d,"name":"林","email":"l@example.com"}`,
			user, r.account, r.now().Add(time.Hour).Unix()), identitySecret)
	}
	anonymous, before := r.session(sessionRequest{})
	ann, annThread := r.session(sessionRequest{Token: anonymous.Token, Identity: token("ann")})
	_, sameAnn := r.session(sessionRequest{Identity: token("ann")}) // on another device
	bob, bobThread := r.session(sessionRequest{Token: ann.Token, Identity: token("bob")})
	if annThread == before || annThread != sameAnn || bobThread == annThread {
		t.Errorf("threads: anonymous %v, ann %v and %v, bob %v", before.Peer, annThread.Peer, sameAnn.Peer, bobThread.Peer)
	}
	if ann.Keep || bob.Keep {
		t.Error("the browser would keep a signed-in customer's token")
	}
	if res := r.do("POST", "/messages", ann.Token, postRequest{ID: "abcdefgh", Text: "hi"}); res.status != 200 {
		t.Fatalf("post: %d %s", res.status, res.raw)
	}
	from := r.hub.Commits()[0].From
	if !from.Verified || from.Name != "林" || from.Email != "l@example.com" {
		t.Errorf("sender %+v", from)
	}
	want := []canon.Alias{{Kind: "user", ID: "ann", Verified: true}, {Kind: "visitor", ID: before.Peer}}
	if fmt.Sprint(from.Also) != fmt.Sprint(want) {
		t.Errorf("also %v, want %v", from.Also, want)
	}
	if res := r.do("POST", "/session", "", sessionRequest{Identity: "x.y.z"}); res.status != 401 || res.code() != "identity" {
		t.Errorf("bad identity: %d %s", res.status, res.raw)
	}
	r.pass(userLife + time.Second)
	if res := r.do("GET", "/lines", ann.Token, nil); res.status != 401 {
		t.Errorf("signed-in token after its day: %d", res.status)
	}
}
