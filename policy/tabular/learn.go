package tabular

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"onestep/engine/num"
	"onestep/engine/rng"
)

// Learning of a mirror map by antithetic evolution strategies (Salimans et al., arXiv 1703.03864) in the spirit of Alfano
// et al. (arXiv 2402.05187): theta = log w of a mixed map, whose scale is the step. What a map is worth is the share of
// V*(rho) that policy mirror descent on sampled advantages still lacks at the end, on average over random grids.
const (
	// LearnGrids is how many grids a map learns on, HeldOutGrids on how many others it is compared.
	LearnGrids      = 24
	HeldOutGrids    = 48
	learnIterations = 40
	learnEpisodes   = 4  // sampled an iteration
	learnLength     = 30 // steps of an episode
	learnPairs      = 6
	learnSpread     = 0.5 // sigma of the strategies
	learnRate       = 0.5
	compareDraws    = 4 // of the episodes on every grid, where maps are compared and steps are tuned
	// LearnGenerations is how many generations a map learns for.
	LearnGenerations = 36
)

// LearnSteps are the steps that a map with a given shape is tuned over.
var LearnSteps = []float64{0.25, 0.5, 1, 2, 3, 5, 8}

// Learner learns a mixed map, one generation at a time.
type Learner struct {
	Generation int
	Theta      [mixedTerms]float64 // log w
	Shortfall  float64             // mean of the last generation's strategies

	seed  uint64
	grids []*trial
}

// trial is a grid on which maps are compared.
type trial struct {
	m    *MDP
	best float64 // V*(rho)
}

// Labels of the streams of random numbers.
const (
	streamTrain = iota
	streamValidate
	streamTest
	streamStrategies
	streamNoise
)

// NewLearner starts at five equal weights.
func NewLearner(seed uint64) *Learner {
	l := &Learner{seed: seed, grids: trials(seed, streamTrain, LearnGrids)}
	for i := range l.Theta {
		l.Theta[i] = num.Log(1.0 / mixedTerms)
	}
	return l
}

// Map is the map as it is.
func (l *Learner) Map() Map { return mapOf(l.Theta) }

func mapOf(theta [mixedTerms]float64) Map {
	w := make([]float64, mixedTerms)
	for i, v := range theta {
		w[i] = num.Exp(v)
	}
	return Map{Kind: "mixed", W: w}
}

// Advance makes one generation: every strategy sees the same grids and the same random numbers.
func (l *Learner) Advance(ctx context.Context) error {
	var mean float64
	theta, err := evolved(l.Theta, rng.New(l.seed).Split(streamStrategies).Split(uint64(l.Generation)), func(theta [mixedTerms]float64) (float64, error) {
		gap := shortfall(l.grids, mapOf(theta), 1, l.seed, uint64(l.Generation))
		mean += gap / (2 * learnPairs)
		return -gap, ctx.Err()
	})
	if err != nil {
		return err
	}
	l.Theta, l.Shortfall = theta, mean
	l.Generation++
	return nil
}

// evolved moves theta by one generation of antithetic strategies, which count by their ranks in [-1/2, 1/2]:
//
//	theta + rate/(pairs sigma) sum over pairs of (rank(theta + sigma e) - rank(theta - sigma e))/2 e,   e normal
func evolved(theta [mixedTerms]float64, r *rng.Stream, fitness func([mixedTerms]float64) (float64, error)) ([mixedTerms]float64, error) {
	var eps [learnPairs][mixedTerms]float64
	var found [2 * learnPairs]float64
	for i := range eps {
		for j := range eps[i] {
			eps[i][j] = r.Normal()
		}
		for side, sign := range [2]float64{1, -1} {
			strategy := theta
			for j := range strategy {
				strategy[j] += float64(sign * learnSpread * eps[i][j])
			}
			var err error
			if found[2*i+side], err = fitness(strategy); err != nil {
				return theta, err
			}
		}
	}
	rank := ranks(found[:])
	for i := range eps {
		for j := range theta {
			theta[j] += float64(learnRate / (2 * learnPairs * learnSpread) * (rank[2*i] - rank[2*i+1]) * eps[i][j])
		}
	}
	return theta, nil
}

// ranks are the ranks of x, spread evenly over [-0.5, 0.5].
func ranks(x []float64) []float64 {
	order := make([]int, len(x))
	floats.Argsort(slices.Clone(x), order)
	rank := make([]float64, len(x))
	for place, i := range order {
		rank[i] = float64(place)/float64(len(x)-1) - 0.5
	}
	return rank
}

// Comparison is the shortfall of one map and step on grids that no map has learned on.
type Comparison struct {
	Name      string  `json:"name"`
	Map       Map     `json:"map"`
	Eta       float64 `json:"eta"`
	Shortfall float64 `json:"shortfall"`
}

// Compare measures the learned map as it is on held-out grids beside entropy and Tsallis 1.5: with the step 1 that nobody
// chose, and with the best step on a third set of grids.
func (l *Learner) Compare(ctx context.Context) (list []Comparison, err error) {
	validate, test := trials(l.seed, streamValidate, LearnGrids), trials(l.seed, streamTest, HeldOutGrids)
	mean := func(grids []*trial, m Map, eta float64) (gap float64) {
		const noise = 1 << 20 // of a generation that is never reached
		for draw := range uint64(compareDraws) {
			gap += float64(shortfall(grids, m, eta, l.seed, noise+draw) / compareDraws)
		}
		return gap
	}
	add := func(name string, m Map, eta float64) {
		list = append(list, Comparison{name, m, eta, mean(test, m, eta)})
	}
	add("learned", l.Map(), 1)
	for _, m := range []Map{{Kind: "entropy"}, {Kind: "tsallis", Q: 1.5}} {
		add(m.Kind+", step 1", m, 1)
		best, least := 1.0, math.Inf(1)
		for _, eta := range LearnSteps {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if gap := mean(validate, m, eta); gap < least {
				best, least = eta, gap
			}
		}
		add(m.Kind+", step tuned", m, best)
	}
	return list, nil
}

// trials makes grids of 5 x 5 cells with a goal, two cliffs and some walls, in which the goal is worth going to.
func trials(seed, label uint64, n int) (list []*trial) {
	r := rng.New(seed).Split(label)
	for len(list) < n {
		cells := []byte(".........................")
		for i := range cells {
			if r.Float64() < 0.15 {
				cells[i] = '#'
			}
		}
		cells[r.IntN(25)], cells[r.IntN(25)] = 'X', 'X'
		cells[r.IntN(25)] = 'G'
		cells[r.IntN(25)] = 'S'
		g := Grid{Slip: 0.1, Step: -0.01, Gamma: 0.95}
		for i := 0; i < 25; i += 5 {
			g.Layout = append(g.Layout, string(cells[i:i+5]))
		}
		m, err := g.MDP("trial")
		if err != nil || !slices.Contains(cells, 'G') {
			continue
		}
		if best := Optimal(m, 0).Value; best > 0.2 {
			list = append(list, &trial{m, best})
		}
	}
	return list
}

// shortfall is the mean of gap(rho)/V*(rho) at the end of policy mirror descent on sampled advantages.
func shortfall(grids []*trial, kind Map, eta float64, seed, noise uint64) (mean float64) {
	h, err := kind.Potential()
	if err != nil {
		panic("tabular: " + err.Error())
	}
	for i, g := range grids {
		r := rng.New(seed).Split(streamNoise).Split(noise).Split(uint64(i))
		v := NewEvaluation(g.m, 0).Of(sampledDescent(g.m, h, eta, r))
		mean += (g.best - dot(g.m.Rho, v)) / g.best / float64(len(grids))
	}
	return mean
}

// sampledDescent is the policy after learnIterations steps on the every-visit advantages of sampled episodes: the mean
// return that followed an action less that of its state, 0 where it was not tried.
func sampledDescent(m *MDP, h Potential, eta float64, r *rng.Stream) []float64 {
	pi := m.Uniform()
	y := InvOf(h, pi)
	sum, count := make([]float64, len(pi)), make([]float64, len(pi))
	advantage := make([]float64, m.Actions)
	var visited [learnLength]int
	var rewards [learnLength]float64
	for range learnIterations {
		clear(sum)
		clear(count)
		for range learnEpisodes {
			n, s := 0, draw(r.Float64(), len(m.Rho), func(s int) float64 { return m.Rho[s] })
			for ; n < learnLength && !m.Terminal[s]; n++ {
				row := m.row(pi, s)
				i := s*m.Actions + draw(r.Float64(), m.Actions, func(a int) float64 { return row[a] })
				visited[n], rewards[n] = i, m.Reward[i]
				next := m.Next[i]
				s = next[draw(r.Float64(), len(next), func(j int) float64 { return next[j].P })].To
			}
			var follows float64
			for n--; n >= 0; n-- {
				follows = rewards[n] + float64(m.Gamma*follows)
				sum[visited[n]] += follows
				count[visited[n]]++
			}
		}
		for s := range m.States {
			tried, all := m.row(count, s), floats.Sum(m.row(count, s))
			if all == 0 || m.Terminal[s] {
				continue
			}
			mean := floats.Sum(m.row(sum, s)) / all
			for a, c := range tried {
				advantage[a] = 0
				if c > 0 {
					advantage[a] = m.row(sum, s)[a]/c - mean
				}
			}
			Step(h, m.row(y, s), m.row(pi, s), advantage, eta)
		}
	}
	return pi
}

// draw is the index that u in [0, 1) falls on among n weights of sum 1.
func draw(u float64, n int, weight func(i int) float64) int {
	var sum float64
	for i := range n - 1 {
		if sum += weight(i); u < sum {
			return i
		}
	}
	return n - 1
}
