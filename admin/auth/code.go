package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"parley/core/canon"
)

// The codes of an app on a phone, as RFC 6238 has them and every such app takes
// them: six digits by HMAC-SHA-1, a new one every 30 seconds.
const (
	codeDigits = otp.DigitsSix
	codePeriod = 30
	// codeSkew is how many time steps a clock may be off, either way.
	codeSkew = 1
	// factorSecret is the length of the shared secret in bytes, as RFC 4226
	// recommends.
	factorSecret = 20
)

// The recovery codes: 80 random bits each, so that a fast hash keeps them.
const (
	recoveryCodes = 10
	recoveryBytes = 10
	recoveryGroup = 4
)

// crockford is base32 without letters that look like digits.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newFactor makes a secret: as text to type and as the address that QR codes
// carry. issuer and account are what the app shows.
func newFactor(issuer, account string) (secret, uri string, err error) {
	name := strings.NewReplacer(":", " ").Replace // a colon parts the two
	key, err := totp.Generate(totp.GenerateOpts{Issuer: name(issuer), AccountName: name(account), SecretSize: factorSecret, Period: codePeriod, Digits: codeDigits})
	if err != nil {
		return "", "", fmt.Errorf("make a second factor: %w", err)
	}
	return key.Secret(), key.URL(), nil
}

// stepOf finds the time step a code is of, around now; false when it is of none.
func stepOf(secret, code string, now time.Time) (int64, bool) {
	present := now.Unix() / codePeriod
	found, step := false, int64(0)
	for s := present - codeSkew; s <= present+codeSkew; s++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(s), hotp.ValidateOpts{Digits: codeDigits, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found, step = true, s
		}
	}
	return step, found
}

// isCode reports whether a text has the form of an app's code.
func isCode(text string) bool {
	return len(text) == codeDigits.Length() && strings.Trim(text, "0123456789") == ""
}

// tidyCode takes out of a typed code what people put there to read it by.
func tidyCode(text string) string {
	return strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(text)
}

// newRecoveryCodes makes the codes and the hashes to keep.
func newRecoveryCodes(tenant, agent canon.ID) (codes []string, hashes [][]byte) {
	for range recoveryCodes {
		var raw [recoveryBytes]byte
		_, _ = rand.Read(raw[:]) // never fails
		plain := crockford.EncodeToString(raw[:])
		hashes = append(hashes, recoveryHash(tenant, agent, plain))
		var groups []string
		for ; plain != ""; plain = plain[recoveryGroup:] {
			groups = append(groups, plain[:recoveryGroup])
		}
		codes = append(codes, strings.Join(groups, "-"))
	}
	return codes, hashes
}

// recoveryHash is what is kept of a recovery code, however it is typed.
func recoveryHash(tenant, agent canon.ID, code string) []byte {
	code = strings.NewReplacer("o", "0", "i", "1", "l", "1").Replace(strings.ToLower(tidyCode(code)))
	return hashOf(tenant.String() + "\n" + agent.String() + "\n" + code)
}
