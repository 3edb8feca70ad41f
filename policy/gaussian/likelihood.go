package gaussian

import (
	"fmt"

	"onestep/engine/num"
	"onestep/engine/rng"
	"onestep/policy/flow"
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// farthest bounds the actions of a Likelihood, whose density ends at 1: atanh(0.99) = 2.65.
const farthest = 0.99

// narrowest bounds log sigma of a Likelihood from below, sigma = 0.05: about the noise that the actions themselves carry
// at the end of a training. Without it the likelihood of a few actions has no maximum, and one that lies elsewhere then has
// a loss and a gradient without bound.
const narrowest = -3

// Likelihood fits the Gaussian to actions with weights by maximum likelihood (weighted regression, Peng et al.,
// "Advantage-Weighted Regression", arXiv 1910.00177, equation 3):
//
//	L = -mean_b w_b log pi(x_b|s_b),   log pi as in the package's comment with u = atanh(clip(x, -0.99, 0.99))
//
// It holds the workspace and allocates nothing after NewLikelihood.
type Likelihood[T kernel.Float] struct {
	net         *nn.Net[T]
	ws          *nn.Workspace[T]
	head, dHead []T // [batch*2 dim]
	dim, of     int
}

// NewLoss implements flow.Fitted.
func (Family[T]) NewLoss(net *nn.Net[T], maxBatch int, o flow.LossOptions) flow.Loss[T] {
	return NewLikelihood(net, maxBatch, o.Of)
}

// NewLikelihood returns the loss of a network for batches up to maxBatch. The mean is taken over so many rows, or over
// those of a call where of is 0.
func NewLikelihood[T kernel.Float](net *nn.Net[T], maxBatch, of int) *Likelihood[T] {
	n := net.Config().OutDim
	return &Likelihood[T]{
		net: net, ws: net.NewWorkspace(maxBatch), head: make([]T, maxBatch*n), dHead: make([]T, maxBatch*n), dim: n / 2, of: of,
	}
}

// Draw implements flow.Loss: there is no noise in a likelihood.
func (l *Likelihood[T]) Draw(*rng.Stream, int, T) {}

// Gradient implements flow.Loss.
func (l *Likelihood[T]) Gradient(grad, params, cond, x1, w []T) T {
	batch, d := len(w), l.dim
	if batch*2*d > len(l.head) || len(x1) != batch*d {
		panic(fmt.Sprintf("gaussian: a batch of %d weights and %d action components, at most %d rows of %d", batch, len(x1), len(l.head)/(2*d), d))
	}
	of := float64(batch)
	if l.of > 0 {
		of = float64(l.of)
	}
	in := nn.Input[T]{Batch: batch, Cond: cond}
	head, dHead := l.head[:batch*2*d], l.dHead[:batch*2*d]
	l.net.Forward(head, params, in, l.ws)
	const halfLog2Pi = 0.91893853320467274178 // log(2 pi)/2
	var loss float64
	for b := range batch {
		weight := float64(w[b]) / of
		for j := range d {
			mu, raw := float64(head[b*2*d+j]), head[b*2*d+d+j]
			logStd := max(float64(clipLogStd(raw)), narrowest)
			a := min(max(float64(x1[b*d+j]), -farthest), farthest)
			u := float64(0.5 * num.Log((1+a)/(1-a)))
			e := float64((u - mu) * num.Exp(-logStd))
			loss += float64(weight * (float64(0.5*float64(e*e)) + logStd + halfLog2Pi + logSquash(u)))
			// d(-log pi)/dmu = -e/sigma;   d(-log pi)/dl = 1 - e^2 within the bounds of l, and at the lower one where it
			// leads back
			dHead[b*2*d+j], dHead[b*2*d+d+j] = T(-float64(weight*e)*num.Exp(-logStd)), 0
			if raw < MaxLogStd && (raw > narrowest || e*e > 1) {
				dHead[b*2*d+d+j] = T(weight * (1 - float64(e*e)))
			}
		}
	}
	l.net.VJP(grad, nil, params, dHead, in, l.ws)
	return T(loss)
}
