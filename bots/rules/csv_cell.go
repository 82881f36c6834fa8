package rules

import (
	"encoding/json"
	"fmt"
	"strings"

	"parley/core/canon"
)

// This file says how the parts of a rule stand in one cell of a table, so that
// people can write them in a spreadsheet and nothing is lost on the way back.

// joinPatterns writes one pattern a line. Readers may also part them with |,
// which therefore stands as \| in a pattern; expressions keep their own |.
func joinPatterns(m Match, patterns []string) string {
	all := strings.Join(patterns, "\n")
	if m == MatchRegex {
		return all
	}
	return strings.ReplaceAll(all, "|", `\|`)
}

func splitPatterns(m Match, cell string) []string {
	var (
		all  []string
		word strings.Builder
		bar  bool // the word is beside a |, where spaces are for looks
	)
	end := func(atBar bool) {
		p := word.String()
		if bar || atBar {
			p = strings.TrimSpace(p)
		}
		if !blank(p) {
			all = append(all, p)
		}
		word.Reset()
		bar = atBar
	}
	for i := 0; i < len(cell); i++ {
		switch {
		case cell[i] == '\n':
			end(false)
		case m == MatchRegex:
			word.WriteByte(cell[i])
		case cell[i] == '\\' && strings.HasPrefix(cell[i+1:], "|"):
			word.WriteByte('|')
			i++
		case cell[i] == '|':
			end(true)
		default:
			word.WriteByte(cell[i])
		}
	}
	end(false)
	return all
}

// Variants stand under each other, parted by a line of three dashes. A first line
// @en tags a variant with a language. A line {menu:id}, {image:id}, {audio:id},
// {video:id} or {file:id} is a part of its own, {text} parts two texts, and
// {json:…} holds what has more to it. A backslash before a line makes it plain.
const (
	variantLine = "---"
	textLine    = "{text}"
	jsonOpen    = "{json:"
)

func writeReplies(replies []Reply) (string, error) {
	var variants []string
	for _, r := range replies {
		var lines []string
		if r.Language != "" {
			lines = append(lines, "@"+r.Language)
		}
		for i, p := range r.Parts {
			if i > 0 && p.Type == PartText && r.Parts[i-1].Type == PartText {
				lines = append(lines, textLine)
			}
			part, err := writePart(p)
			if err != nil {
				return "", err
			}
			lines = append(lines, part...)
		}
		variants = append(variants, strings.Join(lines, "\n"))
	}
	return strings.Join(variants, "\n"+variantLine+"\n"), nil
}

func writePart(p ReplyPart) ([]string, error) {
	switch {
	case p == ReplyPart{Type: PartText, Text: p.Text} && !blank(p.Text):
		return plainLines(p.Text), nil
	case p == ReplyPart{Type: PartMenu, Menu: p.Menu} && idPattern.MatchString(p.Menu):
		return []string{"{menu:" + p.Menu + "}"}, nil
	case p == ReplyPart{Type: p.Type, File: p.File} && p.media() && !p.File.IsZero():
		return []string{"{" + string(p.Type) + ":" + p.File.String() + "}"}, nil
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("part of type %s: %w", p.Type, err)
	}
	return []string{jsonOpen + string(raw) + "}"}, nil
}

func (p ReplyPart) media() bool {
	switch p.Type {
	case PartImage, PartAudio, PartVideo, PartFile:
		return true
	}
	return false
}

// plainLines escapes the lines of a text that would read as something else, and
// blank ones at its ends, which a reader drops.
func plainLines(text string) []string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		seen := strings.TrimSpace(line)
		edge := (i == 0 || i == len(lines)-1) && seen == ""
		if edge || seen == variantLine || strings.HasPrefix(line, `\`) || strings.HasPrefix(seen, "{") || strings.HasPrefix(seen, "@") {
			lines[i] = `\` + line
		}
	}
	return lines
}

// readReplies reads what writeReplies wrote, and what people write.
func readReplies(cell string) ([]Reply, error) {
	var all []Reply
	for _, variant := range splitVariants(cell) {
		r, err := readReply(variant)
		if err != nil {
			return nil, err
		}
		if len(r.Parts) > 0 {
			all = append(all, r)
		}
	}
	return all, nil
}

// splitVariants cuts a cell into variants of lines.
func splitVariants(cell string) [][]string {
	var (
		all  [][]string
		cur  []string
		text = strings.ReplaceAll(cell, "\r\n", "\n")
	)
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == variantLine {
			all = append(all, cur)
			cur = nil
			continue
		}
		cur = append(cur, line)
	}
	return append(all, cur)
}

func readReply(lines []string) (Reply, error) {
	var (
		r    Reply
		text []string
	)
	flush := func() {
		for len(text) > 0 && strings.TrimSpace(text[0]) == "" {
			text = text[1:]
		}
		for len(text) > 0 && strings.TrimSpace(text[len(text)-1]) == "" {
			text = text[:len(text)-1]
		}
		for i, line := range text {
			text[i] = strings.TrimPrefix(line, `\`)
		}
		if len(text) > 0 {
			r.Parts = append(r.Parts, ReplyPart{Type: PartText, Text: strings.Join(text, "\n")})
		}
		text = nil
	}
	lang, lines := readLanguage(lines)
	r.Language = lang
	for _, line := range lines {
		p, ok, err := readPart(strings.TrimSpace(line))
		switch {
		case err != nil:
			return Reply{}, err
		case !ok:
			text = append(text, line)
			continue
		}
		flush()
		if p.Type != "" {
			r.Parts = append(r.Parts, p)
		}
	}
	flush()
	return r, nil
}

// readLanguage takes a first line @en off the lines of a variant.
func readLanguage(lines []string) (string, []string) {
	for i, line := range lines {
		s := strings.TrimSpace(line)
		if s == "" {
			continue
		}
		if tag, ok := strings.CutPrefix(s, "@"); ok && tag != "" && !strings.ContainsFunc(tag, func(r rune) bool { return !wordy(r) && r != '-' }) {
			return tag, lines[i+1:]
		}
		break
	}
	return "", lines
}

// readPart reads a line that is a part of its own; the line {text} gives one
// without a type.
func readPart(line string) (ReplyPart, bool, error) {
	if line == textLine {
		return ReplyPart{}, true, nil
	}
	if !strings.HasPrefix(line, "{") || !strings.HasSuffix(line, "}") {
		return ReplyPart{}, false, nil
	}
	if raw, ok := strings.CutPrefix(line, jsonOpen); ok {
		var p ReplyPart
		if err := json.Unmarshal([]byte(strings.TrimSuffix(raw, "}")), &p); err != nil {
			return ReplyPart{}, false, fmt.Errorf("%s…}: %w", jsonOpen, err)
		}
		return p, true, nil
	}
	kind, id, ok := strings.Cut(line[1:len(line)-1], ":")
	p := ReplyPart{Type: PartType(kind)}
	switch {
	case !ok:
		return ReplyPart{}, false, nil
	case p.Type == PartMenu:
		p.Menu = strings.TrimSpace(id)
	case p.media():
		file, err := canon.ParseID(strings.TrimSpace(id))
		if err != nil {
			return ReplyPart{}, false, fmt.Errorf("%s: %w", line, err)
		}
		p.File = file
	default:
		return ReplyPart{}, false, nil
	}
	return p, true, nil
}

// Plain texts with variants stand in a cell in the same way.
func writeSayings(texts []Saying) string {
	var variants []string
	for _, s := range texts {
		var lines []string
		if s.Language != "" {
			lines = append(lines, "@"+s.Language)
		}
		variants = append(variants, strings.Join(append(lines, plainLines(s.Text)...), "\n"))
	}
	return strings.Join(variants, "\n"+variantLine+"\n")
}

func readSayings(cell string) []Saying {
	var all []Saying
	for _, lines := range splitVariants(cell) {
		lang, lines := readLanguage(lines)
		for i, line := range lines { // no line is a part here
			if strings.HasPrefix(strings.TrimSpace(line), "{") {
				lines[i] = `\` + line
			}
		}
		r, err := readReply(lines)
		if err == nil && len(r.Parts) > 0 {
			all = append(all, Saying{Language: lang, Text: r.Parts[0].Text})
		}
	}
	return all
}
