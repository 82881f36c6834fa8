package web

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"parley/core/canon"
)

type fileAnswer struct {
	Handle string   `json:"handle"` // to post the file with, within a day
	Part   partWire `json:"part"`
}

// files takes in one file, its bytes as the body. Name and voice data travel in
// headers, so that no address of ours holds a customer's words.
func (x *exchange) files() {
	most := x.options.Limits.FileBytes
	tooBig := tooLarge
	tooBig.text.EN = fmt.Sprintf("The file is larger than %d MB.", most>>20)
	tooBig.text.ZH = fmt.Sprintf("文件超过 %d MB。", most>>20)
	if x.r.ContentLength > most {
		x.fail(tooBig)
		return
	}
	if err := x.may(x.r.Context()); err != nil {
		x.fail(err)
		return
	}
	name, err := url.PathUnescape(x.r.Header.Get("X-Parley-Name"))
	if err != nil {
		name = ""
	}
	mime, _, _ := strings.Cut(x.r.Header.Get("Content-Type"), ";")
	media, err := x.env.Chat.Store(x.r.Context(), x.thread(), fileName(name), line(strings.ToLower(mime), 100),
		http.MaxBytesReader(x.w, x.r.Body, most))
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			x.fail(tooBig)
			return
		}
		x.away("store a file", err)
		return
	}
	x.voice(&media)
	handle, err := x.sign(forFile, x.account.ID, x.visitor, handleLife, &media)
	if err != nil {
		x.away("sign a file handle", err)
		return
	}
	x.answer(fileAnswer{handle, x.media(media)})
}

// voice marks a recording as a voice note. What the store found the bytes to be
// decides whether it can be one.
func (x *exchange) voice(m *canon.Media) {
	sound := strings.HasPrefix(m.MIME, "audio/") || m.MIME == "video/webm" || m.MIME == "video/mp4" || m.MIME == "application/ogg"
	ms, err := strconv.ParseInt(x.r.Header.Get("X-Parley-Voice"), 10, 64)
	if err != nil || !sound || ms <= 0 || ms > 10*60*1000 {
		return
	}
	m.Kind, m.Millis = canon.MediaVoice, ms
	if wave, err := base64.StdEncoding.DecodeString(x.r.Header.Get("X-Parley-Wave")); err == nil && len(wave) <= 64 {
		m.Wave = wave
	}
}

// fileName keeps the last element of a name, without what a file system or a
// reader could stumble over.
func fileName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, line(s, 1000))
	if runes := []rune(s); len(runes) > 120 { // the ending tells what it is: keep it
		end := ""
		if dot := strings.LastIndexByte(s, '.'); dot > 0 && len(s)-dot <= 12 {
			end = s[dot:]
		}
		s = string(runes[:120-len(end)]) + end
	}
	if s = strings.TrimLeft(s, ". "); s == "" {
		return "file"
	}
	return s
}
