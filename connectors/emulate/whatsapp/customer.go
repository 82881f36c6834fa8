//go:build !nogpl

package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"parley/connectors/emulate"
)

// Post has a customer send a message, and returns its id.
func (p *Platform) Post(customer string, m *waE2E.Message) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, c := p.customer(customer)
	if who == nil {
		return "", fmt.Errorf("there is no customer %s", customer)
	}
	id := p.newID()
	return id, p.post(who, c, id, m)
}

// post sends a customer's message to the linked device; p.mu is held.
func (p *Platform) post(who *person, c *chat, id string, m *waE2E.Message) error {
	plain, err := proto.Marshal(m)
	if err != nil {
		return err
	}
	who.wrote = true
	at := p.at()
	return p.enqueue(&item{key: "message " + id + " ", told: true, seal: func() (waBinary.Node, error) {
		n := waBinary.Node{Tag: "message", Attrs: waBinary.Attrs{"id": id, "t": at, "type": "text", "notify": who.name}}
		if edit := editOf(m); edit != "" {
			n.Attrs["edit"] = edit
		}
		if c.group == nil {
			n.Attrs["from"], n.Attrs["sender_lid"] = who.pn, who.lid
			if who.hidden {
				n.Attrs["from"], n.Attrs["sender_pn"], n.Attrs["addressing_mode"] = who.lid, who.pn, "lid"
				delete(n.Attrs, "sender_lid")
			}
			kind, sealed, err := who.chain.encrypt(p.address(), p.companion.bundle, plain)
			n.Content = []waBinary.Node{{Tag: "enc", Attrs: waBinary.Attrs{"v": "2", "type": kind}, Content: sealed}}
			return n, err
		}
		n.Attrs["from"], n.Attrs["participant"], n.Attrs["participant_pn"], n.Attrs["addressing_mode"] = c.group.jid, who.lid, who.pn, "lid"
		return p.toGroup(n, who, c, plain)
	}})
}

// toGroup seals under the member's own key for the group, handed out before.
func (p *Platform) toGroup(n waBinary.Node, who *person, c *chat, plain []byte) (waBinary.Node, error) {
	key, seal, err := who.chain.groupKey(c.group.jid.String(), who.lid.SignalAddress())
	if err != nil {
		return n, err
	}
	handout, err := proto.Marshal(&waE2E.Message{SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{GroupID: proto.String(c.group.jid.String()), AxolotlSenderKeyDistributionMessage: key}})
	if err != nil {
		return n, err
	}
	kind, handed, err := who.chain.encrypt(p.address(), p.companion.bundle, handout)
	if err != nil {
		return n, err
	}
	sealed, err := seal(plain)
	n.Content = []waBinary.Node{
		{Tag: "enc", Attrs: waBinary.Attrs{"v": "2", "type": kind}, Content: handed},
		{Tag: "enc", Attrs: waBinary.Attrs{"v": "2", "type": "skmsg"}, Content: sealed},
	}
	return n, err
}

func editOf(m *waE2E.Message) string {
	if m.GetEditedMessage() != nil {
		return string(types.EditAttributeMessageEdit)
	}
	if m.GetProtocolMessage().GetType() == waE2E.ProtocolMessage_REVOKE && m.GetProtocolMessage() != nil {
		return string(types.EditAttributeSenderRevoke)
	}
	return ""
}

// OwnerSays has the account's owner write to a customer on the phone.
func (p *Platform) OwnerSays(customer, text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, c := p.customer(customer)
	if who == nil || c.group != nil {
		return fmt.Errorf("there is no customer %s", customer)
	}
	id, at := p.newID(), p.at()
	said := &waE2E.Message{Conversation: &text}
	plain, err := proto.Marshal(&waE2E.Message{DeviceSentMessage: &waE2E.DeviceSentMessage{DestinationJID: proto.String(who.pn.String()), Message: said}})
	if err != nil {
		return err
	}
	p.apply(c, id, said)
	return p.enqueue(&item{key: "message " + id + " ", told: true, seal: func() (waBinary.Node, error) {
		kind, sealed, err := p.owner.chain.encrypt(p.address(), p.companion.bundle, plain)
		return waBinary.Node{Tag: "message", Attrs: waBinary.Attrs{"id": id, "t": at, "type": "text", "from": p.accountJID(0), "recipient": who.pn, "peer_recipient_lid": who.lid, "notify": p.owner.name},
			Content: []waBinary.Node{{Tag: "enc", Attrs: waBinary.Attrs{"v": "2", "type": kind}, Content: sealed}}}, err
	}})
}

// delivered tells the device that a message came to, or was read on, a phone;
// p.mu is held.
func (p *Platform) delivered(c *chat, id, kind string) {
	at := p.at()
	_ = p.enqueue(&item{key: "receipt " + id + " " + kind, seal: func() (waBinary.Node, error) {
		n := waBinary.Node{Tag: "receipt", Attrs: waBinary.Attrs{"id": id, "t": at}}
		if kind != "" {
			n.Attrs["type"] = kind
		}
		if c.group != nil {
			n.Attrs["from"], n.Attrs["participant"] = c.group.jid, c.group.members[0].lid
			return n, nil
		}
		i, _ := p.customer(c.id)
		n.Attrs["from"] = i.pn
		if i.hidden {
			n.Attrs["from"] = i.lid
		}
		return n, nil
	}}) // sealing a receipt does not fail
}

// Types has a customer begin or stop to write.
func (p *Platform) Types(customer string, on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, c := p.customer(customer)
	if who == nil || p.companion == nil || p.companion.wire == nil {
		return
	}
	state := "paused"
	if on {
		state = "composing"
	}
	n := waBinary.Node{Tag: "chatstate", Attrs: waBinary.Attrs{"from": who.pn, "sender_lid": who.lid}, Content: []waBinary.Node{{Tag: state}}}
	if c.group != nil {
		n.Attrs = waBinary.Attrs{"from": c.group.jid, "participant": who.lid}
	}
	_ = p.send(p.companion.wire, n) // it is not kept for a device that is away
}

// Calls a customer makes: the phone rings on every device.
func (p *Platform) Rings(customer string, video bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, _ := p.customer(customer)
	if who == nil {
		return
	}
	id := p.newID()
	at := p.at()
	_ = p.enqueue(&item{key: "call " + id + " ", seal: func() (waBinary.Node, error) {
		offer := waBinary.Node{Tag: "offer", Attrs: waBinary.Attrs{"call-id": id, "call-creator": who.lid, "caller_pn": who.pn}}
		if video {
			offer.Content = []waBinary.Node{{Tag: "video"}}
		}
		return waBinary.Node{Tag: "call", Attrs: waBinary.Attrs{"id": id, "from": who.lid, "t": at, "platform": "android", "version": "2.26"}, Content: []waBinary.Node{offer}}, nil
	}})
}

// Leaves has a customer leave a group.
func (p *Platform) Leaves(customer string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	who, c := p.customer(customer)
	if who == nil || c.group == nil {
		return errors.New("only members of a group leave it")
	}
	var rest []*person
	for _, m := range c.group.members {
		if m != who {
			rest = append(rest, m)
		}
	}
	c.group.members = rest
	id, at := p.newID(), p.at()
	return p.enqueue(&item{key: "notification " + id + " w:gp2", seal: func() (waBinary.Node, error) {
		return waBinary.Node{Tag: "notification", Attrs: waBinary.Attrs{"id": id, "from": c.group.jid, "type": "w:gp2", "participant": who.lid, "participant_pn": who.pn, "t": at, "addressing_mode": "lid", "notify": who.name},
			Content: []waBinary.Node{{Tag: "remove", Content: []waBinary.Node{{Tag: "participant", Attrs: waBinary.Attrs{"jid": who.lid, "phone_number": who.pn}}}}}}, nil
	}})
}

func (p *Platform) groupInfo(n *waBinary.Node) ([]waBinary.Node, int) {
	g := p.groupAt(jidOf(n, "to"))
	if g == nil {
		return nil, 403
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	out := waBinary.Node{Tag: "group", Attrs: waBinary.Attrs{"id": g.jid.User, "subject": g.title, "s_t": p.at(), "creation": p.at(), "creator": p.owner.lid, "addressing_mode": "lid"}}
	var members []waBinary.Node
	for _, m := range append([]*person{p.owner}, g.members...) {
		members = append(members, waBinary.Node{Tag: "participant", Attrs: waBinary.Attrs{"jid": m.lid, "phone_number": m.pn}})
	}
	out.Content = members
	return []waBinary.Node{out}, 0
}

// keyOf names a message as the author of a reference to it sees it.
func (p *Platform) keyOf(who *person, c *chat, l *line) *waCommon.MessageKey {
	key := &waCommon.MessageKey{ID: proto.String(l.ID), FromMe: proto.Bool(l.by == who), RemoteJID: proto.String(p.accountJID(0).String())}
	if c.group != nil {
		key.RemoteJID = proto.String(c.group.jid.String())
		author := p.owner
		if l.by != nil {
			author = l.by
		}
		key.Participant = proto.String(author.lid.String())
	}
	return key
}

// Do carries out what a customer does, or the account's owner on its phone.
func (p *Platform) Do(ctx context.Context, customer string, act emulate.Act) error {
	switch act.Kind {
	case emulate.ActLink:
		return p.link(ctx, act.Value)
	case emulate.ActUnlink:
		p.Unlink()
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	who, c := p.customer(customer)
	if who == nil {
		return fmt.Errorf("there is no customer %s", customer)
	}
	var target *line
	if act.Target != "" {
		if target = c.find(act.Target); target == nil {
			return errors.New("this message is not there any more")
		}
	}
	if act.Kind == emulate.ActRead {
		p.reads(c)
		return nil
	}
	id := p.newID()
	m, shown, err := p.acted(who, c, target, act)
	if err != nil {
		return err
	}
	if shown != nil {
		shown.ID, shown.From, shown.At, shown.by = id, "me", p.stamp(), who
		c.lines = append(c.lines, shown)
	}
	p.told(c)
	return p.post(who, c, id, m)
}

// reads marks all the account said as read.
func (p *Platform) reads(c *chat) {
	for _, l := range c.lines {
		if l.by == nil && !l.read {
			l.read = true
			p.delivered(c, l.ID, "read")
		}
	}
}

// acted is the message an act makes, and the line it adds.
func (p *Platform) acted(who *person, c *chat, target *line, act emulate.Act) (*waE2E.Message, *line, error) {
	switch act.Kind {
	case emulate.ActText:
		return &waE2E.Message{Conversation: proto.String(act.Text)}, &line{Bubble: emulate.Bubble{Text: act.Text}}, nil
	case emulate.ActReply:
		quoted := &waE2E.ContextInfo{StanzaID: proto.String(target.ID), Participant: proto.String(p.owner.lid.String()), QuotedMessage: &waE2E.Message{Conversation: proto.String(target.Text)}}
		if target.by != nil {
			quoted.Participant = proto.String(target.by.lid.String())
		}
		return &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String(act.Text), ContextInfo: quoted}},
			&line{Bubble: emulate.Bubble{Text: act.Text, ReplyTo: target.Text}}, nil
	case emulate.ActReact:
		target.Reaction = act.Value
		return &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Key: p.keyOf(who, c, target), Text: proto.String(act.Value), SenderTimestampMS: proto.Int64(p.o.Clock().UnixMilli())}}, nil, nil
	case emulate.ActEdit, emulate.ActRecall:
		return p.changedBy(who, c, target, act)
	case emulate.ActLocation:
		return &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &act.Lat, DegreesLongitude: &act.Lon, Name: proto.String(act.Text)}},
			&line{Bubble: emulate.Bubble{Cards: []emulate.Card{{Kind: "place", Title: act.Text}}}}, nil
	case emulate.ActContact:
		if act.Name == "" || act.Value == "" {
			return nil, nil, emulate.ErrNobody
		}
		// As phones write it: the number, and the account it is at WhatsApp.
		card := "BEGIN:VCARD\nVERSION:3.0\nN:;" + act.Name + ";;;\nFN:" + act.Name + "\nTEL;type=CELL;waid=" + strings.TrimPrefix(act.Value, "+") + ":" + act.Value + "\nEND:VCARD"
		return &waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: &act.Name, Vcard: &card}},
			&line{Bubble: emulate.Bubble{Cards: []emulate.Card{{Kind: "contact", Title: act.Name, Text: act.Value}}}}, nil
	case emulate.ActMedia:
		return p.filed(act)
	}
	return nil, nil, fmt.Errorf("WhatsApp has no way to %s", act.Kind)
}

func (p *Platform) changedBy(who *person, c *chat, target *line, act emulate.Act) (*waE2E.Message, *line, error) {
	if target.by != who {
		return nil, nil, errors.New("only your own messages can be changed")
	}
	key := p.keyOf(who, c, target)
	if act.Kind == emulate.ActRecall {
		target.Recalled, target.Text = true, ""
		return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: key}}, nil, nil
	}
	if p.stamp().Sub(target.At) > editWithin {
		return nil, nil, errors.New("a message can be changed for " + strconv.Itoa(int(editWithin/time.Minute)) + " minutes")
	}
	target.Text, target.Edited = act.Text, true
	return &waE2E.Message{EditedMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: key, EditedMessage: &waE2E.Message{Conversation: proto.String(act.Text)}, TimestampMS: proto.Int64(p.o.Clock().UnixMilli()),
	}}}}, nil, nil
}

// filed seals a customer's file.
func (p *Platform) filed(act emulate.Act) (*waE2E.Message, *line, error) {
	f, err := p.sealFile(act.Media, act.File)
	if err != nil {
		return nil, nil, err
	}
	l := &line{Bubble: emulate.Bubble{Text: act.Text, Media: []emulate.Media{{Kind: act.Media, Name: act.Name, MIME: act.MIME, Size: int64(len(act.File)), URL: p.shown(act.MIME, act.File)}}}}
	m := &waE2E.Message{}
	switch act.Media {
	case "image":
		m.ImageMessage = &waE2E.ImageMessage{Mimetype: &act.MIME, Caption: &act.Text, DirectPath: &f.path, MediaKey: f.key, FileSHA256: f.sum, FileEncSHA256: f.enc, FileLength: &f.size}
	case "video":
		m.VideoMessage = &waE2E.VideoMessage{Mimetype: &act.MIME, Caption: &act.Text, DirectPath: &f.path, MediaKey: f.key, FileSHA256: f.sum, FileEncSHA256: f.enc, FileLength: &f.size}
	case "voice", "audio":
		m.AudioMessage = &waE2E.AudioMessage{Mimetype: &act.MIME, PTT: proto.Bool(act.Media == "voice"), DirectPath: &f.path, MediaKey: f.key, FileSHA256: f.sum, FileEncSHA256: f.enc, FileLength: &f.size}
		l.Text = ""
	case "sticker":
		m.StickerMessage = &waE2E.StickerMessage{Mimetype: &act.MIME, DirectPath: &f.path, MediaKey: f.key, FileSHA256: f.sum, FileEncSHA256: f.enc, FileLength: &f.size}
	default:
		m.DocumentMessage = &waE2E.DocumentMessage{Mimetype: &act.MIME, FileName: &act.Name, Caption: &act.Text, DirectPath: &f.path, MediaKey: f.key, FileSHA256: f.sum, FileEncSHA256: f.enc, FileLength: &f.size}
	}
	return m, l, nil
}
