package rules

import "strings"

// suits ranks how well something tagged with a language suits a customer's:
// 3 same language and script, 2 same language, 1 tagged with none, 0 another.
// A customer of unknown language suits what has no tag.
func suits(tag, want string) int {
	if tag == "" {
		return 1
	}
	tagBase, tagScript := baseScript(tag)
	wantBase, wantScript := baseScript(want)
	switch {
	case tagBase != wantBase:
		return 0
	case tagScript == wantScript:
		return 3
	}
	return 2
}

// baseScript splits a BCP 47 tag into language and, for Chinese, script.
func baseScript(tag string) (base, script string) {
	parts := strings.FieldsFunc(strings.ToLower(tag), func(r rune) bool { return r == '-' || r == '_' })
	if len(parts) == 0 {
		return "", ""
	}
	if parts[0] != "zh" {
		return parts[0], ""
	}
	for _, p := range parts[1:] {
		switch p {
		case "hant", "tw", "hk", "mo":
			return "zh", "hant"
		case "hans":
			return "zh", "hans"
		}
	}
	return "zh", "hans"
}

// choose picks one of the variants that suit the customer best; where none does,
// one in the language of the bot, else any. n is how many there are, tag their
// language.
func choose(n int, tag func(int) string, want, bot string, seed uint64) (int, bool) {
	for _, lang := range []string{want, bot} {
		best, count := 0, 0
		for i := range n {
			switch s := suits(tag(i), lang); {
			case s > best:
				best, count = s, 1
			case s == best:
				count++
			}
		}
		if best == 0 {
			continue
		}
		nth := int(seed % uint64(count))
		for i := range n {
			if suits(tag(i), lang) == best {
				if nth == 0 {
					return i, true
				}
				nth--
			}
		}
	}
	if n == 0 {
		return 0, false
	}
	return int(seed % uint64(n)), true
}

// mix makes independent choices of one seed (SplitMix64).
func mix(seed, slot uint64) uint64 {
	z := seed + (slot+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
