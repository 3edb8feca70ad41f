package physics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The loop-free computations give the bits of the loops, on every tree that is written out.
func TestKernelsEqualLoops(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for tree, kern := range kernels {
		s := Spec{Option: Option{Timestep: 0.01, ImpRatio: 1}, Bodies: []Body{{}}}
		for k, p := range tree {
			parent := int(p - '@')
			s.Bodies = append(s.Bodies, Body{Parent: parent, Pos: [2]float64{r.NormFloat64(), r.NormFloat64()},
				Inertial: Inertial{Mass: 1 + r.Float64(), Inertia: r.Float64()}})
			s.Joints = append(s.Joints, Joint{Body: k + 1, Sign: 1, Armature: r.Float64()})
		}
		m, err := NewModel(s)
		require.NoError(t, err)
		require.NotNil(t, m.kernel.solve, tree)
		fast, slow := NewData(m), NewData(m)
		for i := range fast.QPos {
			fast.QPos[i] = r.NormFloat64()
		}
		copy(slow.QPos, fast.QPos)
		fast.kinematics()
		fast.bias()
		fast.inertia()
		x, y := make([]float64, m.NV), make([]float64, m.NV)
		for i := range x {
			x[i] = r.NormFloat64()
			y[i] = x[i]
		}
		fast.solveWith(fast.M, x)
		m.kernel = kernel{}
		slow.kinematics()
		slow.bias()
		slow.inertia()
		require.Equal(t, slow.M, fast.M, tree)
		slow.solveWith(slow.M, y)
		require.Equal(t, y, x, tree)
		// in place
		copy(fast.H, fast.M)
		copy(x, y)
		copy(y, x)
		kern.solve(fast.H, fast.H, x)
		slow.solveWith(slow.M, y)
		require.Equal(t, y, x, tree)
	}
}

// sincos is within 3e-16 of math.Sincos, which itself is within an ulp; beyond its range it is math.Sincos.
func TestSincos(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for i := range 200000 {
		x := r.NormFloat64() * []float64{0.1, 1, 10, 1000}[i%4]
		if i%100 == 0 {
			x = float64(i/100-1000) * math.Pi / 4
		}
		s, c := sincos(x)
		ws, wc := math.Sincos(x)
		require.InDelta(t, ws, s, 3e-16)
		require.InDelta(t, wc, c, 3e-16)
	}
	for _, x := range []float64{1e6, -1e17, math.Inf(1), math.NaN()} {
		s, c := sincos(x)
		ws, wc := math.Sincos(x)
		require.Equal(t, math.Float64bits(ws), math.Float64bits(s))
		require.Equal(t, math.Float64bits(wc), math.Float64bits(c))
	}
}
