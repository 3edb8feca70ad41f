package rng_test

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
)

const draws = 200000

func TestUniformMoments(t *testing.T) {
	r := rng.New(1)
	var mean, square float64
	bins := make([]int, 20)
	for range draws {
		u := r.Float64()
		require.True(t, u >= 0 && u < 1)
		mean += u / draws
		square += u * u / draws
		bins[int(u*20)]++
	}
	// Four standard errors of the mean (sd 0.289) and of the mean square (sd 0.298).
	assert.InDelta(t, 0.5, mean, 4*0.289/math.Sqrt(draws))
	assert.InDelta(t, 1.0/3, square, 4*0.298/math.Sqrt(draws))
	for i, n := range bins { // binomial, sd sqrt(n p (1-p))
		assert.InDelta(t, draws/20, n, 4.5*math.Sqrt(draws*0.05*0.95), "bin %d", i)
	}
}

// TestNormalLaw compares moments and the distribution function, the ziggurat's tail included.
func TestNormalLaw(t *testing.T) {
	r := rng.New(2)
	x := make([]float64, draws)
	rng.NormalFill(r, x)
	var m1, m2, m3, m4 float64
	for _, v := range x {
		m1 += v / draws
		m2 += v * v / draws
		m3 += v * v * v / draws
		m4 += v * v * v * v / draws
	}
	// Four standard errors: the variances of x, x^2, x^3, x^4 are 1, 2, 15, 96.
	se := 4 / math.Sqrt(draws)
	assert.InDelta(t, 0, m1, se)
	assert.InDelta(t, 1, m2, se*math.Sqrt(2))
	assert.InDelta(t, 0, m3, se*math.Sqrt(15))
	assert.InDelta(t, 3, m4, se*math.Sqrt(96))
	for _, at := range []float64{-3.7, -3, -2, -1, -0.3, 0, 0.2, 0.7, 1.5, 2.5, 3.5, 3.66, 4} {
		below := 0
		for _, v := range x {
			if v < at {
				below++
			}
		}
		p := 0.5 * math.Erfc(-at/math.Sqrt2)
		assert.InDelta(t, p, float64(below)/draws, 4.5*math.Sqrt(p*(1-p)/draws)+1e-5, "P(x < %g)", at)
	}
}

func TestIntN(t *testing.T) {
	r := rng.New(3)
	counts := make([]int, 7)
	for range draws {
		counts[r.IntN(7)]++
	}
	for i, n := range counts {
		assert.InDelta(t, draws/7.0, n, 4.5*math.Sqrt(draws*6.0/49), "value %d", i)
	}
	assert.Equal(t, 0, r.IntN(1))
	assert.Panics(t, func() { r.IntN(0) })
}

func TestMarshalResumes(t *testing.T) {
	r := rng.New(4).Split(9)
	for range 13 {
		r.Normal()
	}
	b, err := r.MarshalBinary()
	require.NoError(t, err)
	var back rng.Stream
	require.NoError(t, back.UnmarshalBinary(b))
	assert.Equal(t, r.Split(1).Uint64(), back.Split(1).Uint64())
	for range 1000 {
		require.Equal(t, r.Normal(), back.Normal())
	}
	before := back
	assert.Error(t, back.UnmarshalBinary(b[:40]))
	assert.Error(t, back.UnmarshalBinary(append([]byte{2}, b[1:]...)))
	assert.Error(t, back.UnmarshalBinary(append([]byte{1}, make([]byte, 40)...)))
	assert.Equal(t, before, back)
}

func TestSplit(t *testing.T) {
	a, b := rng.New(5), rng.New(5)
	b.Uint64()
	assert.Equal(t, a.Split(3).Uint64(), b.Split(3).Uint64(), "a child does not depend on what was drawn")
	a.Split(4)
	fresh := rng.New(5)
	assert.Equal(t, fresh.Uint64(), a.Uint64(), "splitting does not advance the parent")
	first := map[uint64]string{}
	for seed := range uint64(20) {
		for label := range uint64(20) {
			for _, s := range []struct {
				name string
				r    *rng.Stream
			}{
				{fmt.Sprintf("%d/%d", seed, label), rng.New(seed).Split(label)},
				{fmt.Sprintf("%d/%d/0", seed, label), rng.New(seed).Split(label).Split(0)},
			} {
				v := s.r.Uint64()
				assert.Empty(t, first[v], "%s starts like another", s.name)
				first[v] = s.name
			}
		}
	}
}

// TestChildrenAreUncorrelated: neighbours' correlation over n draws has a standard error of 1/sqrt(n).
func TestChildrenAreUncorrelated(t *testing.T) {
	const n = 20000
	root := rng.New(6)
	streams := []*rng.Stream{root, root.Split(0), root.Split(1), root.Split(2), root.Split(1).Split(0), rng.New(7)}
	x := make([][]float64, len(streams))
	for i, s := range streams {
		x[i] = make([]float64, n)
		rng.NormalFill(s, x[i])
		for j := range i {
			dot := 0.0
			for k := range n {
				dot += x[i][k] * x[j][k] / n
			}
			assert.InDelta(t, 0, dot, 4/math.Sqrt(n), "streams %d and %d", i, j)
		}
	}
}

func TestFills(t *testing.T) {
	var single [100]float32
	var double [100]float64
	rng.New(8).FillNormal(single[:])
	rng.NormalFill(rng.New(8), double[:])
	for i := range single {
		assert.Equal(t, float32(double[i]), single[i])
	}
	large := make([]float32, 100000)
	rng.UniformFill(rng.New(8), large)
	for _, v := range large {
		require.True(t, v >= 0 && v < 1)
	}
	r := rng.New(9)
	assert.Zero(t, testing.AllocsPerRun(10, func() { r.FillNormal(single[:]); rng.UniformFill(r, double[:]) }))
}

// TestSameBitsEverywhere holds draws to a recorded hash, on whatever machine it runs.
func TestSameBitsEverywhere(t *testing.T) {
	h := fnv.New64a()
	r := rng.New(10).Split(11)
	for range 100000 {
		h.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(r.Normal())))
	}
	assert.Equal(t, "cba777e5773e068b", fmt.Sprintf("%016x", h.Sum64()))
}
