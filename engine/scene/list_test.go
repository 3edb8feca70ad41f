package scene_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"onestep/engine/scene"
)

// coverage evaluates what the shader would draw at (x, y): the alpha of the last triangle there.
func coverage(l *scene.List, x, y float64) float64 {
	alpha := 0.0
	for i := 0; i+2 < len(l.Indices); i += 3 {
		a, b, c := l.Vertices[l.Indices[i]], l.Vertices[l.Indices[i+1]], l.Vertices[l.Indices[i+2]]
		ax, ay, bx, by, cx, cy := float64(a.DstX), float64(a.DstY), float64(b.DstX), float64(b.DstY), float64(c.DstX), float64(c.DstY)
		det := (by-cy)*(ax-cx) + (cx-bx)*(ay-cy)
		if det == 0 {
			continue
		}
		u := ((by-cy)*(x-cx) + (cx-bx)*(y-cy)) / det
		v := ((cy-ay)*(x-cx) + (ax-cx)*(y-cy)) / det
		w := 1 - u - v
		if u < 0 || v < 0 || w < 0 {
			continue
		}
		mix := func(p, q, r float32) float64 { return u*float64(p) + v*float64(q) + w*float64(r) }
		px, py := math.Abs(mix(a.Custom0, b.Custom0, c.Custom0)), math.Abs(mix(a.Custom1, b.Custom1, c.Custom1))
		qx, qy := px-float64(a.Custom2), py-float64(a.SrcX)
		d := math.Hypot(math.Max(qx, 0), math.Max(qy, 0)) + math.Min(math.Max(qx, qy), 0) - float64(a.Custom3)
		rim := float64(a.SrcY)
		if rim > 0 {
			d = math.Abs(d+rim/2) - rim/2
		}
		cover := math.Max(0, math.Min(1, 0.5-d/math.Max(1, -rim)))
		alpha = cover * mix(a.ColorA, b.ColorA, c.ColorA)
	}
	return alpha
}

var white = scene.Color{1, 1, 1, 1}

// Coverage is a linear ramp of one pixel about the edge, so that points a pixel away are exactly in or out;
// float32 coordinates of a few hundred pixels round to about 3e-5.
func TestPrimitivesCoverWhatTheyShould(t *testing.T) {
	const tol = 1e-3
	for _, c := range []struct {
		name  string
		draw  func(l *scene.List)
		full  [][2]float64
		half  [][2]float64
		empty [][2]float64
	}{
		{"dot", func(l *scene.List) { l.Dot(50, 40, 10, white) },
			[][2]float64{{50, 40}, {58, 40}}, [][2]float64{{60, 40}, {50, 30}}, [][2]float64{{60.9, 40}, {58, 48}}},
		{"ring", func(l *scene.List) { l.Ring(50, 40, 10, 2, white) },
			[][2]float64{{59, 40}, {50, 31}}, [][2]float64{{60, 40}, {58, 40}}, [][2]float64{{50, 40}, {56, 40}}},
		{"slanted capsule", func(l *scene.List) { l.Capsule(10, 10, 40, 50, 5, white, white) },
			[][2]float64{{25, 30}, {10, 10}, {40, 50}}, [][2]float64{{25 + 4, 30 - 3}, {40 + 3, 50 + 4}}, [][2]float64{{25 + 8, 30 - 6}, {10, 40}}},
		{"rounded box", func(l *scene.List) { l.Box(scene.Rect{X: 10, Y: 20, W: 60, H: 30}, 8, white) },
			[][2]float64{{40, 35}, {11, 35}, {40, 21}}, [][2]float64{{10, 35}, {40, 50}}, [][2]float64{{10.5, 20.5}, {9, 35}}},
		{"frame", func(l *scene.List) { l.Frame(scene.Rect{X: 10, Y: 20, W: 60, H: 30}, 8, 2, white) },
			[][2]float64{{11, 35}, {40, 49}}, [][2]float64{{10, 35}, {12, 35}}, [][2]float64{{40, 35}, {14, 35}}},
		{"fill", func(l *scene.List) { l.Fill(scene.Rect{X: 10, Y: 20, W: 5, H: 5}, white, white) },
			[][2]float64{{10.1, 20.1}, {14.9, 24.9}}, nil, [][2]float64{{9.9, 21}, {15.1, 21}}},
		{"line without length", func(l *scene.List) { l.Line(20, 20, 20, 20, 6, white) },
			[][2]float64{{20, 20}}, [][2]float64{{23, 20}}, [][2]float64{{25, 20}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l scene.List
			c.draw(&l)
			for _, p := range c.full {
				assert.InDelta(t, 1, coverage(&l, p[0], p[1]), tol, "inside at %v", p)
			}
			for _, p := range c.half {
				assert.InDelta(t, 0.5, coverage(&l, p[0], p[1]), tol, "on the edge at %v", p)
			}
			for _, p := range c.empty {
				assert.InDelta(t, 0, coverage(&l, p[0], p[1]), tol, "outside at %v", p)
			}
		})
	}
}

func TestStrokeSharesItsCorners(t *testing.T) {
	var l scene.List
	s := scene.Stroke{List: &l, Width: 4}
	s.Move(10, 10, white)
	s.To(50, 10, white)
	s.To(50, 10, white) // again: skipped
	s.To(50, 60, white)
	s.End()
	require.Len(t, l.Vertices, 6, "two for each of three corners")
	require.Len(t, l.Indices, 12, "two triangles for each of two segments")
	assert.InDelta(t, 1, coverage(&l, 30, 10), 1e-3)
	assert.InDelta(t, 1, coverage(&l, 50, 40), 1e-3)
	assert.InDelta(t, 1, coverage(&l, 51, 9.2), 1e-3, "the mitre fills the outer corner")
	assert.InDelta(t, 0.5, coverage(&l, 30, 12), 1e-3)
}

func TestStrokeOfOnePointDrawsNothing(t *testing.T) {
	var l scene.List
	s := scene.Stroke{List: &l, Width: 4}
	s.Move(10, 10, white)
	s.End()
	s.Move(10, 10, white)
	s.To(math.NaN(), 10, white)
	s.End()
	require.Empty(t, l.Indices)
}

func TestDashesCoverTheirShare(t *testing.T) {
	var l scene.List
	l.Dashes(0, 5, 100, 5, 2, 6, 4, white)
	require.Len(t, l.Indices, 10*6, "one quad for each period of 10 px")
	require.NotPanics(t, func() { l.Dashes(0, 0, 0, 0, 1, 1, 1, white) })
}

func TestColors(t *testing.T) {
	c := scene.Hex(0xff8000)
	assert.InDeltaSlice(t, []float32{1, 128. / 255, 0, 1}, c[:], 1e-6)
	assert.Equal(t, c, c.Mix(white, 0))
	assert.Equal(t, white, c.Mix(white, 1))
	var l scene.List
	l.Dot(0, 0, 1, c.Alpha(0.5))
	v := l.Vertices[0]
	assert.InDeltaSlice(t, []float32{0.5, 64. / 255, 0, 0.5}, []float32{v.ColorR, v.ColorG, v.ColorB, v.ColorA}, 1e-6, "premultiplied")
}

func TestAListThatIsRebuiltAllocatesNothing(t *testing.T) {
	var l scene.List
	build := func() {
		l.Reset()
		s := scene.Stroke{List: &l, Width: 1.5}
		for i := range 200 {
			l.Dot(float64(i), 3, 2, white)
			s.Move(0, float64(i), white)
			s.To(5, float64(i), white)
			s.To(9, 2, white)
			s.End()
		}
		l.Arc(50, 50, 20, 0, 3, 2, white, white)
	}
	build()
	require.Zero(t, testing.AllocsPerRun(20, build))
}
