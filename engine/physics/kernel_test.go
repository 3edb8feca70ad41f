package physics

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/num"
)

// The loop-free computations give the bits of the loops, on every tree that is written out.
func TestKernelsEqualLoops(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, tree := range slices.Sorted(maps.Keys(kernels)) {
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
	}
}

// sincos is within 3e-16 of math.Sincos, which itself is within an ulp; beyond its range it is num.Sincos.
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
		ws, wc := num.Sincos(x)
		require.Equal(t, math.Float64bits(ws), math.Float64bits(s))
		require.Equal(t, math.Float64bits(wc), math.Float64bits(c))
	}
}

// unwritten is m with loops throughout.
func unwritten(m *Model) *Model {
	c := *m
	c.kernel = kernel{}
	c.contacts = append([]pairConst(nil), m.contacts...)
	for i := range c.contacts {
		c.contacts[i].loops = leaf{}
	}
	return &c
}

// What is written out gives the bits of the loops through contacts and limits, on bodies of every kind that is written out:
// random sizes, springs, anchors and axes, a floor and pairs of bodies that touch.
func TestSweepsEqualLoops(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	contacts, limits := 0, 0
	for _, key := range slices.Sorted(maps.Keys(sweeps)) {
		for _, integrator := range []Integrator{SemiImplicitEuler, RK4} {
			m, err := NewModel(randomBody(r, key, integrator))
			require.NoError(t, err, key)
			require.NotNil(t, m.kernel.sweep, key)
			require.NotNil(t, m.kernel.leaves, key)
			fast, slow := NewData(m), NewData(unwritten(m))
			fast.ApplyWrench(1, 1, 2, 3)
			slow.ApplyWrench(1, 1, 2, 3)
			for i := range 400 {
				for k := range fast.Ctrl {
					if i%50 != 0 {
						break
					}
					fast.Ctrl[k] = 3 * r.NormFloat64()
				}
				copy(slow.Ctrl, fast.Ctrl)
				require.True(t, fast.Step(), "%s: %v", key, fast.Divergence)
				require.True(t, slow.Step(), key)
				contacts, limits = contacts+len(fast.Contacts), limits+fast.NLimit()
				for _, pair := range [][2][]float64{{slow.QPos, fast.QPos}, {slow.QVel, fast.QVel}, {slow.QAcc, fast.QAcc}, {slow.M, fast.M},
					{slow.QFrcBias, fast.QFrcBias}, {slow.QFrcPassive, fast.QFrcPassive}, {slow.QFrcSmooth, fast.QFrcSmooth},
					{slow.QFrcConstraint, fast.QFrcConstraint}} {
					require.Equal(t, pair[0], pair[1], "%s, step %d", key, i)
				}
				for b := range slow.bodies {
					u, v, a := slow.BodyPose(b)
					fu, fv, fa := fast.BodyPose(b)
					require.Equal(t, []float64{u, v, a}, []float64{fu, fv, fa}, "%s, step %d, body %d", key, i, b)
					u, v = slow.pointVelocity(b, 1, 2)
					fu, fv = fast.pointVelocity(b, 1, 2)
					require.Equal(t, []float64{u, v}, []float64{fu, fv}, "%s, step %d, body %d", key, i, b)
				}
				require.Equal(t, slow.Contacts, fast.Contacts)
			}
		}
	}
	require.Greater(t, limits, 1000)
	require.Greater(t, contacts, 1000)
}

// randomBody makes a body of that key over a floor, with limits, springs, dampers and motors.
func randomBody(r *rand.Rand, key string, integrator Integrator) Spec {
	s := Spec{Option: Option{Timestep: 0.004, ImpRatio: 1, Integrator: integrator, Gravity: [2]float64{0.1, -9.81}}, Bodies: []Body{{}},
		Geoms: []Geom{{Type: Plane, Axis: [2]float64{0, 1}, Pos: [2]float64{0, -0.3}}}}
	words, fluid := strings.CutPrefix(key, "~")
	if fluid {
		s.Option.Density, s.Option.Viscosity = 100, 0.1
	}
	near := func(scale float64) float64 { return scale * (2*r.Float64() - 1) }
	for i, word := range strings.Fields(words) {
		turn := near(3)
		along, across := [3]float64{math.Cos(turn), math.Sin(turn), 0}, [3]float64{-math.Sin(turn), math.Cos(turn), 0}
		s.Bodies = append(s.Bodies, Body{Parent: int(word[0] - '@'), Pos: [2]float64{near(0.5), near(0.5)}, Inertial: Inertial{
			Mass: 1 + r.Float64(), Inertia: 0.1 + r.Float64(), COM: [2]float64{near(0.2), near(0.2)},
			Principal: [3]float64{0.2, 0.3, 0.25}, Axes: [3][3]float64{along, {0, 0, 1}, across}}})
		for _, kind := range word[1:] {
			j := Joint{Body: i + 1, Sign: float64(1 - 2*r.IntN(2)), Type: Slide, Ref: near(0.1), Limited: true, Range: [2]float64{-0.5, 0.5},
				Stiffness: r.Float64(), SpringRef: near(0.1), Damping: r.Float64(), Armature: 0.1 * r.Float64(),
				SolRef: [2]float64{0.02, 1}, SolImp: [5]float64{0.9, 0.95, 0.001, 0.5, 2}}
			switch kind {
			case 'X':
				j.Axis = [2]float64{1, 0}
			case 'Y':
				j.Axis = [2]float64{0, 1}
			case 'S':
				j.Axis = [2]float64{0.6, 0.8}
			default:
				j.Type = Hinge
				if kind == 'O' {
					j.Anchor = [2]float64{near(0.2), near(0.2)}
				}
			}
			s.Joints = append(s.Joints, j)
			s.Actuators = append(s.Actuators, Actuator{Joint: len(s.Joints) - 1, Gear: 10, Gain: 1})
		}
		s.Geoms = append(s.Geoms, Geom{Body: i + 1, Type: Capsule, Axis: [2]float64{0.8, 0.6}, Radius: 0.1, HalfLength: 0.2})
	}
	for i := range s.Geoms {
		g := &s.Geoms[i]
		g.ConType, g.CondIm, g.Friction, g.SolMix = 1, 3, 1, 1
		g.SolRef, g.SolImp = [2]float64{0.02, 1}, [5]float64{0.9, 0.95, 0.001, 0.5, 2}
		if g.Type == Plane {
			g.ConAffinity = 1
		}
	}
	return s
}

// Where no row ties branches, whole rows give the bits of the tree's rows, through contacts and limits.
func TestWholeRowsEqualTheTree(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	rows := 0
	for _, key := range slices.Sorted(maps.Keys(sweeps)) {
		m, err := NewModel(randomBody(r, key, SemiImplicitEuler))
		require.NoError(t, err, key)
		tree, whole := NewData(m), NewData(m)
		whole.H = make([]float64, triangle(m.NV))
		for i := range 400 {
			require.True(t, tree.Step(), "%s: %v", key, tree.Divergence)
			copy(whole.QPos, tree.QPos)
			copy(whole.QVel, tree.QVel)
			tree.Forward()
			whole.evaluate()
			whole.wide = true
			whole.accelerate()
			require.Equal(t, tree.QAcc, whole.QAcc, "%s, step %d", key, i)
			require.Equal(t, tree.QFrcConstraint, whole.QFrcConstraint, "%s, step %d", key, i)
			rows += tree.rows.count
		}
	}
	require.Greater(t, rows, 1000)
}
