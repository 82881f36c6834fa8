package email

import (
	"net/mail"

	"parley/connectors/email/letter"
	"parley/core/canon"
	"parley/core/connector"
)

// Start names a thread nobody has written on yet. The first mail of ours on it
// seals its name into its Message-ID, and the answer brings that back.
func (c *conn) Start(_ connector.Account, address, seed string) (canon.ThreadKey, error) {
	at, err := mail.ParseAddress(address)
	if err != nil || at.Name != "" {
		return canon.ThreadKey{}, &connector.Error{Class: connector.Invalid, Code: "address", Scope: connector.ScopeThread, Err: err, Shown: connector.Text{
			EN: "This is not an e-mail address: " + address, ZH: "不是有效的邮箱地址：" + address,
		}}
	}
	return canon.ThreadKey{Account: c.account, Peer: canon.RemoteID(letter.NewAddress(at.Address).Addr), Thread: threadOf("begun here: " + seed)}, nil
}

// Address is the peer itself, but for those whose mail came without one.
func (c *conn) Address(peer canon.RemoteID) string {
	if a := letter.NewAddress(string(peer)).Addr; a != "" && letter.Domain(a) != "invalid" {
		return a
	}
	return ""
}
