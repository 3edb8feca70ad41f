// Package lang is the language of the stage's texts. As on the page (web/js/language.js) the English text is the key: Text and
// Textf return what the table has for it, and itself where the table has nothing. The table is that of the program's one
// reader, so that it is the package's; main sets it before there is a panel.
package lang

import "fmt"

var table map[string]string

// Set sets the table, English text or format -> text or format in the language; nil is English.
func Set(t map[string]string) { table = t }

// Text is a text in the language.
func Text(text string) string {
	if own := table[text]; own != "" {
		return own
	}
	return text
}

// Textf formats by a format in the language, which may take the values in another order (%[2]d).
func Textf(format string, values ...any) string { return fmt.Sprintf(Text(format), values...) }
