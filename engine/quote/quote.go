// Package quote makes text that comes from somebody else's file or link fit for a message, a terminal and a table.
package quote

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longest bytes of a foreign text in a message, and of a message.
const (
	maxText    = 80
	maxMessage = 4000
)

// Text quotes a foreign text as Go does, so that control characters and a terminal's escapes are shown, and cuts it when long.
func Text(s string) string {
	if cut := cutAt(s, maxText); cut < len(s) {
		return strconv.Quote(s[:cut]) + "…"
	}
	return strconv.Quote(s)
}

// Args cuts the foreign texts among the arguments of a format that quotes them by %q.
func Args(args []any) []any {
	for i, arg := range args {
		if s, ok := arg.(string); ok && len(s) > maxText {
			args[i] = s[:cutAt(s, maxText)] + "…"
		}
	}
	return args
}

// Word is a foreign text as it is where that is a plain word or number, such as linux/amd64, and quoted otherwise.
func Word(s string) string {
	plain := func(r rune) bool {
		return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" .,:;/+-_()", r))
	}
	if s != "" && len(s) <= maxText && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return Text(s)
}

// Message is a message that may hold foreign text unquoted: whatever no printer prints as a character is shown as Go
// quotes it, line ends and tabulators excepted, and the middle of a long one is left out.
func Message(s string) string {
	if len(s) > maxMessage {
		head, tail := cutAt(s, maxMessage-500), len(s)-500
		for !utf8.RuneStart(s[tail]) {
			tail++
		}
		s = s[:head] + " … " + s[tail:]
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[i])|0x100, 16)[1:])
		case r == '\n' || r == '\t' || unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			text := strconv.QuoteRune(r)
			b.WriteString(text[1 : len(text)-1])
		}
	}
	return b.String()
}

// Cell is a text in a table that other programs read: one that a spreadsheet would take for a formula gets an apostrophe
// in front, as spreadsheets write it.
func Cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// cutAt is the last place at or before n at which s can be cut.
func cutAt(s string, n int) int {
	if len(s) <= n {
		return len(s)
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

// Grouped writes a number with commas between its thousands.
func Grouped(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
