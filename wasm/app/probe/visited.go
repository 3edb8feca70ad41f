package probe

import (
	"math"

	"onestep/engine/plot"
)

// Visited are states that were probed, by the stage or by the worker: the newest MaxDots of them.
type Visited struct {
	Dots     *plot.Dots // X: sqrt of the variance; Y: the error; no smaller than Smallest
	ObsDim   int
	Obs      []float32 // [MaxDots*ObsDim]
	States   [][]float64
	Returns  []float64 // of the episode there, so far
	Variance []float64
	Error    []float64
	Shift    []float64
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
		Returns: make([]float64, MaxDots), Variance: make([]float64, MaxDots), Error: make([]float64, MaxDots), Shift: make([]float64, MaxDots),
	}
}

// Add stores a state that was probed and tells whether it did: numbers that are not finite make no dot. state may be nil
// where only the observation is known.
func (v *Visited) Add(obs []float32, state []float64, ret, variance, err, shift float64) bool {
	if !(variance >= 0) || !(err >= 0) || math.IsInf(variance+err, 0) {
		return false
	}
	// A zero has no place on a logarithmic axis; it stands at the smallest one.
	slot := v.Dots.Add(math.Max(math.Sqrt(variance), Smallest), math.Max(err, Smallest))
	copy(v.Obs[slot*v.ObsDim:(slot+1)*v.ObsDim], obs)
	v.States[slot] = append(v.States[slot][:0], state...)
	v.Returns[slot], v.Variance[slot], v.Error[slot], v.Shift[slot] = ret, variance, err, shift
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
