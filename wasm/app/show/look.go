package show

import (
	"math"

	"onestep/engine/physics"
)

// Look is what can be seen, in numbers, for tests of the whole page.
type Look struct {
	Dots     int
	Selected int
	T        float64
	Paths    int // particles of the flow panel
	Steps    int // of their ways
	Mean     float64
	Std      float64    // of their first action coordinate
	Action   float64    // the taken one, first coordinate
	Body     [6]float64 // box of the limbs on the screen, px: x, y, w, h; the middle of the first limb
	Root     [2]float64 // that middle in the world, m
	Grabbed  bool
}

// Look describes what is shown.
func (s *Session) Look() Look {
	k := Look{Dots: s.visited.dots.Len(), Selected: s.selected, T: s.t, Mean: math.NaN(), Std: math.NaN(), Action: math.NaN()}
	k.Body, k.Root = s.outline()
	k.Grabbed = s.hand.holds
	p := s.probe.shown
	if !p.ready {
		return k
	}
	k.Paths, k.Steps, k.Action = p.paths.N, p.steps, float64(p.action[0])
	sum, sq := 0.0, 0.0
	ends := p.paths.Ends()
	for i := 0; i < len(ends); i += p.paths.Dim {
		sum += float64(ends[i])
		sq += float64(ends[i]) * float64(ends[i])
	}
	n := float64(p.paths.N)
	k.Mean = sum / n
	k.Std = math.Sqrt(math.Max(0, sq/n-k.Mean*k.Mean))
	return k
}

// outline is where the limbs are on the screen, and the middle of the first one there and in the world.
func (s *Session) outline() (box [6]float64, root [2]float64) {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	first := true
	for i := range s.figure.Shapes {
		sh := &s.figure.Shapes[i]
		if sh.Body == 0 || sh.Body == s.figure.Target || sh.Kind == physics.ShapePlane {
			continue
		}
		if first {
			root[0], root[1] = (sh.A[0]+sh.B[0])/2, (sh.A[1]+sh.B[1])/2
			box[4], box[5] = s.camera.Point(root[0], root[1])
			first = false
		}
		r := sh.Radius * s.camera.Scale
		for _, p := range [2][2]float64{sh.A, sh.B} {
			x, y := s.camera.Point(p[0], p[1])
			lo[0], lo[1] = math.Min(lo[0], x-r), math.Min(lo[1], y-r)
			hi[0], hi[1] = math.Max(hi[0], x+r), math.Max(hi[1], y+r)
		}
	}
	if !first {
		box[0], box[1], box[2], box[3] = lo[0], lo[1], hi[0]-lo[0], hi[1]-lo[1]
	}
	return box, root
}

// Dark tells which theme is shown.
func (s *Session) Dark() bool { return s.appearance.Dark }

// Thrifty implements view.Stage.
func (s *Session) Thrifty() bool { return s.appearance.Thrifty }
