package letter

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

func TestWords(t *testing.T) {
	gbk, _ := simplifiedchinese.GBK.NewEncoder().String("客服")
	for in, want := range map[string]string{
		"plain":                                         "plain",
		"=?utf-8?B?5a6i5pyN?=":                          "客服",
		"=?UTF-8?Q?=E5=AE=A2=E6=9C=8D_desk?=":           "客服 desk",
		"a =?utf-8?Q?b?= c":                             "a b c",
		"=?utf-8?Q?a?= =?utf-8?Q?b?=":                   "ab",
		"=?utf-8?B?5a6i5g==?= =?utf-8?B?nI0=?=":         "客服", // cut within a character
		"=?utf-8?Q?a?=\r\n =?iso-8859-1?Q?=E9?=":        "aé",
		"=?utf-8*en?Q?lang?=":                           "lang",
		"=?bogus?Q?x?=":                                 "x",
		"=?utf-8?Q?unclosed":                            "=?utf-8?Q?unclosed",
		"=?ISO-2022-JP?B?GyRCQ21KOBsoQg==?=":            "注文",
		gbk:                                             "客服",
		"=?utf-8?Q?a_?= =?utf-8?Q?b?=":                  "a b",
		"=?utf-8?B?" + strings.Repeat("YQ==", 3) + "?=": "aaa",
	} {
		if got := decodeWords(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	for in, want := range map[string][]Address{
		"jane@example.com":                                {{"", "jane@example.com"}},
		"Jane Roe <Jane@Example.COM>":                     {{"Jane Roe", "jane@example.com"}},
		`"Roe, Jane" <jane@example.com>, bob@example.com`: {{"Roe, Jane", "jane@example.com"}, {"", "bob@example.com"}},
		"=?utf-8?B?5a6i5pyN?= <a@b.cn>":                   {{"客服", "a@b.cn"}},
		`"=?utf-8?B?5a6i5pyN?=" <a@b.cn>`:                 {{"客服", "a@b.cn"}},
		"=?utf-8?Q?x=3Cevil=40e.com=3E?= <a@b.cn>":        {{"x<evil@e.com>", "a@b.cn"}},
		"=?utf-8?Q?Bob=0D=0ABcc:_v@e.com?= <a@b.cn>":      {{"Bob  Bcc: v@e.com", "a@b.cn"}},
		"jane@example.com (Jane)":                         {{"Jane", "jane@example.com"}},
		"Jane Roe jane@example.com":                       {{"Jane Roe", "jane@example.com"}},
		"<<jane@example.com>>":                            {{"", "jane@example.com"}},
		"Jane <jane@example.com":                          {{"Jane", "jane@example.com"}},
		"nobody":                                          nil,
		"":                                                nil,
		"undisclosed-recipients:;":                        nil,
		"jane@example.com <jane@example.com>":             {{"", "jane@example.com"}},
		"a\u202ekcatta <a@b.cn>":                          {{"akcatta", "a@b.cn"}},
	} {
		var got []Address
		for _, a := range parseAddresses(in) {
			if a.Addr != "" {
				got = append(got, a)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
	if !Same("Help+tag@Shop.example", "help@shop.example") || Same("a@b.c", "b@b.c") || Same("", "") {
		t.Error("Same is wrong")
	}
}

func TestIDs(t *testing.T) {
	for in, want := range map[string][]string{
		"<a@b> <c@d>":                {"a@b", "c@d"},
		"<a@b><c@d>":                 {"a@b", "c@d"},
		"a@b":                        {"a@b"},
		"<a @ b> junk <a@b>":         {"a@b"},
		"=?utf-8?Q?=3Ca@b=3E?=":      {"a@b"},
		"Message from Jane of today": nil,
	} {
		if got := messageIDs(in); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestCharsets(t *testing.T) {
	zh := "您好，请问我的订单什么时候发货？"
	tw := "您好，請問我的訂單什麼時候出貨？"
	ja := "お世話になっております。注文の件です。"
	enc := func(e interface{ String(string) (string, error) }, s string) []byte {
		out, err := e.String(s)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(out)
	}
	gb := enc(simplifiedchinese.GB18030.NewEncoder(), zh)
	for _, tc := range []struct {
		name, declared string
		raw            []byte
		want           string
	}{
		{"utf-8", "utf-8", []byte(zh), zh},
		{"undeclared utf-8", "", []byte(zh), zh},
		{"utf-8 called latin-1", "iso-8859-1", []byte(zh), zh},
		{"utf-8 called gbk", "gbk", []byte(zh), zh},
		{"bom", "gbk", []byte("\xef\xbb\xbf" + zh), zh},
		{"gb18030", "gb18030", gb, zh},
		{"gbk called gb2312", "GB2312", gb, zh},
		{"gbk called utf-8", "utf-8", gb, zh},
		{"gbk called ascii", "us-ascii", gb, zh},
		{"gbk called latin-1", "iso-8859-1", gb, zh},
		{"gbk called nonsense", "x-nonsense", gb, zh},
		{"gbk in quotes", `"gbk"`, gb, zh},
		{"big5", "big5", enc(traditionalchinese.Big5.NewEncoder(), tw), tw},
		{"big5 undeclared", "", enc(traditionalchinese.Big5.NewEncoder(), tw), tw},
		{"iso-2022-jp undeclared", "", enc(japanese.ISO2022JP.NewEncoder(), ja), ja},
		{"shift_jis", "cp932", enc(japanese.ShiftJIS.NewEncoder(), ja), ja},
		{"shift_jis undeclared", "", enc(japanese.ShiftJIS.NewEncoder(), ja), ja},
		{"latin-1", "iso-8859-1", []byte("Gr\xfc\xdfe aus M\xfcnchen, sch\xf6n"), "Grüße aus München, schön"},
		{"one broken byte", "utf-8", []byte(zh + zh + "\xff" + zh), zh + zh + "\uFFFD" + zh},
		{"utf-16", "utf-16", []byte("\xff\xfeh\x00i\x00"), "hi"},
	} {
		if got := toUTF8(tc.raw, tc.declared); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestQuotes(t *testing.T) {
	for _, tc := range []struct{ name, in, text, quote string }{
		{"none", "Hello\n> not a quote of two lines", "Hello\n> not a quote of two lines", ""},
		{"gmail", "Hi\n\nOn Mon, 1 Jan 2026 at 10:00, Bob <b@c.de> wrote:\n> a\n> b", "Hi\n\n", "On Mon, 1 Jan 2026 at 10:00, Bob <b@c.de> wrote:\n> a\n> b"},
		{"over two lines", "Hi\nOn Mon, 1 Jan 2026 at 10:00, Bob <b@c.de>\nwrote:\n> a", "Hi", "On Mon, 1 Jan 2026 at 10:00, Bob <b@c.de>\nwrote:\n> a"},
		{"original message", "Hi\n-----Original Message-----\nFrom: x\nold", "Hi", "-----Original Message-----\nFrom: x\nold"},
		{"chinese", "好\n\n在 2026年1月1日，小王 <a@b.cn> 写道：\n旧", "好\n\n", "在 2026年1月1日，小王 <a@b.cn> 写道：\n旧"},
		{"outlook", "Hi\n\nFrom: A <a@b.c>\nSent: today\nTo: B\nSubject: S\n\nold", "Hi", "\nFrom: A <a@b.c>\nSent: today\nTo: B\nSubject: S\n\nold"},
		{"german", "Ja\nAm 01.01.26 um 10:00 schrieb Bob:\n> alt", "Ja", "Am 01.01.26 um 10:00 schrieb Bob:\n> alt"},
		{"only a quote", "On Mon, 1 Jan 2026, Bob wrote:\n> a\n> b", "On Mon, 1 Jan 2026, Bob wrote:\n> a\n> b", ""},
		{"between", "On Mon, 1 Jan 2026, Bob wrote:\n> a\nyes\n> b\nno", "On Mon, 1 Jan 2026, Bob wrote:\n> a\nyes\n> b\nno", ""},
		{"forwarded", "FYI\n---------- Forwarded message ---------\nFrom: x\n> a\n> b", "FYI\n---------- Forwarded message ---------\nFrom: x\n> a\n> b", ""},
		{"a letter's own From", "From: where I stand it is fine.\nBye", "From: where I stand it is fine.\nBye", ""},
	} {
		text, quote := splitQuote(tc.in, false)
		if strings.TrimRight(text, "\n") != strings.TrimRight(tc.text, "\n") || quote != tc.quote {
			t.Errorf("%s: %q, %q", tc.name, text, quote)
		}
	}
}

func TestFileName(t *testing.T) {
	for in, want := range map[string]string{
		"a.pdf": "a.pdf", "../../etc/passwd": "passwd", `C:\dir\x.doc`: "x.doc", "a\r\nb.txt": "a  b.txt",
		"evil\u202egpj.exe": "evilgpj.exe", "...": "", "a<b>:\"|?*.txt": "a_b______.txt",
		strings.Repeat("长", 200) + ".pdf": strings.Repeat("长", 65) + ".pdf", "\x00": "",
	} {
		if got := FileName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestX05_Sanitised: nothing in a mail acts, loads or leaves its frame.
func TestX05_Sanitised(t *testing.T) {
	for _, attack := range []string{
		`<script>EVIL</script>`, `<img src=x onerror=EVIL>`, `<svg/onload=EVIL>`, `<a href="javascript:EVIL">x</a>`,
		`<a href="java&#10;script:EVIL">x</a>`, `<a href=" &#14; javascript:EVIL">x</a>`, `<a href="vbscript:EVIL">x</a>`, `<a href="data:text/html,EVIL">x</a>`,
		`<iframe src="https://e/EVIL"></iframe>`, `<iframe srcdoc="EVIL"></iframe>`, `<form action="https://e/EVIL"><input value=EVIL></form>`,
		`<button formaction="EVIL">x</button>`, `<object data="EVIL"></object>`, `<embed src="EVIL">`, `<link href="https://e/EVIL" rel=stylesheet>`,
		`<meta http-equiv=refresh content="0;url=EVIL">`, `<base href="https://e/EVIL">`, `<style>*{background:url(https://e/EVIL)}</style>`,
		`<div style="background:url(https://e/EVIL)">x</div>`, `<div style="background-image:u\72l(https://e/EVIL)">x</div>`,
		`<div style="width:expression(EVIL)">x</div>`, `<div style="position:fixed;EVIL:1">x</div>`, `<div style="margin-top:-900px;content:EVIL">x</div>`,
		`<td background="https://e/EVIL">x</td>`, `<body background="https://e/EVIL">x`, `<video src="https://e/EVIL" autoplay></video>`,
		`<audio src="https://e/EVIL"></audio>`, `<math><maction actiontype="statusline#EVIL">x</maction></math>`,
		`<svg><style><img src=x onerror=EVIL></style></svg>`, `<noscript><p title="</noscript><img src=x onerror=EVIL>"></noscript>`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=EVIL&gt;">`,
		`<img src="data:image/svg+xml,<svg onload=EVIL>">`, `<img srcset="https://e/EVIL 1x">`, `<input type=image src="https://e/EVIL">`,
		`<p onclick="EVIL" onmouseover='EVIL'>x</p>`, `<a href="https://ok" ping="https://e/EVIL">x</a>`, `<template><img src=x onerror=EVIL></template>`,
		`<details open ontoggle=EVIL>x</details>`, `<isindex action=EVIL>`, `<keygen autofocus onfocus=EVIL>`, `<marquee onstart=EVIL>x</marquee>`,
		`<x id="EVIL" class="EVIL" name="EVIL">x</x>`, "<img src=`x`onerror=EVIL>", `<a href="tel:1" style="EVIL">x</a>`,
		`<!--[if gte IE 4]><script>EVIL</script><![endif]-->`, `<xml><i><b><img src=x onerror=EVIL></b></i></xml>`, `<img/src/onerror=EVIL>`,
		`<img data-remote-src="javascript:EVIL">`, `<img data-remote-src='https://e/" onerror="EVIL'>`, `<img src="cid:x&quot; onerror=EVIL">`,
	} {
		got := displayHTML("<p>before</p>"+attack+"<p>after</p>", false)
		if strings.Contains(got.html, "EVIL") || strings.Contains(strings.ToLower(got.html), "javascript:") {
			t.Errorf("%s\n\tcame through as %s", attack, got.html)
		}
	}
	got := displayHTML(`<img src="https://t.example/o.gif"><img src="cid:a@b"><img src="data:image/png;base64,aGk="><a href="https://ok.example">x</a>`, false).html
	for _, want := range []string{`data-remote-src="https://t.example/o.gif"`, `src="cid:a@b"`, `src="data:image/png;base64,aGk="`, `rel="nofollow noreferrer noopener"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
	if strings.Contains(got, ` src="https`) {
		t.Errorf("a remote image would load: %s", got)
	}
}

func TestFingerprint(t *testing.T) {
	a := []byte("From: a@b\r\nMessage-ID: <1@b>\r\nDate: Mon, 16 Nov 2026 09:30:00 +0800\r\n\r\nbody\r\nmore\r\n")
	same := [][]byte{
		bytes.ReplaceAll(a, []byte("\r\n"), []byte("\n")),
		append([]byte("X-Moved: yes\r\n"), a...),
		append(slices.Clone(a), "\r\n\r\n"...),
	}
	for i, b := range same {
		if Fingerprint(a) != Fingerprint(b) {
			t.Errorf("variant %d has another fingerprint", i)
		}
	}
	for _, change := range [][2]string{{"body", "Body"}, {"<1@b>", "<2@b>"}, {"a@b", "c@b"}, {"09:30", "09:31"}} {
		if Fingerprint(a) == Fingerprint(bytes.ReplaceAll(a, []byte(change[0]), []byte(change[1]))) {
			t.Errorf("%v makes no difference", change)
		}
	}
}

func mails(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob("../testdata/mails/*.eml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpus: %v", err)
	}
	var out [][]byte
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, raw)
	}
	return out
}

// readSafely reads a mail and holds the result to what every reader may expect.
func readSafely(t testing.TB, raw []byte) {
	t.Helper()
	l, err := Read(raw)
	if err != nil {
		if !errors.Is(err, ErrHostile) && strings.Contains(err.Error(), "runtime error") {
			t.Fatalf("the reader panicked: %v\n%q", err, raw)
		}
		return
	}
	for _, s := range []string{l.Subject, l.From.Name, l.From.Addr} {
		if strings.ContainsAny(s, "\r\n\x00") {
			t.Fatalf("a line break in %q of\n%q", s, raw)
		}
	}
	if strings.ContainsRune(l.Text, 0) || len(l.Text) > maxText || strings.Contains(strings.ToLower(l.HTML), "<script") {
		t.Fatalf("unfit text of\n%q", raw)
	}
	for _, f := range l.Files {
		if f.Name == "" || strings.ContainsAny(f.Name, "/\\\r\n\x00") {
			t.Fatalf("file name %q of\n%q", f.Name, raw)
		}
		f.Bytes()
	}
}

// TestMutations: no change to a real mail makes the reader fall over.
func TestMutations(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	corpus := mails(t)
	for range 4000 {
		raw := slices.Clone(corpus[r.IntN(len(corpus))])
		for range 1 + r.IntN(8) {
			at := r.IntN(len(raw))
			switch r.IntN(6) {
			case 0:
				raw[at] ^= byte(1 << r.IntN(8))
			case 1:
				raw = append(raw[:at], raw[min(len(raw), at+r.IntN(200)):]...)
			case 2:
				from := r.IntN(len(raw))
				raw = slices.Insert(raw, at, raw[from:min(len(raw), from+r.IntN(200))]...)
			case 3:
				raw = slices.Insert(raw, at, []byte("\r\n--")...)
			case 4:
				other := corpus[r.IntN(len(corpus))]
				raw = append(raw[:at], other[min(len(other), at):]...)
			case 5:
				raw = slices.Insert(raw, at, bytes.Repeat([]byte{byte(r.IntN(256))}, r.IntN(300))...)
			}
			if len(raw) == 0 {
				raw = []byte{'x'}
			}
		}
		readSafely(t, raw)
	}
}

func FuzzRead(f *testing.F) {
	for _, raw := range mails(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) { readSafely(t, raw) })
}

// TestBounded: large and hostile mails cost a bounded multiple of their size,
// in memory and in time.
func TestBounded(t *testing.T) {
	head := "From: a@b.c\r\nSubject: big\r\nMessage-ID: <x@b.c>\r\n"
	nested := func(depth int) string {
		var b strings.Builder
		b.WriteString(head)
		for i := range depth {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
		}
		return b.String()
	}
	many := head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 400_000)
	for _, tc := range []struct {
		name    string
		raw     string
		hostile bool
	}{
		{"30 MB attachment", head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
			strings.Repeat(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1, 2, 3}, 19))+"\r\n", 400_000) + "--b--\r\n", false},
		{"10 MB text", head + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + strings.Repeat("一行文字 and words\r\n", 430_000), false},
		{"10 MB HTML", head + "Content-Type: text/html; charset=utf-8\r\n\r\n" + strings.Repeat("<div><b>words</b></div>\r\n", 400_000), false},
		{"deep HTML", head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div>", 200_000), false},
		{"many quotations", head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<blockquote></blockquote>", 40_000), false},
		{"many attributes", head + "Content-Type: text/html\r\n\r\n<a " + strings.Repeat("x=1 ", 200_000) + ">", false},
		{"one line", head + "\r\n" + strings.Repeat("On 在 a ", 1_000_000), false},
		{"long header", head + "References: " + strings.Repeat("<a@b> ", 70_000) + "\r\n\r\nx", false},
		{"header of encoded words", head + "X: y\r\nSubject: " + strings.Repeat("=?utf-8?Q?a?= ", 30_000) + "\r\n\r\nx", false},
		{"huge header", head + strings.Repeat("X-A: b\r\n", 200_000) + "\r\nx", false},
		{"nested 300", nested(300), false},
		{"nested 100,000", nested(100_000), false},
		{"400,000 parts", many, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			raw := []byte(tc.raw)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			begun := time.Now()
			l, err := Read(raw)
			took := time.Since(begun)
			runtime.ReadMemStats(&after)
			if got := errors.Is(err, ErrHostile); got != tc.hostile || err != nil && !tc.hostile {
				t.Fatalf("error %v", err)
			}
			if l != nil && (l.Subject == "" || len(l.Text) > maxText || len(l.HTML) > 3*maxHTML) {
				t.Errorf("letter with %d bytes of text, %d of HTML", len(l.Text), len(l.HTML))
			}
			allocated := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d kB read in %s with %d kB allocated", len(raw)>>10, took, allocated>>10)
			if limit := uint64(10*len(raw)) + 64<<20; allocated > limit {
				t.Errorf("%d MB allocated for a mail of %d MB", allocated>>20, len(raw)>>20)
			}
		})
	}
}
