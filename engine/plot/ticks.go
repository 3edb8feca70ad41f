package plot

import (
	"math"
	"strconv"
	"strings"
)

// Scale maps an interval of data onto [0,1], linearly or by the logarithm.
type Scale struct {
	Lo, Hi float64 // Lo < Hi; both positive where Log
	Log    bool
}

// At is the place of x, 0 at Lo and 1 at Hi; -Inf for x <= 0 on a logarithmic scale.
func (s Scale) At(x float64) float64 {
	if s.Log {
		if !(x > 0) {
			return math.Inf(-1)
		}
		return math.Log(x/s.Lo) / math.Log(s.Hi/s.Lo)
	}
	return (x - s.Lo) / (s.Hi - s.Lo)
}

// Value is the inverse of At.
func (s Scale) Value(p float64) float64 {
	if s.Log {
		return s.Lo * math.Pow(s.Hi/s.Lo, p)
	}
	return s.Lo + p*(s.Hi-s.Lo)
}

// Tick is a place on an axis; Text is empty for a minor one.
type Tick struct {
	Value float64
	Text  string
}

// Ticks appends round places of s to dst: about want of them, steps 1, 2 or 5 times a power of ten; on a
// logarithmic scale the decades, with 2..9 as minor ticks (labelled 2 and 5 where there are few decades).
func (s Scale) Ticks(dst []Tick, want int) []Tick {
	if s.Log {
		return s.logTicks(dst, want)
	}
	step := niceStep((s.Hi - s.Lo) / float64(max(1, want)))
	if !(step > 0) || math.IsInf(step, 0) {
		return dst
	}
	slack := 1e-9 * (s.Hi - s.Lo)
	for k := math.Ceil((s.Lo - slack) / step); k*step <= s.Hi+slack; k++ {
		dst = append(dst, Tick{k * step, Number(k*step, step)})
	}
	return dst
}

func (s Scale) logTicks(dst []Tick, want int) []Tick {
	first, last := math.Floor(math.Log10(s.Lo)+1e-9), math.Ceil(math.Log10(s.Hi)-1e-9)
	every := math.Ceil((last - first) / float64(max(1, want)))
	for e := first; e <= last; e++ {
		for m := 1.0; m <= 9; m++ {
			v := m * math.Pow(10, e)
			if v < s.Lo*(1-1e-9) || v > s.Hi*(1+1e-9) {
				continue
			}
			t := Tick{Value: v}
			if m == 1 && math.Mod(e-first, every) == 0 || last-first <= 1 && (m == 2 || m == 5) {
				t.Text = Number(v, v)
			}
			dst = append(dst, t)
		}
	}
	return dst
}

// niceStep is the smallest of 1, 2, 5 times a power of ten that is not below x.
func niceStep(x float64) float64 {
	if !(x > 0) {
		return 0
	}
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, f := range [3]float64{1, 2, 5} {
		if f*p >= x*(1-1e-9) {
			return f * p
		}
	}
	return 10 * p
}

// Nice widens [lo, hi] to round ends, about want steps apart.
func Nice(lo, hi float64, want int) (float64, float64) {
	if !(hi > lo) {
		lo, hi = lo-1, hi+1
	}
	step := niceStep((hi - lo) / float64(max(1, want)))
	return math.Floor(lo/step+1e-9) * step, math.Ceil(hi/step-1e-9) * step
}

// Number writes v with the digits that steps of the given size need: 1,000s with k, 1,000,000s with M,
// and a true minus sign.
func Number(v, step float64) string {
	unit, suffix := 1.0, ""
	switch a := math.Max(math.Abs(v), step); {
	case v == 0:
	case a >= 1e6 && step >= 1e5:
		unit, suffix = 1e6, "M"
	case a >= 1e4 && step >= 1e2:
		unit, suffix = 1e3, "k"
	}
	digits := int(math.Max(0, math.Ceil(-math.Log10(step/unit)-1e-9)))
	text := strconv.FormatFloat(v/unit, 'f', min(digits, 8), 64)
	if strings.Trim(text, "-0.") == "" {
		text = "0"
		suffix = ""
	}
	return strings.Replace(text, "-", "−", 1) + suffix
}
