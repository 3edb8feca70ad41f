package show

import (
	"math"

	"onestep/engine/scene"
	"onestep/wasm/app/panel"
)

// Look is what can be seen, in numbers, for tests of the whole page.
type Look struct {
	Dots       int
	Selected   int
	T          float64
	Paths      int // particles of the flow panel
	Steps      int // of their paths
	Mean       float64
	Std        float64    // of their first action coordinate
	Action     float64    // the taken one, first coordinate
	Body       scene.Rect // box of the limbs on the screen, px
	Hold, Root [2]float64 // the middle of the first limb there, px, and in the world, m
	Grabbed    bool
}

// Look describes what is shown.
func (s *Session) Look() Look {
	k := Look{
		Dots: s.visited.Dots.Len(), Selected: s.stage.Selected, T: s.world.T, Mean: math.NaN(), Std: math.NaN(), Action: math.NaN(),
		Grabbed: s.world.Hand.Holds,
	}
	if body, ok := s.Find("body").(*panel.Body); ok {
		k.Body, k.Hold, k.Root = body.Outline()
	}
	p := s.probe.Shown()
	if !p.Ready {
		return k
	}
	k.Paths, k.Steps, k.Action = p.Paths.N, p.Steps, float64(p.Action[0])
	sum, sq := 0.0, 0.0
	ends := p.Paths.Ends()
	for i := 0; i < len(ends); i += p.Paths.Dim {
		sum += float64(ends[i])
		sq += float64(ends[i]) * float64(ends[i])
	}
	n := float64(p.Paths.N)
	k.Mean = sum / n
	k.Std = math.Sqrt(math.Max(0, sq/n-k.Mean*k.Mean))
	return k
}
