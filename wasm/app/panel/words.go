package panel

import (
	"strconv"
	"strings"
)

// strengthOf is what an action of 1 does, and its unit: 3 and "200 N m" are 600 N m.
func strengthOf(name string, scale float64) (most float64, unit string) {
	unit = unitOf(name)
	number, rest, found := strings.Cut(unit, "\u202f")
	if factor, err := strconv.ParseFloat(number, 64); found && err == nil {
		return scale * factor, rest
	}
	return scale, unit
}

// unitOf is what stands in brackets at the end of a name: "N m" of "torque (N m)".
func unitOf(name string) string {
	_, unit, _ := strings.Cut(name, "(")
	return strings.ReplaceAll(strings.TrimSuffix(unit, ")"), " ", "\u202f")
}

// quantityOf is what stands before the brackets.
func quantityOf(name string) string {
	quantity, _, _ := strings.Cut(name, " (")
	return quantity
}
