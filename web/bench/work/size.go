package work

// Size is that of an actor-critic update.
type Size struct {
	Name           string
	Obs, Act       int
	Hidden         []int
	Batch          int
	Particles      int     // candidates per state
	SourceStd      float32 // of the noise that candidates start from
	NoiseStd       float32 // of the noise on the chosen action
	Gamma, Tau, LR float32
}

// Sizes are U (a walker) and U64 (a pendulum):
//
//	U    critics 23-128-128-1, policy 39-128-128-6, batch 128, 8 candidates per state: 179 MFLOP
//	U64  critics  4-64-64-1,   policy 20-64-64-1,   batch  64, 8 candidates per state:  21 MFLOP
//
// The policy's input is the state, the action and 16 features of the time.
var Sizes = []Size{
	{Name: "U", Obs: 17, Act: 6, Hidden: []int{128, 128}, Batch: 128, Particles: 8, SourceStd: 0.5, NoiseStd: 0.1, Gamma: 0.99, Tau: 0.005, LR: 3e-4},
	{Name: "U64", Obs: 3, Act: 1, Hidden: []int{64, 64}, Batch: 64, Particles: 8, SourceStd: 0.5, NoiseStd: 0.1, Gamma: 0.99, Tau: 0.005, LR: 3e-4},
}

// timeFeatures is the width of a time embedding in package nn.
const timeFeatures = 16

// Flops counts the multiplications and additions of the matrix products of one update, every row in full:
// candidates forward through the policy and both critics, target critics forward, and three networks forward and
// backward (the first layer's cotangent is not needed).
func (s Size) Flops() float64 {
	policy, policyFirst := products(s.Obs+s.Act+timeFeatures, s.Hidden, s.Act)
	critic, criticFirst := products(s.Obs+s.Act, s.Hidden, 1)
	rows, batch := float64(s.Batch*s.Particles), float64(s.Batch)
	return rows*(policy+2*critic) + 2*batch*critic + batch*(3*policy-policyFirst) + 2*batch*(3*critic-criticFirst)
}

// products returns the operations of one row forward through a network, and those of its first layer.
func products(in int, hidden []int, out int) (total, first float64) {
	for i, width := range append(append([]int{}, hidden...), out) {
		total += 2 * float64(in) * float64(width)
		if i == 0 {
			first = total
		}
		in = width
	}
	return total, first
}
