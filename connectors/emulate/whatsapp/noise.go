//go:build !nogpl

package whatsapp

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/coder/websocket"
	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow/proto/waCert"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/hkdf"
	"google.golang.org/protobuf/proto"
)

// Root is the key that certificates of the played server are signed under. A
// program that is to trust it sets whatsmeow.WACertPubKey to it.
func Root() [32]byte { return *rootKey().Pub }

// rootKey is no secret: whoever trusts it, trusts a played server.
func rootKey() *keys.KeyPair {
	return keys.NewKeyPairFromPrivateKey(sha256.Sum256([]byte("the root of a played WhatsApp")))
}

// certificates are the chain from the root to the server's static key.
func certificates(static *keys.KeyPair) ([]byte, error) {
	middle := keys.NewKeyPair()
	now := time.Now() // the client's library looks at the real clock
	one := func(serial, issuer uint32, key *keys.KeyPair, by *keys.KeyPair) (*waCert.CertChain_NoiseCertificate, error) {
		details, err := proto.Marshal(&waCert.CertChain_NoiseCertificate_Details{
			Serial: &serial, IssuerSerial: &issuer, Key: key.Pub[:],
			NotBefore: proto.Uint64(uint64(now.Add(-time.Hour).Unix())), NotAfter: proto.Uint64(uint64(now.Add(30 * 24 * time.Hour).Unix())),
		})
		sig := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*by.Priv), details)
		return &waCert.CertChain_NoiseCertificate{Details: details, Signature: sig[:]}, err
	}
	intermediate, err1 := one(1, 0, middle, rootKey())
	leaf, err2 := one(2, 1, static, middle)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	return proto.Marshal(&waCert.CertChain{Leaf: leaf, Intermediate: intermediate})
}

// wire is a socket: frames of three bytes of length, sealed after the handshake.
type wire struct {
	ws  *websocket.Conn
	buf []byte
	// began says that the first frame, behind the four bytes of the protocol's
	// header, was read.
	began    bool
	in, out  cipher.AEAD
	inN      uint32
	mu       sync.Mutex
	outN     uint32
	closed   bool
	lastWord sync.Once

	shown   bool                  // the device shows itself as online
	watched map[*person]types.JID // whose presence it asked for, under which address
}

func (w *wire) frame(ctx context.Context) ([]byte, error) {
	for {
		skip := 0
		if !w.began {
			skip = len(socket.WAConnHeader)
		}
		if len(w.buf) >= skip+3 {
			n := int(w.buf[skip])<<16 | int(w.buf[skip+1])<<8 | int(w.buf[skip+2])
			if len(w.buf) >= skip+3+n {
				frame := w.buf[skip+3 : skip+3+n]
				w.buf, w.began = w.buf[skip+3+n:], true
				return frame, nil
			}
		}
		_, more, err := w.ws.Read(ctx)
		if err != nil {
			return nil, err
		}
		w.buf = append(w.buf, more...)
	}
}

func (w *wire) raw(b []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return w.ws.Write(ctx, websocket.MessageBinary, append([]byte{byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}, b...))
}

func nonce(n uint32) []byte { return binary.BigEndian.AppendUint32(make([]byte, 8), n) }

// open decrypts a frame of the client's.
func (w *wire) open(frame []byte) ([]byte, error) {
	plain, err := w.in.Open(nil, nonce(w.inN), frame, nil)
	w.inN++
	return plain, err
}

// seal sends a frame encrypted.
func (w *wire) seal(plain []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return errors.New("the socket is closed")
	}
	sealed := w.out.Seal(nil, nonce(w.outN), plain, nil)
	w.outN++
	return w.raw(sealed)
}

// part lets the client read the last words and hang up; it is cut off if it
// does not.
func (w *wire) part() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	time.AfterFunc(2*time.Second, w.close)
}

// ended tells that nothing more is said on it.
func (w *wire) ended() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed
}

func (w *wire) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.lastWord.Do(func() { _ = w.ws.CloseNow() })
}

// handshake answers the client's side of Noise XX and returns the client's static
// key and first words.
func (w *wire) handshake(ctx context.Context, static *keys.KeyPair, chain []byte) (noise [32]byte, hello *waWa6.ClientPayload, err error) {
	nh := socket.NewNoiseHandshake()
	nh.Start(socket.NoiseStartPattern, socket.WAConnHeader)
	// The library keeps its chaining key to itself; the same is computed beside it.
	salt := []byte(socket.NoiseStartPattern)
	mix := func(priv, pub [32]byte) error {
		secret, err := curve25519.X25519(priv[:], pub[:])
		if err != nil {
			return err
		}
		salt = expand(salt, secret)[:32]
		return nh.MixSharedSecretIntoKey(priv, pub)
	}
	first, err := w.frame(ctx)
	if err != nil {
		return noise, nil, err
	}
	var m waWa6.HandshakeMessage
	if err := proto.Unmarshal(first, &m); err != nil || len(m.GetClientHello().GetEphemeral()) != 32 {
		return noise, nil, fmt.Errorf("the client's hello cannot be read: %w", errors.Join(err, errShort))
	}
	theirs, ours := [32]byte(m.GetClientHello().GetEphemeral()), keys.NewKeyPair()
	nh.Authenticate(theirs[:])
	nh.Authenticate(ours.Pub[:])
	if err := mix(*ours.Priv, theirs); err != nil {
		return noise, nil, err
	}
	key := nh.Encrypt(static.Pub[:])
	if err := mix(*static.Priv, theirs); err != nil {
		return noise, nil, err
	}
	reply, err := proto.Marshal(&waWa6.HandshakeMessage{ServerHello: &waWa6.HandshakeMessage_ServerHello{Ephemeral: ours.Pub[:], Static: key, Payload: nh.Encrypt(chain)}})
	if err != nil {
		return noise, nil, err
	}
	if err := w.raw(reply); err != nil {
		return noise, nil, err
	}
	last, err := w.frame(ctx)
	if err != nil {
		return noise, nil, err
	}
	m.Reset()
	if err := proto.Unmarshal(last, &m); err != nil {
		return noise, nil, err
	}
	client, err := nh.Decrypt(m.GetClientFinish().GetStatic())
	if err != nil || len(client) != 32 {
		return noise, nil, errors.Join(err, errShort)
	}
	noise = [32]byte(client)
	if err := mix(*ours.Priv, noise); err != nil {
		return noise, nil, err
	}
	words, err := nh.Decrypt(m.GetClientFinish().GetPayload())
	if err != nil {
		return noise, nil, err
	}
	both := expand(salt, nil)
	if w.in, err = gcm(both[:32]); err == nil {
		w.out, err = gcm(both[32:])
	}
	if err != nil {
		return noise, nil, err
	}
	hello = &waWa6.ClientPayload{}
	return noise, hello, proto.Unmarshal(words, hello)
}

var errShort = errors.New("a key has not 32 bytes")

func expand(salt, secret []byte) []byte {
	out := make([]byte, 64)
	_, _ = io.ReadFull(hkdf.New(sha256.New, secret, salt, nil), out) // 64 bytes are always there
	return out
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
