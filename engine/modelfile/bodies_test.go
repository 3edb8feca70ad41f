package modelfile_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/assets"
	"onestep/engine/modelfile"
	"onestep/engine/physics"
	"onestep/engine/physics/reference"
)

func load(t testing.TB, name string, opts modelfile.Options) *physics.Model {
	t.Helper()
	f, err := modelfile.Load(assets.Bodies, "bodies/"+name+".xml", opts)
	require.NoError(t, err)
	return f.Model
}

// near compares to 1e-12 relative to the larger of the values' size and scale: a few dozen roundings, with the
// reference's own. Where the reference has a sine of pi for a zero, scale covers it.
func near(t *testing.T, want, got, scale float64, what string, args ...any) {
	t.Helper()
	bar := 1e-12 * math.Max(math.Max(math.Abs(want), math.Abs(got)), scale)
	assert.InDelta(t, want, got, bar, append([]any{what}, args...)...)
}

func nears(t *testing.T, want, got []float64, scale float64, what string, args ...any) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		near(t, want[i], got[i], scale, what, args...)
	}
}

// The compiler arrives at MuJoCo's compiled constants.
func TestBodiesCompileToReference(t *testing.T) {
	var all map[string]reference.Model
	if names, err := reference.Names("planar_models"); err == nil && len(names) == 0 {
		t.Log("the folder has no planar_models: nothing to compare")
		return
	}
	require.NoError(t, reference.Read("planar_models", &all))
	require.NotEmpty(t, all)
	for name, want := range all {
		t.Run(name, func(t *testing.T) {
			m := load(t, name, modelfile.Options{})
			compareOptions(t, &want, m)
			compareBodies(t, &want, m)
			compareJoints(t, &want, m)
			compareGeoms(t, &want, m)
			comparePairs(t, &want, m, false)
			comparePairs(t, &want, load(t, name, modelfile.Options{SumMargins: true}), true)
			require.Len(t, m.Actuators, len(want.Actuators))
			for i, a := range want.Actuators {
				g := m.Actuators[i]
				assert.Equal(t, a.Joint, g.Joint)
				assert.Equal(t, a.Gear, g.Gear*g.Gain)
				assert.Equal(t, a.CtrlRange, g.CtrlRange)
				assert.True(t, g.CtrlLimited)
			}
			require.Len(t, m.Sites, len(want.Sites))
			for i, s := range want.Sites {
				assert.Equal(t, s.Name, m.Sites[i].Name)
				assert.Equal(t, s.Body, m.Sites[i].Body)
				assert.Equal(t, s.Pos, m.Sites[i].Pos)
			}
		})
	}
}

func compareOptions(t *testing.T, want *reference.Model, m *physics.Model) {
	t.Helper()
	o := m.Option
	assert.Equal(t, want.Timestep, o.Timestep)
	assert.Equal(t, want.Gravity, o.Gravity)
	assert.Equal(t, want.Density, o.Density)
	assert.Equal(t, want.Viscosity, o.Viscosity)
	assert.Equal(t, want.ImpRatio, o.ImpRatio)
	assert.Equal(t, want.Integrator == "RK4", o.Integrator == physics.RK4)
	assert.Equal(t, want.Plane == "xy", m.Plane == physics.XY)
	assert.Equal(t, want.QPos0, m.QPos0)
}

func compareBodies(t *testing.T, want *reference.Model, m *physics.Model) {
	t.Helper()
	require.Len(t, m.Bodies, len(want.Bodies))
	for i, b := range want.Bodies {
		g := m.Bodies[i]
		assert.Equal(t, b.Name, g.Name)
		assert.Equal(t, b.Parent, g.Parent, b.Name)
		assert.Zero(t, g.Angle, b.Name)
		nears(t, b.Pos[:], g.Pos[:], 1, "pos of %s", b.Name)
		near(t, b.Mass, g.Mass, 0, "mass of %s", b.Name)
		nears(t, b.COM[:], g.COM[:], 1, "com of %s", b.Name)
		near(t, b.InertiaN, g.Inertia, 0, "inertia of %s", b.Name)
		got, moments := g.Principal, b.InertiaPrincipal
		slices.Sort(got[:])
		slices.Sort(moments[:])
		nears(t, moments[:], got[:], b.InertiaN, "principal inertias of %s", b.Name)
		near(t, b.Tran, m.BodyInvWeight[i], 0, "weight of %s", b.Name)
	}
}

func compareJoints(t *testing.T, want *reference.Model, m *physics.Model) {
	t.Helper()
	require.Len(t, m.Joints, len(want.Joints))
	for i, j := range want.Joints {
		g := m.Joints[i]
		assert.Equal(t, j.Name, g.Name)
		assert.Equal(t, j.Body, g.Body, j.Name)
		assert.Equal(t, j.Type == "slide", g.Type == physics.Slide, j.Name)
		if g.Type == physics.Slide {
			nears(t, j.Axis[:], g.Axis[:], 1, "axis of %s", j.Name)
		} else {
			assert.Equal(t, j.Sign, g.Sign, j.Name)
			nears(t, j.Pos[:], g.Anchor[:], 1, "anchor of %s", j.Name)
		}
		assert.Equal(t, j.Limited, g.Limited, j.Name)
		nears(t, j.Range[:], g.Range[:], 0, "range of %s", j.Name)
		assert.Equal(t, []float64{j.Margin, j.Stiffness, j.SpringRef, j.Damping, j.Armature},
			[]float64{g.Margin, g.Stiffness, g.SpringRef, g.Damping, g.Armature}, j.Name)
		assert.Equal(t, j.SolRefLimit, g.SolRef, j.Name)
		assert.Equal(t, j.SolImpLimit, g.SolImp, j.Name)
		near(t, j.DofInvWeight, m.DofInvWeight[i], 0, "weight of %s", j.Name)
	}
}

func compareGeoms(t *testing.T, want *reference.Model, m *physics.Model) {
	t.Helper()
	types := map[string]physics.GeomType{"plane": physics.Plane, "sphere": physics.Sphere, "capsule": physics.Capsule,
		"cylinder": physics.Cylinder}
	require.Len(t, m.Geoms, len(want.Geoms))
	for i, w := range want.Geoms {
		g := m.Geoms[i]
		assert.Equal(t, types[w.Type], g.Type, w.Name)
		assert.Equal(t, w.Body, g.Body, w.Name)
		nears(t, w.Pos[:], g.Pos[:], 1, "pos of %s", w.Name)
		if w.Type == "sphere" {
			assert.Equal(t, w.Size[0], g.Radius)
		} else if g.OutOfPlane {
			assert.Less(t, math.Hypot(w.Axis[0], w.Axis[1]), 1e-12, w.Name)
		} else {
			nears(t, w.Axis[:], g.Axis[:], 1, "axis of %s", w.Name)
		}
		if w.Type == "capsule" || w.Type == "cylinder" {
			nears(t, w.Size[:2], []float64{g.Radius, g.HalfLength}, 0, "size of %s", w.Name)
		}
		assert.Equal(t, []uint32{w.ConType, w.ConAffinity}, []uint32{g.ConType, g.ConAffinity}, w.Name)
		assert.Equal(t, w.CondIm, g.CondIm+boolInt(w.ConType|w.ConAffinity == 0)*(w.CondIm-g.CondIm), w.Name)
		assert.Equal(t, []float64{w.Friction, w.Margin, w.Gap}, []float64{g.Friction, g.Margin, g.Gap}, w.Name)
		assert.Equal(t, w.SolRef, g.SolRef, w.Name)
		assert.Equal(t, w.SolImp, g.SolImp, w.Name)
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func comparePairs(t *testing.T, want *reference.Model, m *physics.Model, summed bool) {
	t.Helper()
	require.Len(t, m.Pairs, len(want.Pairs))
	for i, w := range want.Pairs {
		g := m.Pairs[i]
		assert.Equal(t, []int{w.Geom1, w.Geom2, w.CondIm}, []int{g.G1, g.G2, g.CondIm})
		margin := w.Margin
		if summed {
			margin = w.MarginSummed
		}
		assert.Equal(t, []float64{w.Friction, margin}, []float64{g.Friction, g.Margin})
		assert.Equal(t, w.SolRef, g.SolRef)
		nears(t, w.SolImp[:], g.SolImp[:], 0, "solimp of pair %d", i)
	}
}
