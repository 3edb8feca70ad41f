package work

import (
	"onestep/engine/num"
	"onestep/engine/rng"
	"onestep/policy/flow"
	"onestep/policy/nn"
	"onestep/policy/optim"
)

// update is the update that the other libraries are asked for, on this program's networks and optimiser: SiLU,
// the best of several one-step candidates per state, a clipped double Q target, three steps of Adam and a Polyak
// average of the target critics. Batch and noise are fixed, as they are for the others.
type update struct {
	Size
	policy flow.Policy[float32]
	critic *nn.Net[float32]

	online, target [2][]float32
	adam           [3]*optim.Adam[float32] // critics, policy
	grad           []float32

	sampler *flow.Sampler[float32]
	loss    flow.Loss[float32]
	ws      *nn.Workspace[float32]

	obs, act, reward, done, next []float32 // the batch
	x0, noise                    []float32 // of the candidates, and of the chosen action

	x      []float32    // [rows*act] candidates
	q      [2][]float32 // [rows]
	chosen []float32    // [batch*act]
	y, w   []float32    // [batch] targets and weights
	dOut   []float32
}

// Update is one update of a size by packages nn, flow and optim.
func Update(s Size) *Item {
	u := newUpdate(s)
	return &Item{Name: s.Name, Unit: "update", Flops: s.Flops(), Run: func(n int) {
		for range n {
			u.step()
		}
	}}
}

func newUpdate(s Size) *update {
	src := rng.New(3)
	rows := s.Batch * s.Particles
	u := &update{Size: s, critic: nn.New[float32](nn.Config{CondDim: s.Obs, XDim: s.Act, OutDim: 1, Hidden: s.Hidden, Activation: nn.SiLU})}
	family := flow.Rectified[float32]{}
	u.policy = flow.NewPolicy[float32](family, s.Obs, s.Act, s.Hidden, nn.SiLU, s.SourceStd)
	net := u.policy.Net
	net.Init(u.policy.Params, src.Split(0))
	for i := range 2 {
		u.online[i] = make([]float32, u.critic.NumParams())
		u.critic.Init(u.online[i], src.Split(uint64(1+i)))
		u.target[i] = append([]float32(nil), u.online[i]...)
		u.adam[i] = optim.NewAdam[float32](u.critic.NumParams())
		u.q[i] = make([]float32, rows)
	}
	u.adam[2] = optim.NewAdam[float32](net.NumParams())
	u.grad = make([]float32, max(net.NumParams(), u.critic.NumParams()))
	u.sampler, u.loss, u.ws = flow.NewSampler(&u.policy, rows), family.NewLoss(net, s.Batch, flow.LossOptions{}), u.critic.NewWorkspace(rows)
	u.obs, u.act, u.next = normal(src, s.Batch*s.Obs), normal(src, s.Batch*s.Act), normal(src, s.Batch*s.Obs)
	u.reward, u.done = normal(src, s.Batch), make([]float32, s.Batch)
	u.x0, u.noise = normal(src, rows*s.Act), normal(src, s.Batch*s.Act)
	for i := range u.x0 {
		u.x0[i] *= s.SourceStd
	}
	for i := range u.noise {
		u.noise[i] *= s.NoiseStd
	}
	u.x, u.chosen = make([]float32, rows*s.Act), make([]float32, s.Batch*s.Act)
	u.y, u.w, u.dOut = make([]float32, s.Batch), make([]float32, s.Batch), make([]float32, s.Batch)
	u.loss.Draw(src, s.Batch, 1)
	return u
}

func (u *update) step() {
	u.choose()
	u.targets()
	for i := range 2 {
		u.fit(i)
	}
	grad := u.grad[:u.policy.Net.NumParams()]
	clear(grad)
	u.loss.Gradient(grad, u.policy.Params, u.next, u.chosen, u.w)
	u.adam[2].Update(u.policy.Params, grad, u.LR)
	for i := range 2 {
		optim.Polyak(u.target[i], u.online[i], u.Tau)
	}
}

// choose takes the best of a state's candidates by min(Q1, Q2), and weighs it by exp(clip(q - mean q, -3, 3)).
func (u *update) choose() {
	u.sampler.Sample(u.x, &u.policy, u.next, u.Particles, u.x0, 1)
	u.smaller(&u.online, u.Particles, u.x)
	q := u.q[0][:u.Batch*u.Particles]
	for s := range u.Batch {
		best, sum := s*u.Particles, float32(0)
		for i := s * u.Particles; i < (s+1)*u.Particles; i++ {
			if q[i] > q[best] {
				best = i
			}
			sum += q[i]
		}
		u.w[s] = float32(num.Exp(float64(min(max(q[best]-sum/float32(u.Particles), -3), 3))))
		for j := range u.Act {
			u.chosen[s*u.Act+j] = min(max(u.x[best*u.Act+j], -1), 1) + u.noise[s*u.Act+j]
		}
	}
}

// targets writes y = r + gamma (1 - done) min(TargetQ1, TargetQ2)(s', a').
func (u *update) targets() {
	u.smaller(&u.target, 1, u.chosen)
	for b := range u.y {
		u.y[b] = u.reward[b] + float32(float32(u.Gamma*(1-u.done[b]))*u.q[0][b])
	}
}

// smaller writes min(Q1, Q2) of weights params at s' and actions to q[0].
func (u *update) smaller(params *[2][]float32, repeat int, actions []float32) {
	rows := len(actions) / u.Act
	in := nn.Input[float32]{Batch: rows, Cond: u.next, CondRepeat: repeat, X: actions}
	for i := range 2 {
		u.critic.Forward(u.q[i][:rows], params[i], in, u.ws)
	}
	for i := range rows {
		u.q[0][i] = min(u.q[0][i], u.q[1][i])
	}
}

// fit takes one step of a critic on the mean squared error to y.
func (u *update) fit(i int) {
	in := nn.Input[float32]{Batch: u.Batch, Cond: u.obs, X: u.act}
	q := u.q[i][:u.Batch]
	u.critic.Forward(q, u.online[i], in, u.ws)
	for b := range q {
		u.dOut[b] = 2 / float32(u.Batch) * (q[b] - u.y[b])
	}
	grad := u.grad[:u.critic.NumParams()]
	clear(grad)
	u.critic.VJP(grad, nil, u.online[i], u.dOut, in, u.ws)
	u.adam[i].Update(u.online[i], grad, u.LR)
}
