package email

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"parley/core/canon"
)

// threadSecret seals which thread a mail of ours belongs to into its
// Message-ID. An answer repeats that id in References or In-Reply-To, whatever
// program wrote it and from whatever address, so the thread is found without
// looking anything up; and as nobody else can make such an id, nobody can write
// into a thread who was not sent a mail of it.
//
// The sealing is deterministic (a synthetic initial vector, as in RFC 5297), so
// every attempt of one request carries the same Message-ID.
type threadSecret struct{ mac, enc [32]byte }

// newThreadSecret derives the secret from the ids of tenant and link, which
// hold 148 random bits and never leave the hub by mail.
func newThreadSecret(tenant, link canon.ID) threadSecret {
	derive := func(use string) [32]byte {
		h := hmac.New(sha256.New, append(tenant[:], link[:]...))
		h.Write([]byte("parley email thread " + use))
		return [32]byte(h.Sum(nil))
	}
	return threadSecret{mac: derive("mac"), enc: derive("enc")}
}

// words is base32 in lower case: mail programs that change an id's case, which
// they must not, still leave the token readable.
var words = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

const (
	vectorLen = 10 // 80 bits nobody can guess
	maxPeer   = 120
)

// messageID is the id of the mail that carries the request key on a thread, at
// the domain of the mailbox.
func (s threadSecret) messageID(key canon.ID, thread canon.ThreadKey, domain string) string {
	peer := string(thread.Peer)
	if len(peer) > maxPeer {
		peer = "" // an answer from the peer's own address finds its thread without
	}
	plain := packThread(thread.Thread, peer)
	vector := s.vector(key.String(), plain)
	token := append(vector, s.crypt(vector, plain)...)
	return key.String() + "." + words.EncodeToString(token) + "@" + domain
}

// open reads a Message-ID. Only one that messageID made gives ok.
func (s threadSecret) open(id string) (thread, peer canon.RemoteID, ok bool) {
	local, _, _ := strings.Cut(strings.ToLower(id), "@")
	key, token, found := strings.Cut(local, ".")
	if !found || len(token) > 400 {
		return "", "", false
	}
	raw, err := words.DecodeString(token)
	if err != nil || len(raw) <= vectorLen {
		return "", "", false
	}
	plain := s.crypt(raw[:vectorLen], raw[vectorLen:])
	if !hmac.Equal(s.vector(key, plain), raw[:vectorLen]) {
		return "", "", false
	}
	thread, peer = unpackThread(plain)
	return thread, peer, true
}

const threadLen = 15 // bytes of a name threadOf makes

// packThread writes thread and peer as short as it can: an id should be no
// longer than mail systems are used to.
func packThread(thread canon.RemoteID, peer string) []byte {
	if raw, err := words.DecodeString(string(thread)); err == nil && len(raw) == threadLen {
		return append(append([]byte{1}, raw...), peer...)
	}
	return []byte("\x02" + string(thread) + "\x00" + peer)
}

func unpackThread(plain []byte) (thread, peer canon.RemoteID) {
	if len(plain) > threadLen && plain[0] == 1 {
		return canon.RemoteID(words.EncodeToString(plain[1 : 1+threadLen])), canon.RemoteID(plain[1+threadLen:])
	}
	t, p, _ := strings.Cut(strings.TrimPrefix(string(plain), "\x02"), "\x00")
	return canon.RemoteID(t), canon.RemoteID(p)
}

func (s threadSecret) vector(key string, plain []byte) []byte {
	h := hmac.New(sha256.New, s.mac[:])
	h.Write([]byte(key + "\x00"))
	h.Write(plain)
	return h.Sum(nil)[:vectorLen]
}

func (s threadSecret) crypt(vector, b []byte) []byte {
	block, err := aes.NewCipher(s.enc[:])
	if err != nil {
		panic("email: " + err.Error()) // only for a key of another length
	}
	var iv [aes.BlockSize]byte
	copy(iv[:], vector)
	out := make([]byte, len(b))
	cipher.NewCTR(block, iv[:]).XORKeyStream(out, b)
	return out
}

// threadOf names the thread that begins with a mail: short, and opaque to all.
func threadOf(root string) canon.RemoteID {
	sum := sha256.Sum256([]byte(root))
	return canon.RemoteID(words.EncodeToString(sum[:threadLen]))
}
