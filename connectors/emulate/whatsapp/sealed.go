//go:build !nogpl

package whatsapp

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// What is said of a message in an announcement group of a community is sealed
// once more, under a key made of that message's own secret: id, author, who
// speaks and the use, by HKDF-SHA-256 and AES-256-GCM (whatsmeow, msgsecret.go).

// PostSecret has a customer send words that hold a secret, and returns their id.
func (p *Platform) PostSecret(customer, words string, secret []byte) (string, error) {
	return p.Post(customer, &waE2E.Message{Conversation: &words, MessageContextInfo: &waE2E.MessageContextInfo{MessageSecret: secret}})
}

// ReactSealed has a customer react to a message of their own.
func (p *Platform) ReactSealed(customer, target string, secret []byte, emoji string) error {
	key, err := p.ownKey(customer, target, false)
	if err != nil {
		return err
	}
	iv, sealed, err := p.sealUnder(customer, target, secret, "Enc Reaction", &waE2E.ReactionMessage{Text: &emoji, SenderTimestampMS: proto.Int64(p.o.Clock().UnixMilli())})
	if err != nil {
		return err
	}
	_, err = p.Post(customer, &waE2E.Message{EncReactionMessage: &waE2E.EncReactionMessage{TargetMessageKey: key, EncIV: iv, EncPayload: sealed}})
	return err
}

// EditSealed has a customer change words of their own.
func (p *Platform) EditSealed(customer, target string, secret []byte, words string) error {
	key, err := p.ownKey(customer, target, true)
	if err != nil {
		return err
	}
	iv, sealed, err := p.sealUnder(customer, target, secret, "Message Edit", &waE2E.Message{Conversation: &words})
	if err != nil {
		return err
	}
	_, err = p.Post(customer, &waE2E.Message{SecretEncryptedMessage: &waE2E.SecretEncryptedMessage{
		TargetMessageKey: key, EncIV: iv, EncPayload: sealed, SecretEncType: waE2E.SecretEncryptedMessage_MESSAGE_EDIT.Enum()}})
	return err
}

// ownKey names a group message of the customer's own.
func (p *Platform) ownKey(customer, target string, mine bool) (*waCommon.MessageKey, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, c := p.customer(customer)
	if who == nil || c.group == nil {
		return nil, fmt.Errorf("there is no member %s of a group", customer)
	}
	return &waCommon.MessageKey{ID: &target, FromMe: &mine, RemoteJID: proto.String(c.group.jid.String()), Participant: proto.String(who.lid.String())}, nil
}

func (p *Platform) sealUnder(customer, target string, secret []byte, use string, m proto.Message) (iv, sealed []byte, err error) {
	p.mu.Lock()
	who, _ := p.customer(customer)
	p.mu.Unlock()
	self := who.lid.ToNonAD().String()
	key, err := hkdf.Key(sha256.New, secret, nil, target+self+self+use, 32)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, nil, err
	}
	plain, err := proto.Marshal(m)
	if err != nil {
		return nil, nil, err
	}
	sum := sha256.Sum256(plain) // the same from run to run
	iv = sum[:gcm.NonceSize()]
	return iv, gcm.Seal(nil, iv, plain, nil), nil
}
