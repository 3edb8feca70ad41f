package modelfile

import (
	"math"
	"strconv"
	"strings"
)

// element is an element with the defaults that apply to it: layers from the most general default to the
// element itself, of which the last that has an attribute counts.
type element struct {
	*node
	layers []*node
}

func (e element) get(name string) (string, bool) {
	for i := len(e.layers) - 1; i >= 0; i-- {
		if s, ok := e.layers[i].attr(name); ok {
			return s, true
		}
	}
	return "", false
}

func (e element) has(name string) bool { _, ok := e.get(name); return ok }

func plain(n *node) element { return element{n, []*node{n}} }

// numbers parses a list of at least low and at most len(dst) finite numbers into dst and returns how many.
func (n *node) numbers(name, s string, dst []float64, low int) (int, error) {
	fields := strings.Fields(s)
	if len(fields) < low || len(fields) > len(dst) {
		if low == len(dst) {
			return 0, n.errorf("attribute %s: %d numbers, not %d", name, len(fields), low)
		}
		return 0, n.errorf("attribute %s: %d numbers, not %d to %d", name, len(fields), low, len(dst))
	}
	for i, f := range fields {
		x, err := parseNumber(f)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || math.Abs(x) > 1e12 {
			return 0, n.errorf("attribute %s: %q is not a usable number", name, f)
		}
		dst[i] = x
	}
	return len(fields), nil
}

// parseNumber reads what C's strtod reads: hexadecimal numbers too, with or without an exponent, but no underscores.
func parseNumber(s string) (float64, error) {
	low := strings.ToLower(s)
	switch {
	case strings.Contains(s, "_"):
		return 0, strconv.ErrSyntax
	case strings.HasPrefix(strings.TrimLeft(low, "+-"), "0x") && !strings.Contains(low, "p"):
		s += "p0"
	}
	return strconv.ParseFloat(s, 64)
}

// vector overlays the values of all layers on dst, so that a short list keeps the tail of the default.
func (e element) vector(name string, dst []float64, low int) error {
	for _, l := range e.layers {
		if s, ok := l.attr(name); ok {
			if _, err := l.numbers(name, s, dst, low); err != nil {
				return err
			}
		}
	}
	return nil
}

// number reads a scalar; dst keeps its value where the attribute is absent.
func (e element) number(name string, dst *float64) error {
	v := [1]float64{*dst}
	err := e.vector(name, v[:], 1)
	*dst = v[0]
	return err
}

// whole reads an integer of [low, high].
func (e element) whole(name string, dst *int, low, high int) error {
	x := float64(*dst)
	if err := e.number(name, &x); err != nil {
		return err
	}
	if x != math.Trunc(x) || x < float64(low) || x > float64(high) {
		return e.errorf("attribute %s: %v is not a whole number of %d to %d", name, x, low, high)
	}
	*dst = int(x)
	return nil
}

// choice reads one of the given words, returns the first where the attribute is absent.
func (e element) choice(name string, options ...string) (string, error) {
	s, ok := e.get(name)
	if !ok {
		return options[0], nil
	}
	for _, o := range options {
		if s == o {
			return s, nil
		}
	}
	return "", e.errorf("attribute %s: %q is none of %s", name, s, strings.Join(options, ", "))
}

// limited resolves a limit attribute: true, false, or auto (limited where the range rises), for which the file must allow
// to leave it out (autolimits).
func (c *compiler) limited(e element, name string, r [2]float64) (bool, error) {
	s, err := e.choice(name, "auto", "true", "false")
	if err != nil {
		return false, err
	}
	return c.isLimited(e.node, name, s, r)
}

func (c *compiler) isLimited(n *node, name, value string, r [2]float64) (bool, error) {
	rises := r[0] < r[1]
	switch {
	case value == "true" && !rises:
		return false, n.errorf("attribute %s: limited without a range that rises", name)
	case value == "auto" && !c.autoLimits && r != [2]float64{}:
		return false, n.errorf("attribute %s is needed beside the range, since autolimits is false", name)
	}
	return value == "true" || value == "auto" && rises, nil
}
