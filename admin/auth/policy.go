package auth

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"parley/core"
	"parley/core/connector"
)

// MinPassword is the shortest password, in characters.
const MinPassword = 8

//go:embed breached.txt
var breachedList string

// breached are passwords that turn up first in every leak, in lower case.
var breached = sync.OnceValue(func() []string {
	words := strings.Fields(breachedList)
	slices.Sort(words)
	return words
})

// CheckPassword refuses a new password that is short or would be guessed
// first. words are what belongs to the person: address, name, business.
func CheckPassword(field, password string, words ...string) error {
	if utf8.RuneCountInString(password) < MinPassword {
		return core.Invalid("password_short", field,
			connector.Text{EN: "A password has at least 8 characters.", ZH: "密码至少需要 8 个字符。"},
			connector.Text{EN: "Write a longer one; a few unrelated words are easy to remember.", ZH: "请使用更长的密码，例如几个互不相关的词。"})
	}
	if len(password) > maxPassword {
		return core.Invalid("password_long", field,
			connector.Text{EN: "A password has at most 1,024 bytes.", ZH: "密码最长 1024 字节。"}, connector.Text{EN: "Write a shorter one.", ZH: "请缩短密码。"})
	}
	if guessable(password, words) {
		return core.Invalid("password_common", field,
			connector.Text{EN: "This password is among the first that are tried.", ZH: "该密码过于常见，容易被猜中。"},
			connector.Text{EN: "Choose one that is not a known password, a sequence, or your own name.", ZH: "请避免常见密码、连续字符或自己的名字。"})
	}
	return nil
}

func guessable(password string, words []string) bool {
	p := strings.ToLower(password)
	if _, found := slices.BinarySearch(breached(), p); found || monotone(p) {
		return true
	}
	for _, w := range words {
		w = strings.ToLower(strings.TrimSpace(w))
		name, _, _ := strings.Cut(w, "@")
		if len(w) >= 3 && (p == w || p == name || strings.Trim(p, "0123456789!.@#_-") == name) {
			return true
		}
	}
	return false
}

// monotone: "aaaaaaaa", "12345678", "hgfedcba", "abababab".
func monotone(p string) bool {
	r := []rune(p)
	same, up, down, pair := true, true, true, true
	for i := 1; i < len(r); i++ {
		same = same && r[i] == r[i-1]
		up = up && r[i] == r[i-1]+1
		down = down && r[i] == r[i-1]-1
		if i >= 2 {
			pair = pair && r[i] == r[i-2]
		}
	}
	return same || up || down || pair
}
