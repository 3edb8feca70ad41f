// Package lab fits a small network to a target whose exact laws are known (package analysis), so that what a
// trained flow does can be held against what the theory says. The losses, the network and the samplers are those
// of the policies (packages flow and nn), without a state to depend on and with all weights equal to 1.
package lab

import (
	"fmt"
	"math"
	"slices"

	"onestep/engine/rng"
	"onestep/policy/analysis"
	"onestep/policy/flow"
	"onestep/policy/kernel"
	"onestep/policy/nn"
	"onestep/policy/optim"
)

// Options say what is fitted to what.
type Options struct {
	Target    analysis.Spec
	Family    flow.Fitted[float32] // one of Families
	SourceStd float64              // c, of the noise while training and while sampling
	Updates   int                  // of the whole run
	Seed      uint64
}

// Settings of the learner, found by trying; a network of this size learns the targets in a few seconds of a tab.
const (
	batch         = 256
	learningRate  = 3e-3 // at the start; falls to 0 on a straight line
	averaging     = 0.01 // weight of a new network in the average that is shown
	fractionEqual = 0.25 // of a MeanFlow batch with r = t
	// MaxUpdates bounds a run.
	MaxUpdates = 100_000
)

var hidden = []int{48, 48}

// Families are what the lab fits.
var Families = []flow.Fitted[float32]{flow.Rectified[float32]{}, flow.MeanFlow[float32]{}}

// Streams of a learner's seed.
const (
	streamInit = iota
	streamBatch
)

// Learner fits one network. It allocates nothing after New and is not safe for concurrent use; the same options
// give the same bits.
type Learner struct {
	Options Options
	Target  analysis.Target
	Policy  flow.Policy[float32] // the average of the weights, which is what is measured and shown
	Updates int                  // so far
	Loss    float64              // mean of recent losses; NaN before the first

	loss   flow.Loss[float32]
	adam   *optim.Adam[float32]
	online []float32 // [NumParams]
	grad   []float32 // [NumParams]
	x1     []float32 // [batch*dim]
	drawn  []float64 // [batch*dim] x1 before it is rounded
	ones   []float32 // [batch] the weights
	src    *rng.Stream
}

// New builds the learner of a run from its start, or says which option lies outside which range.
func New(o Options) (*Learner, error) {
	target, err := o.Target.Make()
	switch {
	case err != nil:
		return nil, err
	case !slices.Contains(Families, o.Family):
		return nil, fmt.Errorf("the lab fits rectified flows and MeanFlows, not %v", o.Family)
	case !(o.SourceStd >= analysis.MinStd && o.SourceStd <= analysis.MaxStd):
		return nil, fmt.Errorf("the source's standard deviation must lie in %g..%g, not %g", float64(analysis.MinStd), float64(analysis.MaxStd), o.SourceStd)
	case o.Updates < 1 || o.Updates > MaxUpdates:
		return nil, fmt.Errorf("updates must lie in 1..%d, not %d", MaxUpdates, o.Updates)
	}
	d, root := target.Dim(), rng.New(o.Seed)
	policy := flow.NewPolicy[float32](o.Family, 0, d, hidden, nn.Mish, float32(o.SourceStd))
	n := len(policy.Params)
	l := &Learner{
		Options: o, Target: target, Loss: math.NaN(),
		Policy: policy,
		loss:   o.Family.NewLoss(policy.Net, batch, flow.LossOptions{FractionEqual: fractionEqual}), adam: optim.NewAdam[float32](n), online: make([]float32, n), grad: make([]float32, n),
		x1: make([]float32, batch*d), drawn: make([]float64, batch*d), ones: make([]float32, batch), src: root.Split(streamBatch),
	}
	policy.Net.Init(l.online, root.Split(streamInit))
	copy(l.Policy.Params, l.online)
	for i := range l.ones {
		l.ones[i] = 1
	}
	return l, nil
}

// Done reports whether the run has made its updates.
func (l *Learner) Done() bool { return l.Updates >= l.Options.Updates }

// Step makes one update: a batch of the target, the loss of package flow with weights 1, Adam, the average. An error
// means that the loss or a gradient is not finite; the weights are then those before it.
func (l *Learner) Step() error {
	l.Target.Sample(l.drawn, l.src)
	for i, x := range l.drawn {
		l.x1[i] = float32(x)
	}
	l.loss.Draw(l.src, batch, l.Policy.SourceStd)
	clear(l.grad)
	loss := float64(l.loss.Gradient(l.grad, l.online, nil, l.x1, l.ones))
	if _, ok := kernel.Finite(l.grad); !ok || math.IsNaN(loss) || math.IsInf(loss, 0) {
		return fmt.Errorf("the loss of update %d is not finite", l.Updates+1)
	}
	l.adam.Update(l.online, l.grad, float32(learningRate*(1-float64(l.Updates)/float64(l.Options.Updates))))
	l.Updates++
	// The average begins as that of all weights so far, so that it forgets the start.
	optim.Polyak(l.Policy.Params, l.online, float32(max(averaging, 1/float64(l.Updates))))
	if l.Updates == 1 {
		l.Loss = loss
	} else {
		l.Loss += float64(0.02 * (loss - l.Loss))
	}
	return nil
}
