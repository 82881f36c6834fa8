//go:build !nogpl

package whatsapp

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"go.mau.fi/libsignal/ecc"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"google.golang.org/protobuf/proto"

	"parley/connectors/emulate"
)

// waiting is a device that wants to be linked.
type waiting struct {
	name     string // it gave itself
	wire     *wire
	noise    []byte
	identity []byte
	refs     []string
	device   uint16
	account  *keys.KeyPair // signs it
	// Of linking by code:
	codeRef string
	wrapped []byte
	primary *keys.KeyPair
	theirs  []byte
	outcome chan error
}

// refs is how many codes a waiting device is given; it shows the first for 60
// seconds and the others for 20 each.
const refs = 6

// courtship gives a device its codes and waits for the phone.
func (p *Platform) courtship(ctx context.Context, w *wire, hello *waWa6.ClientPayload) {
	var props waCompanionReg.DeviceProps
	if proto.Unmarshal(hello.GetDevicePairingData().GetDeviceProps(), &props) != nil {
		return // no client sends such
	}
	wait := &waiting{name: props.GetOs(), wire: w, identity: hello.GetDevicePairingData().GetEIdent(), outcome: make(chan error, 1)}
	nodes := make([]waBinary.Node, refs)
	for i := range nodes {
		ref := "2@" + base64.StdEncoding.EncodeToString(random(24))
		wait.refs = append(wait.refs, ref)
		nodes[i] = waBinary.Node{Tag: "ref", Content: []byte(ref)}
	}
	p.mu.Lock()
	p.waiting = append(p.waiting, wait)
	p.mu.Unlock()
	p.calls.Add(emulate.Call{Op: "link", Status: 200})
	_ = p.send(w, waBinary.Node{Tag: "iq", Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "set", "id": "pair"}, Content: []waBinary.Node{{Tag: "pair-device", Content: nodes}}})
	p.listen(ctx, w)
	p.mu.Lock()
	p.waiting = slices.DeleteFunc(p.waiting, func(x *waiting) bool { return x == wait })
	p.mu.Unlock()
}

// ExpireCodes ends the sockets of devices whose codes nobody scanned, as the
// server does when they are used up.
func (p *Platform) ExpireCodes() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.waiting {
		w.wire.close()
	}
}

// Scan is the phone scanning a QR code. Its error says what the phone shows.
func (p *Platform) Scan(code string) error {
	_, words, ok := strings.Cut(code, "#")
	parts := strings.Split(words, ",")
	if !ok || len(parts) < 4 {
		return errors.New("this is no code of a linked device")
	}
	noise, err1 := base64.StdEncoding.DecodeString(parts[1])
	identity, err2 := base64.StdEncoding.DecodeString(parts[2])
	secret, err3 := base64.StdEncoding.DecodeString(parts[3])
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	p.mu.Lock()
	i := slices.IndexFunc(p.waiting, func(w *waiting) bool { return slices.Contains(w.refs, parts[0]) })
	if i < 0 {
		p.mu.Unlock()
		return errors.New("no such code: it is over, scan the one that is shown now")
	}
	w := p.waiting[i]
	w.noise = noise
	p.mu.Unlock()
	return p.vouch(w, identity, secret)
}

// vouch signs a device's identity and tells it so.
func (p *Platform) vouch(w *waiting, identity, secret []byte) error {
	p.mu.Lock()
	p.devices++
	w.device, w.identity = p.devices, identity
	p.mu.Unlock()
	w.account = p.owner.chain.identity
	details, err := proto.Marshal(&waAdv.ADVDeviceIdentity{RawID: proto.Uint32(1), Timestamp: proto.Uint64(uint64(p.o.Clock().Unix())), KeyIndex: proto.Uint32(uint32(w.device))})
	if err != nil {
		return err
	}
	sig := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*w.account.Priv), slices.Concat([]byte{6, 0}, details, identity))
	signed, err := proto.Marshal(&waAdv.ADVSignedDeviceIdentity{Details: details, AccountSignatureKey: w.account.Pub[:], AccountSignature: sig[:]})
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(signed)
	sealed, err := proto.Marshal(&waAdv.ADVSignedDeviceIdentityHMAC{Details: signed, HMAC: mac.Sum(nil)})
	if err != nil {
		return err
	}
	return p.send(w.wire, waBinary.Node{Tag: "iq", Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "set", "id": "vouch", "t": p.at()}, Content: []waBinary.Node{{Tag: "pair-success", Content: []waBinary.Node{
		{Tag: "device-identity", Content: sealed},
		{Tag: "device", Attrs: waBinary.Attrs{"jid": p.accountJID(w.device), "lid": p.accountLID(w.device)}},
		{Tag: "platform", Attrs: waBinary.Attrs{"name": "android"}},
		{Tag: "biz", Attrs: waBinary.Attrs{"name": p.o.Name}},
	}}}})
}

// signed is the device proving that it holds its key: it is linked, and told to
// come back.
func (p *Platform) signed(w *wire, n *waBinary.Node) {
	var id waAdv.ADVSignedDeviceIdentity
	raw := bytesOf(*n, "device-identity")
	p.mu.Lock()
	i := slices.IndexFunc(p.waiting, func(x *waiting) bool { return x.wire == w })
	if i < 0 || proto.Unmarshal(raw, &id) != nil {
		p.mu.Unlock()
		return
	}
	wait := p.waiting[i]
	proof := slices.Concat([]byte{6, 1}, id.GetDetails(), wait.identity, wait.account.Pub[:])
	if len(id.GetDeviceSignature()) != 64 || !ecc.VerifySignature(ecc.NewDjbECPublicKey([32]byte(wait.identity)), proof, [64]byte(id.GetDeviceSignature())) {
		p.mu.Unlock()
		p.calls.Add(emulate.Call{Op: "link", Code: "signature"})
		w.close()
		return
	}
	before := p.companion
	p.companion = &companion{name: wait.name, device: wait.device, identity: wait.identity, noise: [32]byte(wait.noise)}
	p.allChanged()
	p.mu.Unlock()
	if before != nil && before.wire != nil {
		before.wire.close() // this platform keeps one linked device
	}
	p.calls.Add(emulate.Call{Op: "linked", Status: 200})
	_ = p.send(w, waBinary.Node{Tag: "stream:error", Attrs: waBinary.Attrs{"code": "515"}})
}

// Linked tells whether a device is linked.
func (p *Platform) Linked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.companion != nil
}

// codeQuery is a device that wants to be linked by a code of eight characters.
func (p *Platform) codeQuery(w *wire, n *waBinary.Node) ([]waBinary.Node, int) {
	reg, ok := n.GetOptionalChildByTag("link_code_companion_reg")
	if !ok {
		if _, gone := n.GetOptionalChildByTag("remove-companion-device"); gone {
			return nil, 0
		}
		return nil, 501
	}
	p.mu.Lock()
	i := slices.IndexFunc(p.waiting, func(x *waiting) bool { return x.wire == w })
	if i < 0 {
		p.mu.Unlock()
		return nil, 403
	}
	wait := p.waiting[i]
	if str(&reg, "stage") == "companion_hello" {
		defer p.mu.Unlock()
		if jidOf(&reg, "jid").User != p.o.Phone {
			return nil, 404
		}
		wait.wrapped, wait.noise = bytesOf(reg, "link_code_pairing_wrapped_companion_ephemeral_pub"), bytesOf(reg, "companion_server_auth_key_pub")
		wait.codeRef = "code-" + hex.EncodeToString(random(8))
		if len(wait.wrapped) != 80 || len(wait.noise) != 32 {
			return nil, 400
		}
		return []waBinary.Node{{Tag: "link_code_companion_reg", Attrs: waBinary.Attrs{"stage": "companion_hello"}, Content: []waBinary.Node{{Tag: "link_code_pairing_ref", Content: []byte(wait.codeRef)}}}}, 0
	}
	p.mu.Unlock()
	identity, secret, err := p.unwrapKeys(wait, bytesOf(reg, "link_code_pairing_wrapped_key_bundle"))
	if err == nil {
		err = p.vouch(wait, identity, secret)
	}
	wait.outcome <- err
	if err != nil {
		return nil, 400
	}
	return nil, 0
}

// Enter is the phone being given a pair code. Its error says what it shows.
func (p *Platform) Enter(ctx context.Context, code string) error {
	p.mu.Lock()
	var w *waiting
	for _, x := range p.waiting { // of several, that which asked last
		if x.codeRef != "" {
			w = x
		}
	}
	p.mu.Unlock()
	if w == nil {
		return errors.New("no device waits for a code of this number")
	}
	code = strings.ToUpper(strings.ReplaceAll(code, "-", ""))
	plain, err := wrap(code, w.wrapped[:32], w.wrapped[32:48], w.wrapped[48:])
	if err != nil {
		return err
	}
	w.theirs, w.primary = plain, keys.NewKeyPair()
	salt, iv := random(32), random(16)
	ours, err := wrap(code, salt, iv, w.primary.Pub[:])
	if err != nil {
		return err
	}
	err = p.send(w.wire, waBinary.Node{Tag: "notification", Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "link_code_companion_reg", "id": "code", "t": p.at()}, Content: []waBinary.Node{{
		Tag: "link_code_companion_reg", Attrs: waBinary.Attrs{"stage": "primary_hello"}, Content: []waBinary.Node{
			{Tag: "link_code_pairing_wrapped_primary_ephemeral_pub", Content: slices.Concat(salt, iv, ours)},
			{Tag: "primary_identity_pub", Content: p.owner.chain.identity.Pub[:]},
			{Tag: "link_code_pairing_ref", Content: []byte(w.codeRef)},
		}}}})
	if err != nil {
		return err
	}
	select {
	case err := <-w.outcome:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wrap turns a public key into its form under a code, and back.
func wrap(code string, salt, iv, key []byte) ([]byte, error) {
	under, err := pbkdf2.Key(sha256.New, code, salt, 2<<16, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(under)
	if err != nil {
		return nil, err
	}
	out := make([]byte, len(key))
	cipher.NewCTR(block, iv).XORKeyStream(out, key)
	return out, nil
}

// unwrapKeys opens what the device sent after the code was entered; with a wrong
// code both sides have other secrets, and it cannot.
func (p *Platform) unwrapKeys(w *waiting, bundle []byte) (identity, secret []byte, err error) {
	wrong := errors.New("wrong code")
	if w.primary == nil || len(bundle) < 44 {
		return nil, nil, wrong
	}
	shared, err := curve25519.X25519(w.primary.Priv[:], w.theirs)
	if err != nil {
		return nil, nil, wrong
	}
	aead, err := gcm(hkdfutil.SHA256(shared, bundle[:32], []byte("link_code_pairing_key_bundle_encryption_key"), 32))
	if err != nil {
		return nil, nil, err
	}
	plain, err := aead.Open(nil, bundle[32:44], bundle[44:], nil)
	if err != nil || len(plain) != 96 {
		return nil, nil, wrong
	}
	mutual, err := curve25519.X25519(p.owner.chain.identity.Priv[:], plain[:32])
	if err != nil {
		return nil, nil, wrong
	}
	return plain[:32], hkdfutil.SHA256(slices.Concat(shared, mutual, plain[64:]), nil, []byte("adv_secret"), 32), nil
}
