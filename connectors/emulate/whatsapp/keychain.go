//go:build !nogpl

package whatsapp

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/libsignal/groups"
	"go.mau.fi/libsignal/keys/identity"
	"go.mau.fi/libsignal/keys/prekey"
	"go.mau.fi/libsignal/protocol"
	"go.mau.fi/libsignal/serialize"
	"go.mau.fi/libsignal/session"
	"go.mau.fi/libsignal/state/store"
	"go.mau.fi/libsignal/util/optional"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/util/keys"
)

// keychain is what a phone keeps for encryption: its identity, prekeys and the
// ratchets with everybody it writes to. Safe for concurrent use.
type keychain struct {
	mu       sync.Mutex
	identity *keys.KeyPair
	reg      uint32
	signed   *keys.PreKey
	pre      map[uint32]*keys.PreKey
	next     uint32
	sessions map[string][]byte
	senders  map[string][]byte
}

var _ store.SignalProtocol = (*keychain)(nil)

func newKeychain(reg uint32) *keychain {
	id := keys.NewKeyPair()
	return &keychain{identity: id, reg: reg, signed: id.CreateSignedPreKey(1), pre: map[uint32]*keys.PreKey{}, next: 1, sessions: map[string][]byte{}, senders: map[string][]byte{}}
}

func serializer() *serialize.Serializer { return serialize.NewProtoBufSerializer() }

// bundle is what the server hands out of this phone: a key that serves once.
func (k *keychain) bundle() []waBinary.Node {
	k.mu.Lock()
	defer k.mu.Unlock()
	one := keys.NewPreKey(k.next)
	k.pre[k.next] = one
	k.next++
	return []waBinary.Node{
		{Tag: "registration", Content: binary.BigEndian.AppendUint32(nil, k.reg)},
		{Tag: "type", Content: []byte{ecc.DjbType}},
		{Tag: "identity", Content: k.identity.Pub[:]},
		keyNode("key", one), keyNode("skey", k.signed),
	}
}

func keyNode(tag string, key *keys.PreKey) waBinary.Node {
	content := []waBinary.Node{
		{Tag: "id", Content: binary.BigEndian.AppendUint32(nil, key.KeyID)[1:]},
		{Tag: "value", Content: key.Pub[:]},
	}
	if key.Signature != nil {
		content = append(content, waBinary.Node{Tag: "signature", Content: key.Signature[:]})
	}
	return waBinary.Node{Tag: tag, Content: content}
}

// encrypt seals a text for a device; bundle gives its keys where there is no
// ratchet yet.
func (k *keychain) encrypt(to *protocol.SignalAddress, bundle func() (*prekey.Bundle, error), plain []byte) (kind string, sealed []byte, err error) {
	ctx := context.Background()
	builder := session.NewBuilderFromSignal(k, to, serializer())
	if known, _ := k.ContainsSession(ctx, to); !known {
		b, err := bundle()
		if err != nil {
			return "", nil, err
		}
		if err := builder.ProcessBundle(ctx, b); err != nil {
			return "", nil, err
		}
	}
	m, err := session.NewCipher(builder, to).Encrypt(ctx, pad(plain))
	if err != nil {
		return "", nil, err
	}
	if m.Type() == protocol.PREKEY_TYPE {
		return "pkmsg", m.Serialize(), nil
	}
	return "msg", m.Serialize(), nil
}

// decrypt opens what a device sealed for this phone.
func (k *keychain) decrypt(from *protocol.SignalAddress, kind string, sealed []byte) ([]byte, error) {
	ctx := context.Background()
	c := session.NewCipher(session.NewBuilderFromSignal(k, from, serializer()), from)
	var plain []byte
	var err error
	switch kind {
	case "pkmsg":
		var m *protocol.PreKeySignalMessage
		if m, err = protocol.NewPreKeySignalMessageFromBytes(sealed, serializer().PreKeySignalMessage, serializer().SignalMessage); err == nil {
			plain, err = c.DecryptMessage(ctx, m)
		}
	case "msg":
		var m *protocol.SignalMessage
		if m, err = protocol.NewSignalMessageFromBytes(sealed, serializer().SignalMessage); err == nil {
			plain, err = c.Decrypt(ctx, m)
		}
	default:
		err = fmt.Errorf("%q is no kind of encryption", kind)
	}
	if err != nil {
		return nil, err
	}
	return unpad(plain)
}

// groupKey makes, or takes up, this phone's key for a group.
func (k *keychain) groupKey(group string, self *protocol.SignalAddress) (distribution []byte, seal func([]byte) ([]byte, error), err error) {
	ctx := context.Background()
	builder, name := groups.NewGroupSessionBuilder(k, serializer()), protocol.NewSenderKeyName(group, self)
	d, err := builder.Create(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	return d.Serialize(), func(plain []byte) ([]byte, error) {
		m, err := groups.NewGroupCipher(builder, name, k).Encrypt(ctx, pad(plain))
		if err != nil {
			return nil, err
		}
		return m.(*protocol.SenderKeyMessage).SignedSerialize(), nil
	}, nil
}

// joinKey takes a member's key for a group; openGroup opens what it sealed.
func (k *keychain) joinKey(group string, from *protocol.SignalAddress, distribution []byte) error {
	d, err := protocol.NewSenderKeyDistributionMessageFromBytes(distribution, serializer().SenderKeyDistributionMessage)
	if err != nil {
		return err
	}
	return groups.NewGroupSessionBuilder(k, serializer()).Process(context.Background(), protocol.NewSenderKeyName(group, from), d)
}

func (k *keychain) openGroup(group string, from *protocol.SignalAddress, sealed []byte) ([]byte, error) {
	m, err := protocol.NewSenderKeyMessageFromBytes(sealed, serializer().SenderKeyMessage)
	if err != nil {
		return nil, err
	}
	builder := groups.NewGroupSessionBuilder(k, serializer())
	plain, err := groups.NewGroupCipher(builder, protocol.NewSenderKeyName(group, from), k).Decrypt(context.Background(), m)
	if err != nil {
		return nil, err
	}
	return unpad(plain)
}

// pad and unpad: 1 to 15 bytes, each the number of them.
func pad(plain []byte) []byte { return append(bytes.Clone(plain), 1) }

func unpad(padded []byte) ([]byte, error) {
	if len(padded) == 0 || int(padded[len(padded)-1]) > len(padded) {
		return nil, errors.New("the padding is wrong")
	}
	return padded[:len(padded)-int(padded[len(padded)-1])], nil
}

func pair(k *keys.KeyPair) *ecc.ECKeyPair {
	return ecc.NewECKeyPair(ecc.NewDjbECPublicKey(*k.Pub), ecc.NewDjbECPrivateKey(*k.Priv))
}

// bundleOf makes a bundle of keys that were uploaded.
func bundleOf(reg, device uint32, id, signed, once []byte, signedID, onceID uint32, signature []byte) (*prekey.Bundle, error) {
	if len(id) != 32 || len(signed) != 32 || len(once) != 32 || len(signature) != 64 {
		return nil, errShort
	}
	public := func(b []byte) ecc.ECPublicKeyable { return ecc.NewDjbECPublicKey([32]byte(b)) }
	return prekey.NewBundle(reg, device, optional.NewOptionalUint32(onceID), signedID, public(once), public(signed), [64]byte(signature), identity.NewKey(public(id))), nil
}
