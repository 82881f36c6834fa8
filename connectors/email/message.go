package email

import (
	"fmt"
	"strconv"
	"strings"

	"parley/connectors/email/letter"
	"parley/core/canon"
)

// message makes the message of a letter.
func (c *conn) message(l *letter.Letter, at position, fingerprint string) canon.Message {
	m := canon.Message{RemoteID: remoteID(l, fingerprint), Subject: l.Subject, Quote: l.Quote}
	body := l.Text
	if strings.TrimSpace(body) == "" && len(l.Files) == 0 {
		body = l.Subject // all was said in the subject
	}
	if body != "" || l.HTML != "" {
		m.Parts = append(m.Parts, canon.Text{Body: body, HTML: l.HTML})
	}
	for _, f := range l.Files {
		media := canon.Media{
			Kind: kindOf(f.MIME), RemoteID: mediaID(at, f.Part, l.MessageID), State: canon.MediaPending,
			Name: f.Name, MIME: f.MIME, Size: f.Size,
		}
		if f.Inline {
			media.Inline = f.CID
		}
		m.Parts = append(m.Parts, media)
	}
	if len(m.Parts) == 0 {
		m.Parts = []canon.Part{canon.Text{}}
	}
	add := func(name, value string) {
		if value != "" {
			m.Headers = append(m.Headers, canon.Field{Name: name, Value: value})
		}
	}
	if l.MessageID != "" {
		add("Message-ID", "<"+l.MessageID+">")
	}
	add("References", bracketed(chain(append(append([]string{}, l.References...), l.InReplyTo...))))
	add("To", listed(l.To))
	add("Cc", listed(l.Cc))
	if len(l.ReplyTo) > 0 && l.ReplyTo[0].Addr != l.From.Addr {
		add("Reply-To", listed(l.ReplyTo))
	}
	if len(l.InReplyTo) > 0 {
		m.ReplyTo = &canon.Ref{RemoteID: canon.RemoteID(l.InReplyTo[0])}
	}
	return m
}

func listed(list []letter.Address) string {
	var out []string
	for _, a := range list[:min(len(list), 50)] {
		if a.Addr == "" {
			continue
		}
		if a.Name != "" {
			out = append(out, a.Name+" <"+a.Addr+">")
		} else {
			out = append(out, a.Addr)
		}
	}
	return strings.Join(out, ", ")
}

// noMessageID marks the name of a mail that came without a Message-ID.
const noMessageID = "#"

// remoteID is a mail's name: its Message-ID, or a mark of its content.
func remoteID(l *letter.Letter, fingerprint string) canon.RemoteID {
	if l.MessageID == "" {
		return canon.RemoteID(noMessageID + fingerprint[:32])
	}
	return canon.RemoteID(l.MessageID)
}

func kindOf(mime string) canon.MediaKind {
	switch major, minor, _ := strings.Cut(mime, "/"); major {
	case "image":
		if strings.HasPrefix(minor, "svg") || minor == "vnd.adobe.photoshop" || minor == "x-emf" || minor == "x-wmf" {
			return canon.MediaFile
		}
		return canon.MediaImage
	case "audio":
		return canon.MediaAudio
	case "video":
		return canon.MediaVideo
	}
	return canon.MediaFile
}

// mediaID says where a file lies: the mailbox's UIDVALIDITY, the mail's UID,
// the part, and the Message-ID, by which the mail is found again when the
// mailbox has been renumbered.
func mediaID(at position, part, messageID string) canon.RemoteID {
	return canon.RemoteID(fmt.Sprintf("%d:%d:%s:%s", at.validity, at.uid, part, messageID))
}

func parseMediaID(id canon.RemoteID) (at position, part, messageID string, ok bool) {
	f := strings.SplitN(string(id), ":", 4)
	if len(f) != 4 {
		return at, "", "", false
	}
	v, err1 := strconv.ParseUint(f[0], 10, 32)
	u, err2 := strconv.ParseUint(f[1], 10, 32)
	return position{validity: uint32(v), uid: uint32(u)}, f[2], f[3], err1 == nil && err2 == nil
}
