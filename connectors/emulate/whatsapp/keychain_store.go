//go:build !nogpl

package whatsapp

import (
	"context"

	"go.mau.fi/libsignal/ecc"
	groupRecord "go.mau.fi/libsignal/groups/state/record"
	"go.mau.fi/libsignal/keys/identity"
	"go.mau.fi/libsignal/protocol"
	"go.mau.fi/libsignal/state/record"
)

// What libsignal asks of a store. Identities are trusted on every use: people
// change phones, and a played one shows no warning.

func (k *keychain) GetIdentityKeyPair() *identity.KeyPair {
	return identity.NewKeyPair(identity.NewKey(ecc.NewDjbECPublicKey(*k.identity.Pub)), ecc.NewDjbECPrivateKey(*k.identity.Priv))
}

func (k *keychain) GetLocalRegistrationID() uint32 { return k.reg }

func (k *keychain) SaveIdentity(context.Context, *protocol.SignalAddress, *identity.Key) error {
	return nil
}

func (k *keychain) IsTrustedIdentity(context.Context, *protocol.SignalAddress, *identity.Key) (bool, error) {
	return true, nil
}

func (k *keychain) LoadPreKey(_ context.Context, id uint32) (*record.PreKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key := k.pre[id]; key != nil {
		return record.NewPreKey(id, pair(&key.KeyPair), nil), nil
	}
	return nil, nil
}

func (k *keychain) StorePreKey(context.Context, uint32, *record.PreKey) error { return nil }

func (k *keychain) ContainsPreKey(_ context.Context, id uint32) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pre[id] != nil, nil
}

func (k *keychain) RemovePreKey(_ context.Context, id uint32) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.pre, id)
	return nil
}

func (k *keychain) LoadSession(_ context.Context, with *protocol.SignalAddress) (*record.Session, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if raw := k.sessions[with.String()]; raw != nil {
		return record.NewSessionFromBytes(raw, serializer().Session, serializer().State)
	}
	return record.NewSession(serializer().Session, serializer().State), nil
}

func (k *keychain) GetSubDeviceSessions(context.Context, string) ([]uint32, error) { return nil, nil }

func (k *keychain) StoreSession(_ context.Context, with *protocol.SignalAddress, s *record.Session) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sessions[with.String()] = s.Serialize()
	return nil
}

func (k *keychain) ContainsSession(_ context.Context, with *protocol.SignalAddress) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.sessions[with.String()] != nil, nil
}

func (k *keychain) DeleteSession(_ context.Context, with *protocol.SignalAddress) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.sessions, with.String())
	return nil
}

func (k *keychain) DeleteAllSessions(context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.sessions)
	return nil
}

func (k *keychain) LoadSignedPreKey(_ context.Context, id uint32) (*record.SignedPreKey, error) {
	if id != k.signed.KeyID {
		return nil, nil
	}
	return record.NewSignedPreKey(id, 0, pair(&k.signed.KeyPair), *k.signed.Signature, nil), nil
}

func (k *keychain) LoadSignedPreKeys(context.Context) ([]*record.SignedPreKey, error) {
	return nil, nil
}

func (k *keychain) StoreSignedPreKey(context.Context, uint32, *record.SignedPreKey) error { return nil }

func (k *keychain) ContainsSignedPreKey(_ context.Context, id uint32) (bool, error) {
	return id == k.signed.KeyID, nil
}

func (k *keychain) RemoveSignedPreKey(context.Context, uint32) error { return nil }

func (k *keychain) StoreSenderKey(_ context.Context, name *protocol.SenderKeyName, key *groupRecord.SenderKey) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.senders[name.GroupID()+" "+name.Sender().String()] = key.Serialize()
	return nil
}

func (k *keychain) LoadSenderKey(_ context.Context, name *protocol.SenderKeyName) (*groupRecord.SenderKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if raw := k.senders[name.GroupID()+" "+name.Sender().String()]; raw != nil {
		return groupRecord.NewSenderKeyFromBytes(raw, serializer().SenderKeyRecord, serializer().SenderKeyState)
	}
	return groupRecord.NewSenderKey(serializer().SenderKeyRecord, serializer().SenderKeyState), nil
}
