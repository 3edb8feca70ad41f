package quote

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	for text, want := range map[string]string{
		"":                        `""`,
		"pendulum":                `"pendulum"`,
		"a\x1b[2Jb\n\u202e":       `"a\x1b[2Jb\n\u202e"`,
		"\xff":                    `"\xff"`,
		strings.Repeat("ä", 1000): `"` + strings.Repeat("ä", 40) + `"…`,
	} {
		require.Equal(t, want, Text(text))
	}
}

func TestWord(t *testing.T) {
	for text, want := range map[string]string{
		"linux/amd64": "linux/amd64", "onestep 0.1.0": "onestep 0.1.0", "": `""`, "a\"b": `"a\"b"`, "\x1b]0;x\a": `"\x1b]0;x\a"`, "größe": `"größe"`,
	} {
		require.Equal(t, want, Word(text))
	}
}

func TestMessage(t *testing.T) {
	for text, want := range map[string]string{
		"one\n\ttwo … µ": "one\n\ttwo … µ", "a\x1b[31mb\a\r": `a\x1b[31mb\a\r`, "\xc3(": `\xc3(`, "\uFFFD": "\uFFFD", "\u202eevil\u0085": `\u202eevil\u0085`,
	} {
		require.Equal(t, want, Message(text))
	}
	long := Message("begin " + strings.Repeat("ä", 300_000) + " end")
	require.Less(t, len(long), 4010)
	require.True(t, strings.HasPrefix(long, "begin ä") && strings.HasSuffix(long, "ä end"))
}

func TestCell(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "+x": "'+x", "-x": "'-x", "@x": "'@x", "\t=x": "'\t=x", "fpmd-m": "fpmd-m", "": ""} {
		require.Equal(t, want, Cell(text))
	}
}

func FuzzMessage(f *testing.F) {
	f.Add("a\x1b[2J\xff\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		for _, out := range []string{Message(s), Text(s), Word(s)} {
			require.True(t, utf8.ValidString(out))
			require.LessOrEqual(t, len(out), 40_000)
			for _, r := range out {
				require.True(t, r == '\n' || r == '\t' || unicode.IsPrint(r), "%q", out)
			}
		}
	})
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 123456: "123,456", 1000000: "1,000,000", -100: "-100", -1000: "-1,000"} {
		if got := Grouped(n); got != want {
			t.Errorf("Grouped(%d) = %q, want %q", n, got, want)
		}
	}
}
