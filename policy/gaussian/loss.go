package gaussian

import (
	"fmt"
	"math"

	"onestep/engine/num"
	"onestep/engine/rng"
	"onestep/policy/kernel"
	"onestep/policy/nn"
)

// Loss is SAC's policy loss on a batch of states (arXiv 1812.05905, equation 9, with twin critics):
//
//	L = mean_b [ alpha log pi(a_b|s_b) - min(Q1,Q2)(s_b, a_b) ],   a_b = tanh(mu + sigma e_b)
//
// whose gradient goes through the action (reparameterisation) with e fixed. It holds the workspace and allocates
// nothing after NewLoss.
type Loss[T kernel.Float] struct {
	Noise   []T // [batch*dim] e
	Action  []T // [batch*dim] of the last Act
	LogProb []T // [batch] log pi of Action

	Proximal Proximal[T] // a term of the loss
	First    bool        // Q1 in place of min(Q1,Q2)
	Decay    T           // of a term Decay (mean mu^2 + mean l^2), over components

	policy, critic *nn.Net[T]
	ws             *nn.Workspace[T]
	wsQ            [2]*nn.Workspace[T]
	head, dHead    []T    // [batch*2 dim]
	old            []T    // [batch*2 dim] of the older policy
	q              [2][]T // [batch]
	dQ             []T    // [batch]
	dA             [2][]T // [batch*dim]
	dim, max       int
}

// NewLoss returns the loss of a policy network [s] -> [mu, l] and a critic network [s, a] -> 1, for batches up to
// maxBatch.
func NewLoss[T kernel.Float](policy, critic *nn.Net[T], maxBatch int) *Loss[T] {
	d := policy.Config().OutDim / 2
	l := &Loss[T]{
		policy: policy, critic: critic, ws: policy.NewWorkspace(maxBatch), dim: d, max: maxBatch,
		Noise: make([]T, maxBatch*d), Action: make([]T, maxBatch*d), LogProb: make([]T, maxBatch),
		head: make([]T, maxBatch*2*d), dHead: make([]T, maxBatch*2*d), old: make([]T, maxBatch*2*d), dQ: make([]T, maxBatch),
	}
	for i := range 2 {
		l.wsQ[i], l.q[i], l.dA[i] = critic.NewWorkspace(maxBatch), make([]T, maxBatch), make([]T, maxBatch*d)
	}
	return l
}

// Draw fills the noise of a batch from src.
func (l *Loss[T]) Draw(src *rng.Stream, batch int) {
	rng.NormalFill(src, l.Noise[:batch*l.dim])
}

// Act sets Action and LogProb for states cond [batch*CondDim] on the noise of the last Draw.
func (l *Loss[T]) Act(params, cond []T, batch int) {
	if batch > l.max {
		panic(fmt.Sprintf("gaussian: a batch of %d, at most %d", batch, l.max))
	}
	d := l.dim
	l.policy.Forward(l.head[:batch*2*d], params, l.input(cond, batch), l.ws)
	Squash(l.Action[:batch*d], l.head, l.Noise[:batch*d], d, 1)
	halfLog2Pi := float64(0.5 * num.Log(2*math.Pi))
	for b := range batch {
		var sum float64
		for j := range d {
			e, logStd := float64(l.Noise[b*d+j]), float64(clipLogStd(l.head[b*2*d+d+j]))
			u := float64(l.head[b*2*d+j]) + float64(num.Exp(logStd)*e)
			sum -= float64(0.5*float64(e*e)) + logStd + halfLog2Pi + logSquash(u)
		}
		l.LogProb[b] = T(sum)
	}
}

func (l *Loss[T]) input(cond []T, batch int) nn.Input[T] {
	return nn.Input[T]{Batch: batch, Cond: cond}
}

// Gradient returns the loss for states cond [batch*CondDim] on the noise of the last Draw, and adds its gradient
// with respect to the policy's params to grad [NumParams]. critics are the parameters of Q1 and Q2, which stay
// as they are. Action and LogProb are set as by Act.
func (l *Loss[T]) Gradient(grad, params, cond []T, critics *[2][]T, alpha T, batch int) T {
	d := l.dim
	if l.Proximal.Params != nil {
		l.policy.Forward(l.old[:batch*2*d], l.Proximal.Params, l.input(cond, batch), l.ws)
	}
	l.Act(params, cond, batch)
	loss := l.values(cond, critics, alpha, batch)
	for b := range batch {
		which := 0
		if !l.First && l.q[1][b] < l.q[0][b] {
			which = 1
		}
		for j := range d {
			a, e, logStd := l.Action[b*d+j], l.Noise[b*d+j], l.head[b*2*d+d+j]
			// d log pi/du = 2 tanh u at fixed e;  da/du = 1 - a^2;  du/dmu = 1, du/dl = sigma e
			dU := T(T(2*alpha)*a)/T(batch) + T(l.dA[which][b*d+j]*(1-T(a*a)))
			l.dHead[b*2*d+j], l.dHead[b*2*d+d+j] = dU, 0
			if logStd > MinLogStd && logStd < MaxLogStd {
				sigma := T(num.Exp(float64(logStd)))
				l.dHead[b*2*d+d+j] = T(dU*T(sigma*e)) - alpha/T(batch)
			}
		}
	}
	head, dHead := l.head[:batch*2*d], l.dHead[:batch*2*d]
	if l.Proximal.Params != nil {
		loss += l.Proximal.add(dHead, head, l.old, l.Noise[:batch*d], batch)
	}
	if l.Decay > 0 {
		loss += decay(dHead, head, l.Decay, d)
	}
	l.policy.VJP(grad, nil, params, dHead, l.input(cond, batch), l.ws)
	return loss
}

// values evaluates the critics at Action, sets dA = d(-Q/batch)/da of each, and returns the loss.
func (l *Loss[T]) values(cond []T, critics *[2][]T, alpha T, batch int) T {
	in := nn.Input[T]{Batch: batch, Cond: cond, X: l.Action[:batch*l.dim]}
	for b := range batch {
		l.dQ[b] = -1 / T(batch)
	}
	for i := range 2 {
		l.critic.Forward(l.q[i][:batch], critics[i], in, l.wsQ[i])
		l.critic.VJP(nil, l.dA[i][:batch*l.dim], critics[i], l.dQ[:batch], in, l.wsQ[i])
	}
	var sum T
	for b := range batch {
		q := l.q[0][b]
		if !l.First {
			q = min(q, l.q[1][b])
		}
		sum += T(alpha*l.LogProb[b]) - q
	}
	return sum / T(batch)
}
