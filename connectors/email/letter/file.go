package letter

import (
	"mime"
	"path"
	"strings"
)

// File is a part of a mail that is not its text.
type File struct {
	Part   string // the part's place in the mail: "2", "1.3"; "0" for the mail itself
	Name   string // never empty, never with a path
	MIME   string // as declared, in lower case; "application/octet-stream" when unknown
	Size   int64  // of the decoded bytes; for base64 within two bytes
	CID    string // Content-ID, without brackets
	Inline bool   // shown within the HTML by its CID

	content  []byte // still encoded
	encoding string
}

// Bytes decodes the file.
func (f File) Bytes() []byte { return decodeTransfer(f.content, f.encoding) }

func newFile(p *part, related bool) File {
	f := File{
		Part: p.id, MIME: strings.ToLower(strings.TrimSpace(p.kind)), CID: p.cid,
		content: p.content, encoding: p.encoding(),
	}
	f.Inline = f.CID != "" && (related || p.disp == "inline")
	f.Size = sizeDecoded(f.content, f.encoding)
	f.Name = FileName(decodeWords(p.name))
	if f.MIME == "application/octet-stream" || f.MIME == "" || !strings.Contains(f.MIME, "/") {
		f.MIME = "application/octet-stream"
		if t, _, err := mime.ParseMediaType(mime.TypeByExtension(strings.ToLower(path.Ext(f.Name)))); err == nil && t != "" {
			f.MIME = t
		}
	}
	if f.Name == "" {
		f.Name = f.defaultName()
	}
	return f
}

// defaultName names a file whose sender did not.
func (f File) defaultName() string {
	switch f.MIME {
	case "message/rfc822", "message/global":
		if inner, err := ReadHeader(f.Bytes()); err == nil && inner.Subject != "" {
			return FileName(cut(inner.Subject, 120) + ".eml")
		}
		return "message.eml"
	case "text/calendar":
		return "invite.ics"
	case "text/vcard", "text/x-vcard", "text/directory":
		return "contact.vcf"
	case "application/ms-tnef":
		return "winmail.dat"
	case "message/delivery-status":
		return "delivery-status.txt"
	case "text/rfc822-headers":
		return "headers.txt"
	}
	if ext, ok := extensions[f.MIME]; ok {
		return "file" + ext
	}
	return "file"
}

// extensions are those of types that often come without a name; the system's
// own table differs from machine to machine.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/heic": ".heic",
	"audio/mpeg": ".mp3", "audio/amr": ".amr", "audio/ogg": ".ogg", "audio/mp4": ".m4a", "audio/wav": ".wav",
	"video/mp4": ".mp4", "video/quicktime": ".mov", "application/pdf": ".pdf", "application/zip": ".zip",
	"text/plain": ".txt", "text/html": ".html", "text/csv": ".csv", "application/json": ".json", "text/xml": ".xml",
	"application/pkcs7-signature": ".p7s", "application/pgp-signature": ".asc",
}

// FileName makes a name safe to show and to save under: its last element, on
// one line, without characters a file system or a reader could be fooled by.
func FileName(name string) string {
	name = strings.ReplaceAll(oneLine(name, 4*maxLine), "\\", "/")
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	if len(name) > 200 {
		ext := path.Ext(name)
		if len(ext) > 20 {
			ext = ""
		}
		name = cut(name, 200-len(ext)) + ext
	}
	return name
}

// markInline keeps Inline only on files whose CID the HTML really shows.
func (b *body) markInline() {
	for i, f := range b.files {
		if f.CID == "" {
			continue
		}
		shown := false
		for _, p := range b.pieces {
			shown = shown || strings.Contains(p.html, "cid:"+f.CID) || strings.Contains(p.html, "cid:"+escapedCID(f.CID))
		}
		b.files[i].Inline = shown && strings.HasPrefix(f.MIME, "image/")
	}
}

// escapedCID is a content id as it stands in an address.
func escapedCID(cid string) string {
	return strings.NewReplacer("%", "%25", "+", "%2B", "/", "%2F", "$", "%24").Replace(cid)
}
