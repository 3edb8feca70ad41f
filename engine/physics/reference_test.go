package physics_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/assets"
	"onestep/engine/modelfile"
	"onestep/engine/physics"
	"onestep/engine/physics/reference"
)

// compile returns the body of that name as the model reader makes it of the project's own file.
func compile(t testing.TB, name, version string) *physics.Model {
	t.Helper()
	opts := modelfile.Options{SumMargins: reference.SumMargins(version)}
	f, err := modelfile.Load(assets.Bodies, "bodies/"+name+".xml", opts)
	require.NoError(t, err)
	return f.Model
}

// relative is the largest difference over the largest value.
func relative(got, want []float64) float64 {
	diff, size := 0.0, 0.0
	for i, w := range want {
		diff = math.Max(diff, math.Abs(got[i]-w))
		size = math.Max(size, math.Abs(w))
		if math.IsNaN(got[i]) {
			return math.Inf(1)
		}
	}
	if diff == 0 {
		return 0
	}
	return diff / math.Max(size, 1e-6)
}

// The bars of the reference data: what does not pass through the solver is a few dozen operations from the
// inputs, 1e-11; the solution amplifies by the condition of M + J'DJ, 1e-9. Counts are exact.
func TestStates(t *testing.T) {
	names, err := reference.Names("states_")
	require.NoError(t, err)
	worst := map[string]float64{}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			var file reference.States
			require.NoError(t, reference.Read(name, &file))
			require.NotEmpty(t, file.States)
			d := physics.NewData(compile(t, file.Model, file.MuJoCo))
			for i := range file.States {
				checkState(t, d, &file.States[i], i, worst)
			}
			for _, k := range []string{"M", "bias", "passive", "actuator", "qacc_smooth", "qfrc_constraint", "qacc", "aref", "R", "J", "force"} {
				t.Logf("%-16s %.1e", k, worst[k])
			}
			clear(worst)
		})
	}
}

func checkState(t *testing.T, d *physics.Data, s *reference.State, i int, worst map[string]float64) {
	t.Helper()
	nv := d.Model.NV
	d.SetState(s.QPos, s.QVel)
	copy(d.Ctrl, s.Ctrl)
	d.Forward()
	check := func(what string, got, want []float64, bar float64) {
		if want == nil {
			return
		}
		e := relative(got, want)
		worst[what] = math.Max(worst[what], e)
		assert.LessOrEqual(t, e, bar, "state %d: %s\ngot  %v\nwant %v", i, what, got, want)
	}
	if s.M != nil {
		full := make([]float64, nv*nv)
		d.FullM(full)
		var want []float64
		for _, row := range s.M {
			want = append(want, row...)
		}
		check("M", full, want, 1e-11)
	}
	check("bias", d.QFrcBias, s.QFrcBias, 1e-11)
	check("passive", d.QFrcPassive, s.QFrcPassive, 1e-11)
	check("actuator", d.QFrcActuator, s.QFrcActuator, 1e-11)
	check("qacc_smooth", d.QAccSmooth(make([]float64, nv)), s.QAccSmooth, 1e-11)
	check("qfrc_constraint", d.QFrcConstraint, s.QFrcConstraint, 1e-9)
	check("qacc", d.QAcc, s.QAcc, 1e-9)
	if s.NCon != nil {
		assert.Len(t, d.Contacts, *s.NCon, "state %d", i)
	}
	if s.NEFC != nil {
		assert.Equal(t, *s.NEFC, d.NEFC(), "state %d", i)
	}
	if s.EFC == nil {
		return
	}
	rows := d.EFC()
	require.Len(t, rows, len(s.EFC), "state %d", i)
	var aref, wantARef, force, wantForce []float64
	for k, w := range s.EFC {
		r := rows[k]
		assert.Equal(t, physics.RowKind(w.Type), r.Kind, "state %d row %d", i, k)
		check("R", []float64{r.R}, []float64{w.R}, 1e-11)
		check("J", r.J, w.J, 1e-11)
		check("K", []float64{r.K, r.B, r.Imp}, []float64{w.K, w.B, w.Imp}, 1e-11)
		aref, wantARef = append(aref, r.ARef), append(wantARef, w.ARef)
		force, wantForce = append(force, r.Force), append(wantForce, w.Force)
	}
	check("aref", aref, wantARef, 1e-11)
	check("force", force, wantForce, 1e-9)
}

// bars returns the largest error of qpos allowed after a number of control periods, and how long contact counts are
// exact, from the statement of the reference data: rounding grows with the motion's own exponents. 0: no bar.
func bars(model, run string, step int) float64 {
	if strings.HasPrefix(run, "random") {
		limit := 100
		if model == "half_cheetah" {
			limit = 30
		}
		if step <= limit {
			return 1e-6
		}
		return 0
	}
	double := model == "inverted_double_pendulum"
	switch {
	case step <= 50:
		return 1e-9
	case step <= 100 && double:
		return 1e-6
	case step <= 100:
		return 1e-8
	case step <= 150 && double:
		return 1e-4
	case step <= 200 && !double:
		return 1e-6
	}
	return 0
}

func TestTrajectories(t *testing.T) {
	names, err := reference.Names("traj_")
	require.NoError(t, err)
	for _, name := range names {
		if name == "traj_pendulum_v1" { // closed form, not a body
			continue
		}
		var file reference.Trajectories
		require.NoError(t, reference.Read(name, &file))
		for run, r := range file.Runs {
			t.Run(fmt.Sprint(name, "/", run), func(t *testing.T) {
				d := physics.NewData(compile(t, file.Model, file.MuJoCo))
				checkRun(t, d, file.Model, run, file.FrameSkip, &r)
			})
		}
	}
}

func checkRun(t *testing.T, d *physics.Data, model, run string, skip int, r *reference.Run) {
	t.Helper()
	d.SetState(r.QPos0, r.QVel0)
	now := physics.NewData(d.Model) // counts are those of the state after the step
	worst := map[int]float64{}
	most := 0
	for i, u := range r.Ctrl {
		copy(d.Ctrl, u)
		for range skip {
			require.True(t, d.Step())
			most = max(most, d.Iterations)
		}
		bar := bars(model, run, i+1)
		if bar == 0 {
			break
		}
		for k, q := range d.QPos {
			e := math.Abs(q - r.QPos[i][k])
			worst[(i/50+1)*50] = math.Max(worst[(i/50+1)*50], e)
			require.LessOrEqual(t, e, bar, "step %d: qpos[%d]", i+1, k)
		}
		if i < 100 && !strings.HasPrefix(run, "random") {
			now.SetState(d.QPos, d.QVel)
			now.Forward()
			if r.NCon != nil {
				require.Equal(t, r.NCon[i], len(now.Contacts), "step %d: contacts", i+1)
			}
			if r.NLim != nil {
				require.Equal(t, r.NLim[i], now.NLimit(), "step %d: limits", i+1)
			}
		}
	}
	// Newton's method ends after a few pieces; many iterations would mean that it goes to and fro on an edge.
	assert.Less(t, most, 10)
	for k := 50; k <= 200; k += 50 {
		t.Logf("to step %3d: %.1e", k, worst[k])
	}
}
