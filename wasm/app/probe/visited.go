package probe

import (
	"math"

	"onestep/engine/plot"
	"onestep/policy/analysis"
)

// Visited are states that were probed, by the stage or by the worker: the newest MaxDots of them.
type Visited struct {
	Dots    *plot.Dots // X: sqrt of the variance; Y: the error's lower bound; no smaller than Smallest
	ObsDim  int
	Obs     []float32 // [MaxDots*ObsDim]
	States  [][]float64
	Returns []float64        // of the episode there, so far
	Points  []analysis.Point // [MaxDots]
}

const (
	// MaxDots is how many states are remembered.
	MaxDots = 600
	// Smallest is the least spread and error that has a place on the logarithmic axes; less stands at their edge. An
	// untrained network is nearly the identity, with an error far below what matters, and would stretch the axes.
	Smallest = 1e-3
)

// Init forgets everything; states have obsDim observations.
func (v *Visited) Init(obsDim int) {
	*v = Visited{
		Dots: plot.NewDots(MaxDots), ObsDim: obsDim, Obs: make([]float32, MaxDots*obsDim), States: make([][]float64, MaxDots),
		Returns: make([]float64, MaxDots), Points: make([]analysis.Point, MaxDots),
	}
}

// Add stores a state that was probed and tells whether it did: numbers that are not finite make no dot. state may be nil
// where only the observation is known.
func (v *Visited) Add(obs []float32, state []float64, ret float64, p analysis.Point) bool {
	if !(p.Variance >= 0) || !(p.Lower >= 0) || !(p.Upper >= 0) || math.IsInf(p.Variance+p.Upper, 0) {
		return false
	}
	// A zero has no place on a logarithmic axis; it stands at the smallest one.
	slot := v.Dots.Add(math.Max(math.Sqrt(p.Variance), Smallest), math.Max(p.Lower, Smallest))
	copy(v.Obs[slot*v.ObsDim:(slot+1)*v.ObsDim], obs)
	v.States[slot] = append(v.States[slot][:0], state...)
	v.Returns[slot], v.Points[slot] = ret, p
	return true
}

// Decade is the power of ten from which every dot can be shown, at most 0.01.
func (v *Visited) Decade() float64 {
	lo := 1e-2
	for i := range v.Dots.Len() {
		lo = math.Min(lo, math.Min(v.Dots.X[i], v.Dots.Y[i]))
	}
	return math.Max(math.Pow(10, math.Floor(math.Log10(lo)+1e-9)), Smallest)
}
