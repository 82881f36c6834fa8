package web

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/core/canon"
)

func TestFileIsUploadedThenPosted(t *testing.T) {
	r := newRig(t, Limits{FileBytes: 1 << 20})
	s, thread := r.session(sessionRequest{})
	res := r.do("POST", "/files", s.Token, "picture", "Content-Type", "image/png", "X-Parley-Name", url.PathEscape("照片 1.png"))
	if res.status != 200 {
		t.Fatalf("upload: %d %s", res.status, res.raw)
	}
	var up fileAnswer
	res.into(t, &up)
	if up.Part.Kind != "image" || up.Part.Title != "照片 1.png" || up.Part.Size != 7 || !strings.HasPrefix(up.Part.URL, "/files/") {
		t.Errorf("part %+v", up.Part)
	}
	if len(r.hub.Commits()) != 0 {
		t.Error("an upload alone said something")
	}
	post := postRequest{ID: "client-1", Text: "看", Files: []string{up.Handle}}
	if res := r.do("POST", "/messages", s.Token, post); res.status != 200 {
		t.Fatalf("post: %d %s", res.status, res.raw)
	}
	parts := r.hub.Lines(thread)[0].Message.Parts
	if m, ok := parts[1].(canon.Media); !ok || m.Kind != canon.MediaImage || m.File.IsZero() {
		t.Errorf("parts %+v", parts)
	}

	thief, _ := r.session(sessionRequest{})
	if res := r.do("POST", "/messages", thief.Token, post); res.code() != "invalid_files" {
		t.Errorf("another visitor's handle: %d %s", res.status, res.raw)
	}
	if res := r.do("POST", "/messages", s.Token, postRequest{ID: "client-2", Files: []string{s.Token}}); res.code() != "invalid_files" {
		t.Errorf("token as handle: %s", res.raw)
	}
	r.pass(handleLife)
	renewed, _ := r.session(sessionRequest{Token: s.Token})
	post.ID = "client-3"
	if res := r.do("POST", "/messages", renewed.Token, post); res.code() != "invalid_files" {
		t.Errorf("handle of yesterday: %s", res.raw)
	}
}

func TestX16_FileOverTheLimitIsRefusedInWords(t *testing.T) {
	r := newRig(t, Limits{FileBytes: 1 << 20})
	s, _ := r.session(sessionRequest{Lang: "zh"})
	if res := r.do("POST", "/files", s.Token, make([]byte, 1<<20)); res.status != 200 {
		t.Errorf("at the limit: %d %s", res.status, res.raw)
	}
	res := r.do("POST", "/files", s.Token, make([]byte, 1<<20+1))
	if res.status != 413 || !strings.Contains(string(res.raw), "1 MB") {
		t.Errorf("declared: %d %s", res.status, res.raw)
	}
	// Without a declared length the bytes are counted as they come.
	res = r.do("POST", "/files", s.Token, struct{ X string }{strings.Repeat("x", 1<<20)}, "Transfer-Encoding", "chunked")
	if res.status != 413 {
		t.Errorf("undeclared: %d %s", res.status, res.raw)
	}
	if res := r.do("POST", "/files", s.Token, "MZ program"); res.status != 422 || !strings.Contains(string(res.raw), "程序") {
		t.Errorf("the store's refusal: %d %s", res.status, res.raw)
	}
}

func TestVoiceNoteKeepsLengthAndWave(t *testing.T) {
	r := newRig(t, Limits{})
	s, _ := r.session(sessionRequest{})
	wave := base64.StdEncoding.EncodeToString([]byte{1, 2, 250})
	for _, c := range []struct {
		name, mime, ms string
		kind           string
	}{
		{"recording", "audio/webm", "2500", "voice"},
		{"with codec", "audio/webm;codecs=opus", "2500", "voice"},
		{"too long", "audio/webm", "600001", "audio"},
		{"no sound", "image/png", "2500", "image"},
		{"no number", "audio/webm", "long", "audio"},
	} {
		var up fileAnswer
		r.do("POST", "/files", s.Token, "x", "Content-Type", c.mime, "X-Parley-Voice", c.ms, "X-Parley-Wave", wave).into(t, &up)
		if up.Part.Kind != c.kind || (c.kind == "voice") != (up.Part.Millis == 2500 && up.Part.Wave == wave) {
			t.Errorf("%s: %+v", c.name, up.Part)
		}
	}
}

func TestX06_FileNames(t *testing.T) {
	for in, want := range map[string]string{
		"报价 单.pdf":              "报价 单.pdf",
		"../../etc/passwd":      "passwd",
		`C:\temp\a.png`:         "a.png",
		"a.png\r\nX-Evil: 1":    "a.png  X-Evil_ 1",
		"photo\u202egnp.exe":    "photognp.exe",
		"nul\x00l.txt":          "nul l.txt",
		"":                      "file",
		"..":                    "file",
		".htaccess":             "htaccess",
		`<img src=x onerror=1>`: "_img src=x onerror=1_",
	} {
		if got := fileName(in); got != want {
			t.Errorf("fileName(%q) = %q, want %q", in, got, want)
		}
	}
	long := fileName(strings.Repeat("很", 300) + ".docx")
	if utf8.RuneCountInString(long) > 120 || !strings.HasSuffix(long, ".docx") {
		t.Errorf("long name became %q", long)
	}
}
