package file

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestX06_Names(t *testing.T) {
	long := strings.Repeat("长", 300) + ".tar.gz"
	for in, want := range map[string]string{
		"report.pdf":                    "report.pdf",
		"季度报告 第3期.docx":                 "季度报告 第3期.docx",
		"../../x":                       "x",
		"../../etc/passwd":              "passwd",
		`..\..\windows\win.ini`:         "win.ini",
		`C:\Users\me\photo.jpg`:         "photo.jpg",
		"a.png\r\nX: y":                 "a.pngX_ y",
		"a.png\r\nX:":                   "a.pngX_",
		"inv\u202egnp.exe":              "invgnp.exe",
		"\u2066a\u2069.txt\ufeff":       "a.txt",
		"a\x00b.png":                    "ab.png",
		"a.html\x00.png":                "a.html.png",
		"\x1b[31mred.txt":               "[31mred.txt",
		"<img src=x onerror=1>.png":     "_img src=x onerror=1_.png",
		`a"b;c.txt`:                     "a_b_c.txt",
		" .hidden. ":                    "hidden",
		"..":                            "file",
		"":                              "file",
		"\u202e\u200b":                  "file",
		"a/":                            "file",
		"con.txt":                       "_con.txt",
		"NUL":                           "_NUL",
		"a\u2028b\u00a0 c.txt":          "a b c.txt",
		"bad\xff\xfeutf8.txt":           "bad_utf8.txt",
		"👨\u200d👩\u200d👧.png":           "👨\u200d👩\u200d👧.png",
		strings.Repeat("a", 300):        strings.Repeat("a", 200),
		long:                            strings.Repeat("长", 197) + ".gz",
		"x." + strings.Repeat("e", 300): "x." + strings.Repeat("e", 198),
	} {
		got := CleanName(in)
		if got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
		if again := CleanName(got); again != got {
			t.Errorf("%q is not stable: %q", got, again)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	f.Add("../a\r\n.png")
	f.Add("..\u200d.")
	f.Fuzz(func(t *testing.T, in string) {
		got := CleanName(in)
		if got == "" || got == "." || got == ".." || !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxName ||
			strings.ContainsAny(got, "/\\\x00\r\n\"<>;:\u202e\u2028") || strings.HasPrefix(got, ".") {
			t.Errorf("%q becomes %q", in, got)
		}
		if CleanName(got) != got {
			t.Errorf("%q becomes %q becomes %q", in, got, CleanName(got))
		}
	})
}

func TestFitting(t *testing.T) {
	for _, c := range []struct{ name, kind, want string }{
		{"a.jpg", "image/jpeg", "a.jpg"},
		{"a.JPEG", "image/jpeg", "a.JPEG"},
		{"a.html", "image/jpeg", "a.html.jpg"},
		{"blob", "audio/webm", "blob.weba"},
		{"voice.webm", "audio/webm", "voice.webm"},
		{"file", "image/png", "file.png"},
		{"a.exe", "application/pdf", "a.exe"},
		{strings.Repeat("x", 200), "image/gif", strings.Repeat("x", 196) + ".gif"},
	} {
		if got := fitting(c.name, c.kind); got != c.want {
			t.Errorf("%s as %s: %s", c.name, c.kind, got)
		}
	}
}

func TestX06_Kinds(t *testing.T) {
	for _, c := range []struct{ sniffed, claimed, want string }{
		{"text/html; charset=utf-8", "image/png", "text/html"},
		{"video/webm", "audio/webm;codecs=opus", "audio/webm"},
		{"video/webm", "video/webm", "video/webm"},
		{"video/mp4", "audio/mp4", "audio/mp4"},
		{"audio/x-m4a", "", "audio/mp4"},
		{"application/ogg", "", "audio/ogg"},
		{"application/ogg", "video/ogg", "video/ogg"},
		{"image/vnd.mozilla.apng", "", "image/png"},
		{"application/pdf", "image/png", "application/pdf"},
		{"image/png", "text/html", "image/png"},
	} {
		if got := settle(c.sniffed, c.claimed); got != c.want {
			t.Errorf("%s claimed %q: %s, want %s", c.sniffed, c.claimed, got, c.want)
		}
	}
	for _, kind := range []string{
		"text/html", "image/svg+xml", "text/xml", "application/xml", "application/xhtml+xml", "text/javascript", "application/javascript",
		"application/x-javascript", "application/ecmascript", "text/css", "application/json", "application/wasm", "text/vtt", "application/rss+xml",
		"application/manifest+json", "application/x-shockwave-flash", "multipart/related", "", "nonsense", "text/html; x=\"image/png\"",
	} {
		if Inline(kind) {
			t.Errorf("%s is shown", kind)
		}
		if got := served(kind); kind != "multipart/related" && kind != "nonsense" && got != octets {
			t.Errorf("%s is served as %s", kind, got)
		}
	}
	for kind, want := range map[string]string{
		"image/png": "image/png", "application/pdf": "application/pdf", "text/plain": "text/plain; charset=utf-8",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	} {
		if got := served(kind); got != want {
			t.Errorf("%s is served as %s", kind, got)
		}
	}
	if Inline("application/pdf") {
		t.Error("a PDF is shown")
	}
}
