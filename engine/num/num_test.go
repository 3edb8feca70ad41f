package num_test

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"

	"onestep/engine/num"
)

// ulps is |got - want| in units of want's last place.
func ulps(got, want float64) float64 {
	if got == want || (math.IsNaN(got) && math.IsNaN(want)) {
		return 0
	}
	ulp := math.Abs(math.Nextafter(want, math.Inf(1)) - want)
	return math.Abs(got-want) / ulp
}

// sweep calls f with arguments of both signs and of all sizes up to limit.
func sweep(limit float64, f func(x float64)) {
	const n = 1001
	for i := range n {
		u := 2*float64(i)/(n-1) - 1
		f(limit * u)
		f(limit * u * u * u * u * u * u * u)
		f(limit * u * 1e-9)
	}
}

// bigExp is e^x to 300 bits: the series at x/2^64, squared 64 times (which costs about 64 bits).
func bigExp(x float64) *big.Float {
	r := new(big.Float).SetPrec(300).SetFloat64(x)
	r.SetMantExp(r, -64)
	sum, term := new(big.Float).SetPrec(300).SetInt64(1), new(big.Float).SetPrec(300).SetInt64(1)
	for n := range 12 {
		term.Mul(term, r)
		term.Quo(term, big.NewFloat(float64(n+1)))
		sum.Add(sum, term)
	}
	for range 64 {
		sum.Mul(sum, sum)
	}
	return sum
}

// TestAgainstExactValues: an ulp for one rounding more than the correct one, two where a division and the
// rounding of its arguments follow.
func TestAgainstExactValues(t *testing.T) {
	one := big.NewFloat(1)
	for _, c := range []struct {
		name      string
		f         func(float64) float64
		exact     func(x float64) *big.Float
		limit     float64
		tolerance float64 // ulp
	}{
		{"Exp", num.Exp, bigExp, 700, 1},
		{"Expm1", num.Expm1, func(x float64) *big.Float { return new(big.Float).Sub(bigExp(x), one) }, 50, 2},
		{"Tanh", num.Tanh, func(x float64) *big.Float {
			e := bigExp(2 * x)
			return new(big.Float).Quo(new(big.Float).Sub(e, one), new(big.Float).Add(e, one))
		}, 25, 2},
	} {
		worst, at := 0.0, 0.0
		sweep(c.limit, func(x float64) {
			want, _ := c.exact(x).Float64()
			if d := ulps(c.f(x), want); d > worst {
				worst, at = d, x
			}
		})
		assert.LessOrEqual(t, worst, c.tolerance, "%s at %g", c.name, at)
	}
	// Package math claims less than 1 ulp for Log1p; ours adds two roundings.
	sweep(0.9999, func(x float64) { assert.LessOrEqual(t, ulps(num.Log1p(x), math.Log1p(x)), 3.0, "Log1p(%g)", x) })
}

func TestSpecialValues(t *testing.T) {
	values := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 2, -2, 3, -3, 1e19, -1e19, 1e300, -1e300, 5e-324,
		math.MaxFloat64, 710, -746, -750, math.Inf(1), math.Inf(-1), math.NaN()}
	same := func(name string, got, want float64) {
		t.Helper()
		if want == 0 || math.IsInf(want, 0) || math.IsNaN(want) {
			assert.Equal(t, fmt.Sprint(want), fmt.Sprint(got), name)
			assert.True(t, math.IsNaN(want) || math.Signbit(want) == math.Signbit(got), name)
			return
		}
		// Both round correctly to within an ulp of each other away from the special values.
		assert.LessOrEqual(t, ulps(got, want), 2.0, name)
	}
	for _, x := range values {
		same(fmt.Sprintf("Exp(%g)", x), num.Exp(x), math.Exp(x))
		same(fmt.Sprintf("Expm1(%g)", x), num.Expm1(x), math.Expm1(x))
		same(fmt.Sprintf("Tanh(%g)", x), num.Tanh(x), math.Tanh(x))
		same(fmt.Sprintf("Log1p(%g)", x), num.Log1p(x), math.Log1p(x))
		for _, y := range values {
			same(fmt.Sprintf("Pow(%g, %g)", x, y), num.Pow(x, y), math.Pow(x, y))
		}
	}
}

// TestPowIntegers compares whole powers with exact arithmetic: half an ulp of rounding and a little for the
// pair arithmetic.
func TestPowIntegers(t *testing.T) {
	for _, x := range []float64{0.9, 0.999, 0.995, 1.0000001, 3, 7.25, 1e-3} {
		for _, n := range []int{2, 3, 7, 10, 64, 100} {
			exact := new(big.Float).SetPrec(6000).SetInt64(1)
			for range n {
				exact.Mul(exact, new(big.Float).SetFloat64(x))
			}
			want, _ := exact.Float64()
			assert.LessOrEqual(t, ulps(num.Pow(x, float64(n)), want), 1.0, "%g^%d", x, n)
			inverse, _ := new(big.Float).SetPrec(6000).Quo(big.NewFloat(1), exact).Float64()
			assert.LessOrEqual(t, ulps(num.Pow(x, float64(-n)), inverse), 1.0, "%g^-%d", x, n)
		}
	}
	want, _ := new(big.Float).SetPrec(200).Sqrt(big.NewFloat(1e200)).Float64()
	assert.LessOrEqual(t, ulps(num.Pow(1e200, 0.5), want), 1.0)
}

func TestTanhIsOdd(t *testing.T) {
	sweep(30, func(x float64) { assert.Equal(t, -num.Tanh(x), num.Tanh(-x)) })
}

// TestTrigonometry: the arguments' own roundings are no error of the functions, and package math is within an ulp as well.
func TestTrigonometry(t *testing.T) {
	near := func(name string, got, want, x float64) {
		t.Helper()
		assert.True(t, math.Abs(got-want) <= 3e-16 || ulps(got, want) <= 2, "%s(%g): %g and %g", name, x, got, want)
	}
	check := func(x float64) {
		s, c := math.Sincos(x)
		near("Sin", num.Sin(x), s, x)
		near("Cos", num.Cos(x), c, x)
		near("Log", num.Log(math.Abs(x)), math.Log(math.Abs(x)), x)
		near("Atan2", num.Atan2(x, 1.5), math.Atan2(x, 1.5), x)
		near("Atan2", num.Atan2(x, -0.1), math.Atan2(x, -0.1), x)
		near("Hypot", num.Hypot(x, 3), math.Hypot(x, 3), x)
	}
	for _, limit := range []float64{1, 1e3, 1e8, 1e12, 1e17, 1e250} {
		sweep(limit, check)
	}
	for _, x := range []float64{0, math.Copysign(0, -1), 5e-324, math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64} {
		for _, f := range []struct{ ours, theirs func(float64) float64 }{{num.Sin, math.Sin}, {num.Cos, math.Cos}, {num.Log, math.Log}} {
			if x == 5e-324 {
				continue
			}
			assert.Equal(t, fmt.Sprint(f.theirs(x)), fmt.Sprint(f.ours(x)), "%g", x)
		}
		for _, y := range []float64{0, math.Copysign(0, -1), 2, -2, math.Inf(1), math.NaN()} {
			assert.Equal(t, fmt.Sprint(math.Atan2(y, x)), fmt.Sprint(num.Atan2(y, x)), "%g %g", y, x)
			assert.Equal(t, fmt.Sprint(math.Hypot(y, x)), fmt.Sprint(num.Hypot(y, x)), "%g %g", y, x)
		}
	}
	assert.InDelta(t, -744.4400719213812, num.Log(5e-324), 1e-12) // 1074 ln 2; package math's assembly says -709
}

// TestSameBitsEverywhere holds the bits of a sweep to a recorded hash, on whatever machine it runs.
func TestSameBitsEverywhere(t *testing.T) {
	h := fnv.New64a()
	add := func(v float64) {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
		h.Write(b[:])
	}
	sweep(700, func(x float64) {
		add(num.Exp(x))
		add(num.Expm1(x))
		add(num.Tanh(x / 30))
		add(num.Log1p(x/701 - 1e-3))
		add(num.Pow(1.01+math.Abs(x), x/100))
	})
	assert.Equal(t, "1eb52ac7d9a4bb42", fmt.Sprintf("%016x", h.Sum64()))
	h.Reset()
	sweep(5e8, func(x float64) {
		for _, x := range []float64{x, x * 1e-9} {
			add(num.Sin(x))
			add(num.Cos(x))
			add(num.Log(math.Abs(x)))
			add(num.Atan2(x, 0.7))
			add(num.Hypot(x, 0.7))
		}
	})
	assert.Equal(t, "e51aab1e8f345558", fmt.Sprintf("%016x", h.Sum64()))
}
