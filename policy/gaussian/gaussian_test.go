package gaussian_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"onestep/engine/rng"
	"onestep/policy/gaussian"
	"onestep/policy/nn"
)

func TestSquash(t *testing.T) {
	head := []float64{0.5, -1, -0.7, 0.2 /* state 1: means, log stds */, 0, 0, 5, -50 /* clipped at 2 and -20 */}
	noise := []float64{0, 0, 1, -1, 0.1, 1}
	got := make([]float64, 6)
	gaussian.Squash(got[:4], head[:4], noise[:4], 2, 2)
	gaussian.Squash(got[4:], head[4:], noise[4:], 2, 1)
	want := []float64{
		math.Tanh(0.5), math.Tanh(-1), math.Tanh(0.5 + math.Exp(-0.7)), math.Tanh(-1 - math.Exp(0.2)),
		math.Tanh(math.Exp(2) * 0.1), math.Tanh(math.Exp(-20)),
	}
	require.InDeltaSlice(t, want, got, 1e-15)
}

// problem is a small policy and two critics in float64.
type problem struct {
	loss           *gaussian.Loss[float64]
	policy, critic *nn.Net[float64]
	params         []float64
	critics        [2][]float64
	cond           []float64
}

const batch = 5

func newProblem() *problem {
	p := &problem{
		policy: nn.New[float64](nn.Config{CondDim: 3, OutDim: 4, Hidden: []int{6, 5}}),
		critic: nn.New[float64](nn.Config{CondDim: 3, XDim: 2, OutDim: 1, Hidden: []int{7}}), cond: make([]float64, batch*3),
	}
	p.loss = gaussian.NewLoss(p.policy, p.critic, batch)
	r := rng.New(4)
	p.params = make([]float64, p.policy.NumParams())
	p.policy.Init(p.params, r)
	for i := range 2 {
		p.critics[i] = make([]float64, p.critic.NumParams())
		p.critic.Init(p.critics[i], r)
	}
	rng.NormalFill(r, p.cond)
	p.loss.Draw(r, batch)
	return p
}

func (p *problem) value(params []float64) float64 {
	return p.loss.Gradient(nil, params, p.cond, &p.critics, 0.3, batch)
}

// The density of the action integrates to 1 over (-1, 1): the midpoint rule in u on [-12, 12] with 4,000 nodes, whose
// error for a Gaussian integrand is far below 1e-6.
func TestTheDensityIntegratesToOne(t *testing.T) {
	net := nn.New[float64](nn.Config{CondDim: 1, OutDim: 2, Hidden: []int{1}})
	critic := nn.New[float64](nn.Config{CondDim: 1, XDim: 1, OutDim: 1, Hidden: []int{1}})
	params := make([]float64, net.NumParams())
	params[len(params)-2], params[len(params)-1] = 0.4, -0.3 // the output's biases: mean and log std
	const n = 4000
	l := gaussian.NewLoss(net, critic, n)
	sigma := math.Exp(-0.3)
	h := 24.0 / n
	for i := range n {
		u := -12 + (float64(i)+0.5)*h
		l.Noise[i] = (u - 0.4) / sigma
	}
	l.Act(params, make([]float64, n), n)
	sum := 0.0
	for i := range n {
		u := -12 + (float64(i)+0.5)*h
		da := h / math.Pow(math.Cosh(u), 2) // da = (1 - tanh^2 u) du
		require.InDelta(t, math.Tanh(u), l.Action[i], 1e-12)
		sum += math.Exp(l.LogProb[i]) * da
	}
	require.InDelta(t, 1, sum, 1e-6)
}

// By hand for one row: mean_b [alpha log pi - min Q] with log pi from the definition.
func TestLossIsItsDefinition(t *testing.T) {
	p := newProblem()
	got := p.value(p.params)
	head, q := make([]float64, batch*4), [2][]float64{make([]float64, batch), make([]float64, batch)}
	p.policy.Forward(head, p.params, nn.Input[float64]{Batch: batch, Cond: p.cond}, p.policy.NewWorkspace(batch))
	action, logProb := make([]float64, batch*2), make([]float64, batch)
	for b := range batch {
		for j := range 2 {
			e, std := p.loss.Noise[b*2+j], math.Exp(head[b*4+2+j])
			a := math.Tanh(head[b*4+j] + std*e)
			action[b*2+j] = a
			logProb[b] += -e*e/2 - math.Log(std) - math.Log(2*math.Pi)/2 - math.Log(1-a*a)
		}
	}
	sum := 0.0
	for i := range 2 {
		p.critic.Forward(q[i], p.critics[i], nn.Input[float64]{Batch: batch, Cond: p.cond, X: action}, p.critic.NewWorkspace(batch))
	}
	for b := range batch {
		sum += (0.3*logProb[b] - min(q[0][b], q[1][b])) / batch
	}
	require.InDelta(t, sum, got, 1e-10, "rounding; log(1 - a^2) loses a few digits here")
	require.InDeltaSlice(t, action, p.loss.Action[:batch*2], 1e-14)
}

// Central differences with step 1e-6: truncation near 1e-12, rounding near 1e-10 in a loss of order 1.
func TestGradientAgainstCentralDifferences(t *testing.T) {
	p := newProblem()
	grad := make([]float64, len(p.params))
	p.loss.Gradient(grad, p.params, p.cond, &p.critics, 0.3, batch)
	x := append([]float64(nil), p.params...)
	const h = 1e-6
	for i := range x {
		kept := x[i]
		x[i] = kept + h
		up := p.value(x)
		x[i] = kept - h
		down := p.value(x)
		x[i] = kept
		require.InDelta(t, (up-down)/(2*h), grad[i], 1e-8, "parameter %d", i)
	}
}

// Where the log std is clipped, no gradient reaches it.
func TestAClippedStdHasNoGradient(t *testing.T) {
	p := newProblem()
	for i := len(p.params) - 2; i < len(p.params); i++ {
		p.params[i] = 100
	}
	grad := make([]float64, len(p.params))
	p.loss.Gradient(grad, p.params, p.cond, &p.critics, 0.3, batch)
	require.Equal(t, []float64{0, 0}, grad[len(grad)-2:])
	require.NotZero(t, grad[len(grad)-4])
}

func TestNothingIsAllocated(t *testing.T) {
	p, r := newProblem(), rng.New(1)
	grad := make([]float64, p.policy.NumParams())
	require.Zero(t, testing.AllocsPerRun(10, func() {
		p.loss.Draw(r, batch)
		p.loss.Gradient(grad, p.params, p.cond, &p.critics, 0.3, batch)
	}))
}
