package probe

import "math"

// Axes are what the pictures' axes show: which coordinates of the action, and how far. Moving means and a lead keep them
// from changing back and forth.
type Axes struct {
	Half   float64 // the action axis shows [-Half, Half]
	DX, DY int     // shown coordinates of more than one

	spread []float64 // [d] moving means of the actions' variances
}

// Reset sets the axes of a body that nothing is known of.
func (a *Axes) Reset() { *a = Axes{Half: 2, DY: 1, spread: a.spread[:0]} }

// reach is the half width that suits a picture: half a unit above what it holds, and no change for small ones.
func (a *Axes) reach(p *Picture) float64 {
	need := 2.0
	for d := range p.Paths.Dim {
		lo, hi := p.Paths.Range(d)
		need = math.Max(need, math.Max(-lo, hi)*1.04)
	}
	if math.IsInf(need, 0) || math.IsNaN(need) || need > 100 {
		need = 100
	}
	want := math.Ceil(2*need) / 2
	if want > a.Half || want < 0.7*a.Half {
		a.Half = want
	}
	return a.Half
}

// Choose sets the two coordinates of dim: x and y where these were chosen by hand, not -1, and otherwise those in which the
// picture's actions spread most.
func (a *Axes) Choose(p *Picture, x, y, dim int) {
	if dim < 2 {
		return
	}
	if p.Paths.Dim == dim && len(p.Paths.X) > 0 {
		a.learn(p.Paths.Ends(), dim)
	}
	dx, dy := a.DX, a.DY
	if x >= 0 && x < dim {
		dx = x
	} else {
		dx = a.widest(dx, y)
	}
	if y >= 0 && y < dim && y != dx {
		dy = y
	} else {
		if dy == dx || dy >= dim {
			dy = (dx + 1) % dim
		}
		dy = a.widest(dy, dx)
	}
	a.DX, a.DY = dx, dy
}

// learn adds the variances of x [n*dim] to their moving means.
func (a *Axes) learn(x []float32, dim int) {
	const rate = 0.15
	first := len(a.spread) != dim
	if first {
		a.spread = make([]float64, dim)
	}
	n := float64(len(x) / dim)
	for d := range dim {
		sum, sq := 0.0, 0.0
		for i := d; i < len(x); i += dim {
			sum += float64(x[i])
			sq += float64(x[i]) * float64(x[i])
		}
		v := sq/n - sum/n*sum/n
		if first {
			a.spread[d] = v
		} else {
			a.spread[d] += rate * (v - a.spread[d])
		}
	}
}

// widest is the coordinate that spreads most, apart from one that is taken; present stays unless another leads clearly.
func (a *Axes) widest(present, taken int) int {
	best := present
	if best == taken || best >= len(a.spread) {
		best = -1
	}
	lead := 1.5
	for d, v := range a.spread {
		switch {
		case d == taken:
		case best < 0:
			best, lead = d, 1
		case v > lead*a.spread[best]:
			best = d
		}
	}
	return max(best, 0)
}
