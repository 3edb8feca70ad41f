package plot

import (
	"math"

	"onestep/engine/scene"
)

// Histogram counts values of one variable in equal bins, smoothed a little so that it reads as a density.
type Histogram struct {
	Lo, Hi float64
	Counts []float64 // [bins]; their sum is the fraction of values inside

	raw []float64
}

// NewHistogram makes a histogram of the given number of bins.
func NewHistogram(bins int) *Histogram {
	return &Histogram{Counts: make([]float64, bins), raw: make([]float64, bins)}
}

// Fill counts values over [lo, hi]; those outside are left out. Each bin then takes half of its own and a
// quarter of either neighbour's count, twice.
func (h *Histogram) Fill(values []float32, lo, hi float64) { h.FillWeighted(values, nil, lo, hi) }

// FillWeighted is Fill with a weight for each value, of mean 1; nil weighs all alike.
func (h *Histogram) FillWeighted(values, weights []float32, lo, hi float64) {
	h.Lo, h.Hi = lo, hi
	n := len(h.Counts)
	for i := range h.Counts {
		h.Counts[i] = 0
	}
	if len(values) == 0 {
		return
	}
	unit := 1 / float64(len(values))
	for i, v := range values {
		if k := int(math.Floor((float64(v) - lo) / (hi - lo) * float64(n))); k >= 0 && k < n {
			w := 1.0
			if weights != nil {
				w = float64(weights[i])
			}
			h.Counts[k] += unit * w
		}
	}
	for range 2 {
		copy(h.raw, h.Counts)
		for i := range h.Counts {
			below, above := h.raw[max(i-1, 0)], h.raw[min(i+1, n-1)]
			h.Counts[i] = 0.25*below + 0.5*h.raw[i] + 0.25*above
		}
	}
}

// Peak is the largest count.
func (h *Histogram) Peak() float64 {
	p := 0.0
	for _, c := range h.Counts {
		p = math.Max(p, c)
	}
	return p
}

// Area draws the histogram sideways: bins run along the frame's height as y does on a, counts grow from
// x = base by reach px (negative to the left) at the given peak.
func (h *Histogram) Area(l *scene.List, a *Axes, base, reach, peak float64, fill scene.Color) {
	if peak <= 0 {
		return
	}
	height := a.Frame.H * (h.Hi - h.Lo) / (a.Y.Hi - a.Y.Lo) / float64(len(h.Counts))
	for i, c := range h.Counts {
		if c <= 0 {
			continue
		}
		_, y := a.Point(0, h.center(i))
		w := reach * math.Min(1, c/peak)
		r := scene.Rect{X: math.Min(base, base+w), Y: y - height/2, W: math.Abs(w), H: height}
		l.Fill(r, fill, fill)
	}
}

// Outline draws the histogram's edge the way Area fills it.
func (h *Histogram) Outline(l *scene.List, a *Axes, base, reach, peak, width float64, c scene.Color) {
	if peak <= 0 {
		return
	}
	s := scene.Stroke{List: l, Width: width}
	drawing := false
	n := len(h.Counts)
	for i := range n {
		count := h.Counts[i]
		if count <= 0 && (i == 0 || h.Counts[i-1] <= 0) && (i == n-1 || h.Counts[i+1] <= 0) {
			s.End()
			drawing = false
			continue
		}
		_, y := a.Point(0, h.center(i))
		x := base + reach*math.Min(1, count/peak)
		if drawing {
			s.To(x, y, c)
		} else {
			s.Move(x, y, c)
			drawing = true
		}
	}
	s.End()
}

func (h *Histogram) center(i int) float64 {
	return h.Lo + (float64(i)+0.5)*(h.Hi-h.Lo)/float64(len(h.Counts))
}
