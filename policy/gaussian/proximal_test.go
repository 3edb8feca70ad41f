package gaussian_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/policy/gaussian"
	"onestep/policy/nn"
)

// referenceLosses are MDPO's policy loss in one state with Q(a) = QGradient . a, by an independent implementation:
// kappa - alpha is the weight of the proximal term, closed or sampled.
type referenceLosses struct {
	Cases []struct {
		Mu, LogStd, MuOld, LogStdOld, Noise, QGradient []float64
		Alpha, Kappa                                   float64
		Action                                         []float64
		LogProb, KL                                    float64
		LossSampled, LossClosed                        float64
		GradSampled, GradClosed                        []float64
	}
}

// The losses of testdata and of the folder that ONESTEP_MIRROR_DATA names, to the 1e-10 of their documentation.
func TestReferenceLosses(t *testing.T) {
	files := []string{filepath.Join("testdata", "mdpo_loss.json")}
	if dir := os.Getenv("ONESTEP_MIRROR_DATA"); dir != "" {
		more, err := filepath.Glob(filepath.Join(dir, "*.json"))
		require.NoError(t, err)
		files = append(files, more...)
	}
	tested := 0
	for _, name := range files {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		var parts map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(b, &parts), name)
		if parts["cases"] == nil {
			continue // a problem, steps or the line, which package tabular tests
		}
		var f referenceLosses
		require.NoError(t, json.Unmarshal(b, &f), name)
		require.NotEmpty(t, f.Cases, name)
		for i, c := range f.Cases {
			tested++
			d := len(c.Mu)
			net, params := constantPolicy(c.Mu, c.LogStd)
			_, old := constantPolicy(c.MuOld, c.LogStdOld)
			critic, q := linearCritic(c.QGradient)
			for _, sampled := range []bool{false, true} {
				loss, want, wantGrad := gaussian.NewLoss(net, critic, 1), c.LossClosed, c.GradClosed
				if sampled {
					want, wantGrad = c.LossSampled, c.GradSampled
				}
				loss.Proximal = gaussian.Proximal[float64]{Params: old, Weight: c.Kappa - c.Alpha, Floor: gaussian.MinLogStd, Sampled: sampled}
				copy(loss.Noise, c.Noise)
				grad := make([]float64, len(params))
				got := loss.Gradient(grad, params, []float64{0}, &[2][]float64{q, q}, c.Alpha, 1)
				require.InDeltaSlice(t, c.Action, loss.Action, 1e-10, "%s, case %d", name, i)
				require.InDelta(t, c.LogProb, loss.LogProb[0], 1e-10*max(1, c.LogProb), "%s, case %d", name, i)
				require.InEpsilon(t, want, got, 1e-10, "%s, case %d, sampled %t", name, i, sampled)
				require.InDeltaSlice(t, wantGrad, grad[len(grad)-2*d:], 1e-9, "%s, case %d, sampled %t: values up to 60, to 1e-10 of themselves", name, i, sampled)
			}
		}
	}
	require.GreaterOrEqual(t, tested, 6)
}

// constantPolicy has the head [mu, logStd] in every state: its last parameters are the output's biases.
func constantPolicy(mu, logStd []float64) (net *nn.Net[float64], params []float64) {
	net = nn.New[float64](nn.Config{CondDim: 1, OutDim: 2 * len(mu), Hidden: []int{1}})
	params = make([]float64, net.NumParams())
	copy(params[len(params)-2*len(mu):], append(append([]float64(nil), mu...), logStd...))
	return net, params
}

// linearCritic is Q(a) = g.a: its only unit, z = g.a + 100, lies where the activation is the identity (exp(-90) is nothing),
// and the output takes 100 off again.
func linearCritic(g []float64) (net *nn.Net[float64], params []float64) {
	net = nn.New[float64](nn.Config{CondDim: 1, XDim: len(g), OutDim: 1, Hidden: []int{1}})
	return net, append(append([]float64{0}, g...), 100, 1, -100)
}

// Central differences with step 1e-6, as for the loss without the term, of every kind of term.
func TestTheProximalGradientAgainstCentralDifferences(t *testing.T) {
	for name, c := range map[string]struct {
		floor   float64
		sampled bool
		decay   float64
		first   bool
	}{
		"closed": {floor: -20}, "floor": {floor: 0.3}, "sampled": {floor: -20, sampled: true}, "released": {floor: -20, sampled: true, decay: 0.2, first: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProblem()
			old := append([]float64(nil), p.params...)
			for i := range old {
				old[i] += 0.1 * float64(i%3)
			}
			p.loss.Proximal = gaussian.Proximal[float64]{Params: old, Weight: 0.7, Floor: c.floor, Sampled: c.sampled}
			p.loss.First, p.loss.Decay = c.first, c.decay
			without := newProblem()
			without.loss.Noise = p.loss.Noise
			require.NotEqual(t, without.value(p.params), p.value(p.params))
			grad, scratch := make([]float64, len(p.params)), make([]float64, len(p.params))
			value := func(x []float64) float64 { return p.loss.Gradient(scratch, x, p.cond, &p.critics, 0.3, batch) }
			p.loss.Gradient(grad, p.params, p.cond, &p.critics, 0.3, batch)
			x := append([]float64(nil), p.params...)
			const h = 1e-6
			for i := range x {
				kept := x[i]
				x[i] = kept + h
				up := value(x)
				x[i] = kept - h
				down := value(x)
				x[i] = kept
				require.InDelta(t, (up-down)/(2*h), grad[i], 1e-7, "parameter %d: the terms reach 10, and so do their rounding errors", i)
			}
			require.Zero(t, testing.AllocsPerRun(5, func() { value(x) }))
		})
	}
}

// A policy is at no distance from itself, and its sampled distance is nothing too.
func TestNoDistanceFromOneself(t *testing.T) {
	p := newProblem()
	want := p.value(p.params)
	wantGrad := make([]float64, len(p.params))
	p.loss.Gradient(wantGrad, p.params, p.cond, &p.critics, 0.3, batch)
	for _, sampled := range []bool{false, true} {
		p.loss.Proximal = gaussian.Proximal[float64]{Params: p.params, Weight: 5, Floor: gaussian.MinLogStd, Sampled: sampled}
		grad := make([]float64, len(p.params))
		require.InDelta(t, want, p.loss.Gradient(grad, p.params, p.cond, &p.critics, 0.3, batch), 1e-13)
		if !sampled {
			require.InDeltaSlice(t, wantGrad, grad, 1e-13)
		}
	}
}
