package letter

import (
	"regexp"
	"strings"
)

// attribution is the line that introduces a quoted mail, in the words of the
// programs people write with.
var attribution = regexp.MustCompile(`(?i)^\s*(?:` + strings.Join([]string{
	`On .{6,300} wrote\s*:`,
	`Le .{6,300} a écrit\s*:`,
	`Am .{6,300} schrieb.{0,200}:`,
	`El .{6,300} escribió\s*:`,
	`Em .{6,300} escreveu\s*:`,
	`在\s?.{4,300}写道\s*[:：]`,
	`.{0,200}于\s?.{4,200}写道\s*[:：]`,
	`.{0,200}於\s?.{4,200}寫道\s*[:：]`,
	`\d{4}年\d{1,2}月\d{1,2}日.{0,200}(?:写道|寫道|のメール|<.{3,100}@.{3,100}>)\s*[:：]`,
	`\d{4}[-/]\d{1,2}[-/]\d{1,2}.{0,200}<.{3,100}@.{3,100}>\s*[:：]`,
	`At \d{4}-\d\d-\d\d .{3,200} wrote\s*:`,
}, "|") + `)\s*$`)

// divider is the line between a mail and the one it answers.
var divider = regexp.MustCompile(`(?i)^\s*[-_—]{2,}\s*(?:Original Message|Original Appointment|Original|原始邮件|原邮件|原始郵件|回复的原邮件|Ursprüngliche Nachricht|Message d'origine|Mensaje original|元のメッセージ|Reply Message|Reply to message)\s*[-_—]{2,}`)

var forwarded = regexp.MustCompile(`(?i)^\s*(?:-{2,}\s*)?(?:Forwarded message|Begin forwarded message|转发的邮件|轉寄的郵件|Weitergeleitete Nachricht|-+\s*转发邮件信息\s*-+)`)

// headerLine is a line of the block Outlook and its kin put above what they quote.
var headerLine = regexp.MustCompile(`(?i)^\s*\**\s*(From|Sent|Date|To|Cc|Subject|Von|Gesendet|An|Betreff|De|Envoyé|Objet|发件人|寄件者|寄件人|发送时间|发送日期|寄件日期|日期|收件人|收件者|抄送|副本|主题|主旨|差出人|送信日時|宛先|件名)\s*[:：]\**\s*\S?`)

var fromLine = regexp.MustCompile(`(?i)^\s*\**\s*(From|Von|De|发件人|寄件者|寄件人|差出人)\s*[:：]`)

var forwardSubject = regexp.MustCompile(`(?i)^\s*(?:\[.{1,40}\]\s*)?(?:fwd?|wg|tr|rv|转发|轉寄|転送)\s*[:：]`)

func isForward(subject string) bool { return forwardSubject.MatchString(subject) }

// splitQuote parts what the writer wrote from the mail quoted below it. It
// returns all of s, and no quote, when the answers stand between quoted lines,
// when a mail is passed on rather than answered, or when nothing else would be
// left.
func splitQuote(s string, forward bool) (text, quote string) {
	if forward {
		return s, ""
	}
	lines := strings.Split(s, "\n")
	start := quoteStart(lines)
	if start < 0 {
		return s, ""
	}
	before, rest := lines[:start], lines[start:]
	end := quoteEnd(rest)
	after := rest[end:]
	for _, line := range after {
		if isQuoted(line) {
			return s, ""
		}
	}
	text = strings.Join(append(append([]string{}, before...), after...), "\n")
	if strings.TrimSpace(text) == "" {
		return s, ""
	}
	return text, strings.Join(rest[:end], "\n")
}

// quoteStart is the line the quote begins at, or -1.
func quoteStart(lines []string) int {
	for i, line := range lines {
		switch {
		case len(line) > maxLine:
			continue
		case forwarded.MatchString(line):
			return -1
		case divider.MatchString(line), attribution.MatchString(line):
			return i
		case i+1 < len(lines) && len(lines[i+1]) < maxLine && strings.HasPrefix(strings.TrimSpace(line), "On ") &&
			attribution.MatchString(strings.TrimSpace(line)+" "+strings.TrimSpace(lines[i+1])):
			return i // broken over two lines
		case fromLine.MatchString(line) && headerBlock(lines[i:]):
			for i > 0 && (strings.TrimSpace(lines[i-1]) == "" || strings.Trim(lines[i-1], " _-") == "") {
				i--
			}
			return i
		case isQuoted(line) && trailing(lines[i:]):
			return i
		}
	}
	return -1
}

// headerBlock reports whether at least three header lines follow each other.
func headerBlock(lines []string) bool {
	n := 0
	for _, line := range lines[:min(len(lines), 8)] {
		if len(line) < maxLine && headerLine.MatchString(line) {
			n++
		} else if strings.TrimSpace(line) != "" && n < 2 {
			return false
		}
	}
	return n >= 3
}

// trailing reports whether everything from here on is quoted.
func trailing(lines []string) bool {
	n := 0
	for _, line := range lines {
		if isQuoted(line) {
			n++
		} else if strings.TrimSpace(line) != "" {
			return false
		}
	}
	return n >= 2
}

// quoteEnd is where the words of the writer go on below a quote marked line by
// line; a quote without marks runs to the end.
func quoteEnd(lines []string) int {
	last := -1
	for i, line := range lines {
		switch {
		case isQuoted(line):
			last = i
		case last >= 0 && strings.TrimSpace(line) != "":
			return last + 1
		case last < 0 && i > 3 && strings.TrimSpace(line) != "":
			return len(lines)
		}
	}
	return len(lines)
}

func isQuoted(line string) bool {
	line = strings.TrimLeft(line, " ")
	return strings.HasPrefix(line, ">") || strings.HasPrefix(line, "＞")
}
