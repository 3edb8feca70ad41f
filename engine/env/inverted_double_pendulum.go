package env

import (
	"onestep/engine/num"
	"onestep/engine/rng"
)

// NewInvertedDoublePendulum balances two poles on a cart: 10 a step while the tip is above 1 m, less the distance from
// the top and the poles' rates (V5: the 10 only while the tip is up, and one constraint force observed, not three).
func NewInvertedDoublePendulum(v Version) *Articulated {
	const tipX, tipY, force = 0, 1, 2
	forces := 3
	names := []string{"cart position (m)", "sin of pole 1", "sin of pole 2", "cos of pole 1", "cos of pole 2",
		"cart velocity (m/s)", "rate of pole 1 (rad/s)", "rate of pole 2 (rad/s)",
		"limit force on the cart (N)", "limit torque on pole 1 (N m)", "limit torque on pole 2 (N m)"}
	if v == V5 {
		forces, names = 1, names[:9]
	}
	t := &task{
		spec: Spec{
			Name: "inverted_double_pendulum", Title: "InvertedDoublePendulum", MaxSteps: 1000, Solved: 9100,
			ActionScale: ones(1), ObsNames: names, ActNames: []string{"force on the cart (500 N)"},
		},
		file: "inverted_double_pendulum", frameSkip: 5, memory: 5,
		reset: func(a *Articulated, r *rng.Stream) {
			a.jitter(r, 0.1, 0)
			for i := range a.data.QVel {
				a.data.QVel[i] = 0.1 * r.Normal()
			}
		},
		observe: func(a *Articulated, dst []float64) {
			q := a.data.QPos
			dst[0], dst[1], dst[2], dst[3], dst[4] = q[0], num.Sin(q[1]), num.Sin(q[2]), num.Cos(q[1]), num.Cos(q[2])
			for i, w := range a.data.QVel {
				dst[5+i] = clip(w, -10, 10)
			}
			for i := range forces {
				dst[8+i] = clip(a.memory[force+i], -10, 10)
			}
		},
		remember: func(a *Articulated) {
			a.memory[tipX], a.memory[tipY] = a.data.Site(0)
			copy(a.memory[force:], a.data.QFrcConstraint)
		},
		judge: func(a *Articulated) (float64, bool) {
			x, y, w := a.memory[tipX], a.memory[tipY], a.data.QVel
			down := y <= 1
			alive := float64(10 * (1 - flag(down && v == V5)))
			return alive - (float64(0.01*x*x) + float64((y-2)*(y-2))) - (float64(1e-3*w[1]*w[1]) + float64(5e-3*w[2]*w[2])), down
		},
	}
	return newArticulated(t.version(v))
}
