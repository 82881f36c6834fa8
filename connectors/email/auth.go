package email

import "strings"

// xoauth2 is Google's and Microsoft's way to sign in with a token.
type xoauth2 struct{ user, token string }

// Start gives the whole of it at once.
func (x xoauth2) Start() (mech string, first []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the server's report of a failure with nothing, as it wants
// before it says no.
func (x xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }

// plainLogin is AUTH LOGIN for servers that know no PLAIN.
type plainLogin struct{ user, pass string }

func (p plainLogin) Start() (mech string, first []byte, err error) { return "LOGIN", nil, nil }

func (p plainLogin) Next(challenge []byte) ([]byte, error) {
	if strings.HasPrefix(strings.ToLower(string(challenge)), "pass") {
		return []byte(p.pass), nil
	}
	return []byte(p.user), nil
}
