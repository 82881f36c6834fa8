package letter

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode/utf32"
)

// names are charsets the web's table lacks, or knows too narrowly: programs say
// gb2312 and write characters only GB18030 has.
var names = map[string]encoding.Encoding{
	"gb2312": simplifiedchinese.GB18030, "gb_2312-80": simplifiedchinese.GB18030, "gbk": simplifiedchinese.GB18030,
	"x-gbk": simplifiedchinese.GB18030, "cp936": simplifiedchinese.GB18030, "ms936": simplifiedchinese.GB18030,
	"windows-936": simplifiedchinese.GB18030, "euc-cn": simplifiedchinese.GB18030, "hz-gb-2312": simplifiedchinese.HZGB2312,
	"cp950": traditionalchinese.Big5, "ms950": traditionalchinese.Big5, "cp932": japanese.ShiftJIS, "ms932": japanese.ShiftJIS,
	"cp949": korean.EUCKR, "ks_c_5601": korean.EUCKR, "cp1252": charmap.Windows1252, "ansi": charmap.Windows1252,
	"iso-2022-jp-1": japanese.ISO2022JP, "iso-2022-jp-2": japanese.ISO2022JP, "iso-2022-jp-ms": japanese.ISO2022JP,
	"cp50220": japanese.ISO2022JP, "cp50221": japanese.ISO2022JP,
	"utf-32": utf32.UTF32(utf32.BigEndian, utf32.UseBOM),
}

// lookup finds a charset by a name as found in mails; nil when unknown.
func lookup(name string) encoding.Encoding {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), `"'`))
	name = strings.TrimPrefix(name, "charset=")
	if e, ok := names[name]; ok {
		return e
	}
	e, err := htmlindex.Get(name)
	if err != nil || e == encoding.Replacement {
		return nil
	}
	return e
}

// undeclared reports names that say nothing: a part without a charset is
// called us-ascii by rule, whatever it holds.
func undeclared(name string) bool {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(name), `"'`)) {
	case "", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "default", "none":
		return true
	}
	return false
}

// toUTF8 turns text of a declared charset ("" when undeclared) into UTF-8. It
// believes the declaration unless the bytes refute it.
func toUTF8(b []byte, declared string) string {
	if bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) {
		b, declared = b[3:], "utf-8"
	}
	var enc encoding.Encoding
	if !undeclared(declared) {
		enc = lookup(declared)
	}
	plain := ascii(b)
	if plain && !bytes.Contains(b, []byte{0x1b}) && !wide(enc) && !bytes.Contains(b, []byte("~{")) {
		return string(b)
	}
	if bytes.Contains(b, []byte("\x1b$")) && plain {
		enc = japanese.ISO2022JP // its escape sequences mean nothing else
	}
	if !plain && utf8.Valid(b) && !wide(enc) {
		// Text that happens to be valid UTF-8 and is not is rarer than a
		// declaration of latin-1, or none, over UTF-8.
		if enc == nil || enc == encoding.Nop || narrow(enc) || likelyUTF8(b) {
			return string(b)
		}
	}
	if enc == charmap.Windows1252 {
		// What programs call text they do not know.
		if s, bad := decodeWith(simplifiedchinese.GB18030, b); bad == 0 && plausible(s) >= 12 {
			return s
		}
	}
	if enc != nil && enc != encoding.Nop && lookup("utf-8") != enc {
		if s, bad := decodeWith(enc, b); bad == 0 || bad*20 < utf8.RuneCountInString(s) {
			return s
		}
	}
	return guess(b)
}

// guess decodes bytes whose declaration is missing or wrong.
func guess(b []byte) string {
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	if bad := strings.Count(s, "\uFFFD"); bad*20 < nonASCII(s) {
		return s // UTF-8 with a broken character or two
	}
	best, most := "", -1.0
	for _, enc := range []encoding.Encoding{
		simplifiedchinese.GB18030, traditionalchinese.Big5, japanese.ShiftJIS, korean.EUCKR, charmap.Windows1252,
	} {
		out, bad := decodeWith(enc, b)
		if score := plausible(out) - float64(bad); score > most || best == "" {
			best, most = out, score
		}
	}
	return best
}

// plausible scores how much a text looks like writing: common characters of the
// scripts of East Asia count for, private and rare ones against.
func plausible(s string) float64 {
	score, n := 0.0, 0
	for _, r := range s {
		if r < 0x80 {
			continue
		}
		n++
		switch {
		case commonHan(r):
			score += 2
		case unicode.Is(unicode.Hiragana, r), r >= 0x3000 && r < 0x3020, r >= 0xff00 && r < 0xff60:
			score += 2
		case unicode.Is(unicode.Hangul, r):
			score++
		case unicode.Is(unicode.Co, r), r == utf8.RuneError:
			score -= 4
		case unicode.Is(unicode.Katakana, r) && r >= 0xff66: // half width: what GBK looks like to Shift_JIS
			score -= 1
		case unicode.Is(unicode.Han, r):
			score -= 0.5
		case unicode.IsLetter(r):
			score += 0.5
		}
	}
	if n == 0 {
		return 0
	}
	return score / float64(n) * 10
}

// common holds the characters that make up most of any Chinese or Japanese text.
const common = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运您请谢订单货邮件客服退款复您好這個們來為國說時會對過發後裡經現當沒動進樣開從實無與長機間問應戰見產題爾變總電數報結務場計資許統區隊決馬類該規術領確傳師觀讓識帶導爭運請謝訂單貨郵"

var commonSet = func() map[rune]struct{} {
	set := make(map[rune]struct{}, 600)
	for _, r := range common {
		set[r] = struct{}{}
	}
	return set
}()

func commonHan(r rune) bool { _, ok := commonSet[r]; return ok }

func decodeWith(enc encoding.Encoding, b []byte) (string, int) {
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD"), len(b)
	}
	s := strings.TrimPrefix(string(out), "\ufeff")
	return s, strings.Count(s, "\uFFFD")
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func nonASCII(s string) int {
	n := 0
	for _, r := range s {
		if r >= 0x80 {
			n++
		}
	}
	return n
}

// likelyUTF8 tells UTF-8 under a wrong declaration from a legacy text that is
// valid UTF-8 by chance: it wants several characters, mostly of three bytes.
func likelyUTF8(b []byte) bool {
	n, long := 0, 0
	for _, r := range string(b) {
		if r >= 0x80 {
			n++
		}
		if r >= 0x800 {
			long++
		}
	}
	return n >= 4 && long*2 > n
}

// narrow reports whether every byte is a character of its own, so that nothing
// can refute the declaration.
func narrow(enc encoding.Encoding) bool { _, ok := enc.(*charmap.Charmap); return ok }

// wide reports whether ASCII bytes do not stand for themselves.
func wide(enc encoding.Encoding) bool {
	if enc == nil {
		return false
	}
	out, err := enc.NewDecoder().Bytes([]byte("ab~c"))
	return err != nil || string(out) != "ab~c"
}
