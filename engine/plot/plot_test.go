package plot_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/plot"
	"onestep/engine/scene"
)

func texts(ticks []plot.Tick) (s []string) {
	for _, t := range ticks {
		if t.Text != "" {
			s = append(s, t.Text)
		}
	}
	return s
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		name  string
		scale plot.Scale
		want  int
		texts []string
	}{
		{"unit", plot.Scale{Lo: 0, Hi: 1}, 4, []string{"0", "0.5", "1.0"}},
		{"about zero", plot.Scale{Lo: -2, Hi: 2}, 6, []string{"−2", "−1", "0", "1", "2"}},
		{"returns", plot.Scale{Lo: -2000, Hi: 0}, 4, []string{"−2000", "−1500", "−1000", "−500", "0"}},
		{"steps", plot.Scale{Lo: 0, Hi: 100000}, 5, []string{"0", "20k", "40k", "60k", "80k", "100k"}},
		{"millions", plot.Scale{Lo: 0, Hi: 2e6}, 4, []string{"0", "500k", "1.0M", "1.5M", "2.0M"}},
		{"small", plot.Scale{Lo: 0.001, Hi: 0.0052}, 4, []string{"0.002", "0.004"}},
		{"decades", plot.Scale{Lo: 0.01, Hi: 3, Log: true}, 5, []string{"0.01", "0.1", "1"}},
		{"one decade", plot.Scale{Lo: 0.1, Hi: 1, Log: true}, 5, []string{"0.1", "0.2", "0.5", "1"}},
		{"nothing", plot.Scale{Lo: 1, Hi: 1}, 5, nil},
		{"not a number", plot.Scale{Lo: math.NaN(), Hi: 1}, 5, nil},
		{"endless", plot.Scale{Lo: 0, Hi: math.Inf(1)}, 5, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			ticks := c.scale.Ticks(nil, c.want)
			assert.Equal(t, c.texts, texts(ticks))
			for _, k := range ticks {
				p := c.scale.At(k.Value)
				assert.True(t, p > -1e-6 && p < 1+1e-6, "%v lies on the axis", k.Value)
			}
		})
	}
}

// A logarithm and its inverse lose a few units in the last place.
func TestScaleAndItsInverse(t *testing.T) {
	for _, s := range []plot.Scale{{Lo: -3, Hi: 5}, {Lo: 1e-3, Hi: 20, Log: true}} {
		assert.InDelta(t, 0, s.At(s.Lo), 1e-12)
		assert.InDelta(t, 1, s.At(s.Hi), 1e-12)
		assert.InDelta(t, 0.37, s.At(s.Value(0.37)), 1e-12)
	}
	assert.True(t, math.IsInf(plot.Scale{Lo: 1, Hi: 2, Log: true}.At(0), -1))
}

func TestNice(t *testing.T) {
	lo, hi := plot.Nice(-1432, -131, 5)
	assert.Equal(t, [2]float64{-1500, 0}, [2]float64{lo, hi})
	lo, hi = plot.Nice(3, 3, 5)
	assert.Less(t, lo, hi)
}

func axes() *plot.Axes {
	a := &plot.Axes{Frame: scene.Rect{X: 100, Y: 50, W: 200, H: 100}, X: plot.Scale{Lo: 0, Hi: 1}, Y: plot.Scale{Lo: -1, Hi: 1}}
	a.Prepare()
	return a
}

func TestAxes(t *testing.T) {
	a := axes()
	x, y := a.Point(0.5, 1)
	assert.Equal(t, [2]float64{200, 50}, [2]float64{x, y})
	dx, dy := a.Data(200, 50)
	assert.InDelta(t, 0.5, dx, 1e-12)
	assert.InDelta(t, 1, dy, 1e-12)
	labels := a.Labels(nil, 6)
	require.NotEmpty(t, labels)
	for _, l := range labels {
		switch l.Align {
		case plot.Below:
			assert.Equal(t, 156.0, l.Y)
		case plot.Right:
			assert.Equal(t, 94.0, l.X)
		default:
			t.Errorf("%q stands at neither axis", l.Text)
		}
	}
}

func TestHistogramCountsFractions(t *testing.T) {
	h := plot.NewHistogram(10)
	h.Fill([]float32{0.05, 0.05, 0.55, 5}, 0, 1)
	sum := 0.0
	for _, c := range h.Counts {
		sum += c
	}
	assert.InDelta(t, 0.75, sum, 1e-12, "what lies outside is left out; smoothing keeps the sum")
	assert.Equal(t, h.Peak(), h.Counts[0])
	h.Fill(nil, 0, 1)
	assert.Zero(t, h.Peak())
	var l scene.List
	h.Area(&l, axes(), 300, 40, h.Peak(), scene.Color{})
	h.Outline(&l, axes(), 300, 40, h.Peak(), 1, scene.Color{})
	assert.Empty(t, l.Indices, "nothing counted, nothing drawn")
}

// paths are two particles in one dimension: 0 -> 1 -> 0 and 1 -> 1 -> 2, in two steps.
func paths() *plot.Paths {
	return &plot.Paths{Steps: 2, N: 2, Dim: 1, X: []float32{0, 1, 1, 1, 0, 2}}
}

func TestPathsAreLinearBetweenTheirRecords(t *testing.T) {
	p := paths()
	for _, c := range []struct{ t, a, b float64 }{{0, 0, 1}, {0.25, 0.5, 1}, {0.5, 1, 1}, {0.75, 0.5, 1.5}, {1, 0, 2}, {2, 0, 2}, {-1, 0, 1}} {
		assert.InDelta(t, c.a, p.At(c.t, 0, 0), 1e-12, "t = %v", c.t)
		assert.InDelta(t, c.b, p.At(c.t, 1, 0), 1e-12, "t = %v", c.t)
	}
	assert.Equal(t, []float32{0, 2}, p.Ends())
	assert.Equal(t, []float32{0, 1}, p.Starts())
	lo, hi := p.Range(0)
	assert.Equal(t, [2]float64{0, 2}, [2]float64{lo, hi})
}

func TestLinesShowEveryStep(t *testing.T) {
	ramp := plot.Ramp{End: scene.Hex(0xffffff)}
	quads := func(p *plot.Paths, n int) int {
		var l scene.List
		p.Lines(&l, axes(), 0, n, 1, &ramp, 1)
		return len(l.Indices) / 6
	}
	assert.Equal(t, 4, quads(paths(), 2), "two steps of two particles")
	assert.Equal(t, 2, quads(paths(), 1))
	one := &plot.Paths{Steps: 1, N: 2, Dim: 1, X: []float32{0, 1, 1, 0}}
	assert.Equal(t, 4, quads(one, 5), "one straight way each, halved for the colour in its middle")
	var l scene.List
	one.Knots(&l, axes(), 0, 2, 1, &ramp, 1)
	assert.Empty(t, l.Indices, "one step has no knot")
	paths().Knots(&l, axes(), 0, 2, 1, &ramp, 1)
	assert.Len(t, l.Indices, 2*6)
}

func TestTheFieldPointsAlongItsVelocity(t *testing.T) {
	f := plot.Field{NT: 1, NY: 1, Lo: -1, Hi: 1, V: []float32{1}}
	var l scene.List
	f.Draw(&l, axes(), 1, scene.Hex(0xffffff))
	require.Len(t, l.Indices, 3*6, "a shaft and two strokes of its head")
	// On the screen one unit of t is 200 px to the right and one unit of action 50 px up.
	v := l.Vertices[:4]
	dx, dy := float64(v[1].DstX-v[0].DstX), float64(v[1].DstY-v[0].DstY)
	assert.InDelta(t, -50.0/200, dy/dx, 1e-5)
	f.V = []float32{float32(math.NaN())}
	l.Reset()
	f.Draw(&l, axes(), 1, scene.Hex(0xffffff))
	assert.Empty(t, l.Indices, "no arrow where there is no number")
}

func TestDotsForgetTheOldest(t *testing.T) {
	d := plot.NewDots(3)
	for i := range 5 {
		d.Add(float64(i)/10, 0)
	}
	assert.Equal(t, 3, d.Len())
	assert.ElementsMatch(t, []float64{0.2, 0.3, 0.4}, d.X)
	assert.Equal(t, 0, d.Age(1), "slot 1 holds the fifth")
	assert.Equal(t, 2, d.Age(2))
	d.Clear()
	assert.Zero(t, d.Len())
}

func TestNearestDot(t *testing.T) {
	d, a := plot.NewDots(8), axes()
	far := d.Add(0.9, 0.9)
	old := d.Add(0.5, 0)
	fresh := d.Add(0.5, 0)
	outside := d.Add(7, 0) // stands at the right edge
	assert.Equal(t, fresh, d.Nearest(a, 203, 101, 12), "the newest of equals, not %d", old)
	assert.Equal(t, far, d.Nearest(a, 280, 55, 12))
	assert.Equal(t, outside, d.Nearest(a, 299, 100, 12))
	assert.Equal(t, -1, d.Nearest(a, 150, 60, 12))
}

func TestCurve(t *testing.T) {
	var c plot.Curve
	c.Append(0, -1, 0.1)
	c.Append(0.5, math.NaN(), 0.1)
	c.Append(1, 1, math.NaN())
	require.Len(t, c.X, 2, "what is not finite is left out")
	assert.Zero(t, c.Spread[1])
	a := axes()
	assert.Equal(t, 1, c.Nearest(a, 260))
	assert.Equal(t, 0, c.Nearest(a, 0))
	var l scene.List
	c.Line(&l, a, 2, scene.Color{1, 1, 1, 1})
	assert.Len(t, l.Indices, 6)
	l.Reset()
	c.DashedLine(&l, a, 2, 7, 5, scene.Color{1, 1, 1, 1})
	length := math.Hypot(200, 100)
	assert.Len(t, l.Indices, 6*int(math.Ceil(length/12)))
	l.Reset()
	c.Band(&l, a, scene.Color{1, 1, 1, 1})
	assert.Len(t, l.Indices, 6)
	c.Reset()
	assert.Equal(t, -1, c.Nearest(a, 0))
}

func TestDrawingAgainAllocatesNothing(t *testing.T) {
	a, p, ramp := axes(), paths(), plot.Ramp{}
	h, f := plot.NewHistogram(32), plot.Field{NT: 2, NY: 1, Lo: -1, Hi: 1, V: []float32{1, 2}}
	d := plot.NewDots(16)
	d.Add(0.1, 0.1)
	c := plot.Curve{}
	c.Append(0, 0, 1)
	c.Append(1, 1, 1)
	var l scene.List
	st := plot.Style{Pixel: 1}
	draw := func() {
		l.Reset()
		a.Draw(&l, &st)
		p.Lines(&l, a, 0, 2, 1, &ramp, 1)
		p.Particles(&l, a, 0, 0.3, 2, scene.Color{})
		h.Fill(p.Ends(), -1, 1)
		h.Area(&l, a, 0, 10, 1, scene.Color{})
		h.Outline(&l, a, 0, 10, 1, 1, scene.Color{})
		f.Draw(&l, a, 1, scene.Color{})
		d.Draw(&l, a, 2, scene.Color{}, scene.Color{})
		c.Band(&l, a, scene.Color{})
		c.Line(&l, a, 2, scene.Color{})
		c.DashedLine(&l, a, 2, 3, 3, scene.Color{})
	}
	draw()
	require.Zero(t, testing.AllocsPerRun(20, draw))
}
