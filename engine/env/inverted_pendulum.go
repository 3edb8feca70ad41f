package env

import (
	"math"

	"onestep/engine/rng"
)

// NewInvertedPendulum balances a pole on a cart: 1 a step while the pole is within 0.2 rad of upright (V5: nothing
// for the step in which it falls).
func NewInvertedPendulum(v Version) *Articulated {
	t := &task{
		spec: Spec{
			Name: "inverted_pendulum", Title: "InvertedPendulum", MaxSteps: 1000, Solved: 950,
			ActionScale: []float64{3},
			ObsNames:    []string{"cart position (m)", "pole angle (rad)", "cart velocity (m/s)", "pole rate (rad/s)"},
			ActNames:    []string{"force on the cart (100 N)"},
		},
		file: "inverted_pendulum", frameSkip: 2,
		reset: func(a *Articulated, r *rng.Stream) { a.jitter(r, 0.01, 0.01) },
		observe: func(a *Articulated, dst []float64) {
			copy(dst, a.data.QPos)
			copy(dst[2:], a.data.QVel)
		},
		judge: func(a *Articulated) (float64, bool) {
			fallen := math.Abs(a.data.QPos[1]) > 0.2
			return 1 - flag(fallen && v == V5), fallen
		},
	}
	return newArticulated(t.version(v))
}
