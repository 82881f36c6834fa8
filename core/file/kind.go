package file

import (
	"mime"
	"strings"
)

// extensions lists what is shown in the page rather than downloaded, and how
// such files may be called; the first is given to files called otherwise.
var extensions = map[string][]string{
	"image/jpeg": {".jpg", ".jpeg", ".jpe", ".jfif"},
	"image/png":  {".png", ".apng"},
	"image/gif":  {".gif"},
	"image/webp": {".webp"},
	"video/mp4":  {".mp4", ".m4v"},
	"video/webm": {".webm"},
	"video/ogg":  {".ogv", ".ogg"},
	"audio/mpeg": {".mp3"},
	"audio/ogg":  {".ogg", ".oga", ".opus"},
	"audio/mp4":  {".m4a", ".mp4"},
	"audio/webm": {".weba", ".webm"},
	"audio/wav":  {".wav", ".wave"},
}

// Inline tells whether a file of this type may be shown in a page. PDF is not:
// it can hold scripts.
func Inline(kind string) bool {
	_, ok := extensions[kind]
	return ok
}

// settle makes the type of a file from what its bytes say and what was claimed.
// The bytes win; the claim only tells sound from film in containers that hold
// both.
func settle(sniffed, claimed string) string {
	sniffed, claimed = bare(sniffed), bare(claimed)
	switch sniffed {
	case "image/vnd.mozilla.apng":
		return "image/png"
	case "audio/x-m4a":
		return "audio/mp4"
	case "audio/x-wav", "audio/wave", "audio/vnd.wave":
		return "audio/wav"
	case "application/ogg":
		if strings.HasPrefix(claimed, "video/") {
			return "video/ogg"
		}
		return "audio/ogg"
	case "video/webm", "video/mp4":
		if strings.HasPrefix(claimed, "audio/") {
			return "audio/" + strings.TrimPrefix(sniffed, "video/")
		}
	}
	return sniffed
}

// served is the Content-Type a file is answered with. What a browser would run
// or render as a page, or load as a script or style, loses its type, so that
// nosniff stops it even when a page of ours refers to it.
func served(kind string) string {
	switch {
	case kind == "text/plain", kind == "text/csv":
		return kind + "; charset=utf-8"
	case strings.HasPrefix(kind, "text/"), strings.HasSuffix(kind, "+xml"), strings.HasSuffix(kind, "/xml"), strings.HasSuffix(kind, "+json"):
		return octets
	}
	for _, active := range []string{"html", "javascript", "ecmascript", "json", "wasm", "x-shockwave", "svg"} {
		if strings.Contains(kind, active) {
			return octets
		}
	}
	if kind == "" || kind != bare(kind) {
		return octets
	}
	return kind
}

const octets = "application/octet-stream"

// bare is a type without parameters, in lower case; empty if it is none.
func bare(kind string) string {
	kind, _, err := mime.ParseMediaType(kind)
	if err != nil {
		return ""
	}
	return kind
}
