package strict

import (
	"strconv"
	"strings"
)

// Float reads a number in decimal notation, such as -0.5, .5 or 1e-3. Infinities and NaN are as in strconv.ParseFloat, for whoever
// bounds the number to refuse; what that reads beside them, hexadecimal numbers and underscores, is a syntax error.
func Float(text string) (float64, error) {
	if strings.ContainsAny(text, "xX_") {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(text, 64)
}
